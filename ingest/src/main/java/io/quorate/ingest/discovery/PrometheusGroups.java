package io.quorate.ingest.discovery;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.quorate.ingest.transport.Transport;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Pattern;
import okhttp3.HttpUrl;

/**
 * The active targets of a Prometheus whose job is one of etcd's, with the labels that it gives them.
 *
 * @param job a regular expression that the whole label {@code job} must match
 */
public record PrometheusGroups(String url, String job, Transport transport) implements Groups {

    private static final long serialVersionUID = 1;
    private static final ObjectMapper JSON = new ObjectMapper();

    @Override
    public String name() {
        return "prometheus " + url + " " + job;
    }

    @Override
    public List<Group> find(List<String> problems) throws IOException {
        HttpUrl address = Objects.requireNonNull(HttpUrl.parse(url))
                .newBuilder()
                .addPathSegments("api/v1/targets")
                .addQueryParameter("state", "active")
                .build();
        JsonNode targets;
        try {
            targets = JSON.readTree(Http.get(transport, address)).at("/data/activeTargets");
        } catch (JsonProcessingException e) {
            throw new IOException(url + " answers no JSON: expected Prometheus' API below it", e);
        }
        if (!targets.isArray()) {
            throw new IOException(url + " answers without data.activeTargets: expected Prometheus' API below it");
        }
        Pattern jobs = Pattern.compile(job);
        List<Group> groups = new ArrayList<>();
        for (JsonNode target : targets) {
            if (jobs.matcher(target.at("/labels/job").asText()).matches()) {
                HttpUrl scraped = HttpUrl.parse(target.path("scrapeUrl").asText());
                if (scraped == null) {
                    problems.add(url + ": a target without scrapeUrl");
                    continue;
                }
                Map<String, String> labels = new HashMap<>();
                target.path("labels")
                        .fields()
                        .forEachRemaining(label ->
                                labels.put(label.getKey(), label.getValue().asText()));
                labels.put("__scheme__", scraped.scheme());
                labels.put("__metrics_path__", scraped.encodedPath());
                groups.add(new Group(List.of(scraped.host() + ":" + scraped.port()), labels));
            }
        }
        return groups;
    }
}
