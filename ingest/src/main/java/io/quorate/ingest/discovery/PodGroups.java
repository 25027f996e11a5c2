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
import okhttp3.HttpUrl;
import org.jspecify.annotations.Nullable;

/**
 * Running pods of a Kubernetes cluster. Each has its own labels, dashes and such as underscores, and {@code namespace},
 * {@code pod}, {@code node}.
 *
 * @param api where its API server is
 * @param namespace null for all
 * @param selector of labels, such as {@code component=etcd}
 * @param port of each pod
 */
public record PodGroups(String api, @Nullable String namespace, String selector, int port, Transport transport)
        implements Groups {

    private static final long serialVersionUID = 1;
    private static final ObjectMapper JSON = new ObjectMapper();
    /** So that one answer of thousands of pods does not have to be built at once. */
    private static final String PAGE = "500";

    @Override
    public String name() {
        return "kubernetes " + api + " " + (namespace == null ? "" : namespace + " ") + selector;
    }

    @Override
    public List<Group> find(List<String> problems) throws IOException {
        List<Group> groups = new ArrayList<>();
        String next = "";
        do {
            JsonNode page = page(next);
            page.path("items").forEach(pod -> add(pod, groups));
            next = page.at("/metadata/continue").asText("");
        } while (!next.isEmpty());
        return groups;
    }

    private JsonNode page(String next) throws IOException {
        HttpUrl.Builder url = Objects.requireNonNull(HttpUrl.parse(api))
                .newBuilder()
                .addPathSegments("api/v1" + (namespace == null ? "" : "/namespaces/" + namespace) + "/pods")
                .addQueryParameter("labelSelector", selector)
                .addQueryParameter("limit", PAGE);
        if (!next.isEmpty()) {
            url.addQueryParameter("continue", next);
        }
        try {
            JsonNode answer = JSON.readTree(Http.get(transport, url.build()));
            if (!answer.path("kind").asText().equals("PodList")) {
                throw new IOException(api + " answers no PodList: expected the API of Kubernetes");
            }
            return answer;
        } catch (JsonProcessingException e) {
            throw new IOException(api + " answers no JSON: expected the API of Kubernetes", e);
        }
    }

    private void add(JsonNode pod, List<Group> groups) {
        String ip = pod.at("/status/podIP").asText("");
        boolean leaving = pod.at("/metadata").has("deletionTimestamp");
        if (ip.isEmpty() || leaving || !pod.at("/status/phase").asText().equals("Running")) {
            return;
        }
        Map<String, String> labels = new HashMap<>();
        pod.at("/metadata/labels")
                .fields()
                .forEachRemaining(label -> labels.put(
                        label.getKey().replaceAll("[^a-zA-Z0-9_]", "_"),
                        label.getValue().asText()));
        labels.put("namespace", pod.at("/metadata/namespace").asText());
        labels.put("pod", pod.at("/metadata/name").asText());
        labels.put("node", pod.at("/spec/nodeName").asText());
        groups.add(new Group(List.of((ip.contains(":") ? "[" + ip + "]" : ip) + ":" + port), labels));
    }
}
