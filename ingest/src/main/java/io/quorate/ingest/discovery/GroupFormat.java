package io.quorate.ingest.discovery;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The format of Prometheus' file_sd and http_sd: a list of {@code {targets: [host:port], labels: {name: value}}}. */
final class GroupFormat {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final ObjectMapper YAML = new YAMLMapper();

    private GroupFormat() {}

    /**
     * The groups in this text.
     *
     * @throws IllegalArgumentException when it is not in this format, with a message for people
     */
    static List<Group> read(String text, boolean yaml) {
        JsonNode root;
        try {
            root = (yaml ? YAML : JSON).readTree(text);
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException(
                    (yaml ? "no YAML" : "no JSON") + ", line "
                            + (e.getLocation() == null ? 0 : e.getLocation().getLineNr()) + ": "
                            + e.getOriginalMessage(),
                    e);
        }
        if (root == null || root.isMissingNode() || root.isNull()) {
            return List.of();
        }
        if (!root.isArray()) {
            throw new IllegalArgumentException("no list, expected [{targets: [host:port], labels: {cluster: name}}]");
        }
        List<Group> groups = new ArrayList<>();
        for (JsonNode node : root) {
            groups.add(group(node, groups.size()));
        }
        return groups;
    }

    private static Group group(JsonNode node, int index) {
        JsonNode targets = node.path("targets");
        if (!targets.isArray()) {
            throw new IllegalArgumentException("[" + index + "]: no targets, expected a list of host:port");
        }
        List<String> addresses = new ArrayList<>();
        for (JsonNode target : targets) {
            if (!target.isTextual() || target.textValue().isBlank()) {
                throw new IllegalArgumentException(
                        "[" + index + "].targets: " + target + " is no target, expected host:port");
            }
            addresses.add(target.textValue());
        }
        Map<String, String> labels = new HashMap<>();
        node.path("labels").fields().forEachRemaining(label -> {
            if (!label.getValue().isValueNode()) {
                throw new IllegalArgumentException(
                        "[" + index + "].labels." + label.getKey() + ": is no text, expected name: value");
            }
            labels.put(label.getKey(), label.getValue().asText());
        });
        return new Group(addresses, labels);
    }
}
