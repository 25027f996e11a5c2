package io.quorate.cli.cluster.etcd;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;

/** What quorate.yaml says of a cluster: its members, and their metrics without a Prometheus. */
record SettingsSection(KeptEtcd cluster, Layout layout) {

    private static final ObjectMapper JSON = new ObjectMapper();

    /** Writes a whole file unless one is there; answers what to tell. */
    List<String> writeUnlessThere(Path settings) throws IOException {
        if (!Files.exists(settings)) {
            Files.writeString(settings, file());
            return List.of("Wrote " + settings + "; now: quorate doctor --config " + settings
                    + ", then: quorate run --config " + settings
                    + ", or on Flink: quorate cluster flink start, quorate submit all --config " + settings);
        }
        String there = Files.readString(settings);
        if (there.contains(endpoints())) {
            return List.of(settings + " names these members already; it stays as it is");
        }
        return List.of(settings + " is there and stays as it is; this section would add the cluster:", "", section());
    }

    private String file() {
        return String.join(
                "\n",
                "# The etcd cluster " + layout.name() + " on this machine, as '" + layout.line() + "' started it.",
                "# Every other setting: deploy/quorate.example.yaml. Durations are such as 10s; unknown keys are errors.",
                "",
                section(),
                "# Who is told of alerts. The log is that of Flink.",
                "alerting:",
                "  receivers:",
                "    - log: {}",
                "    # - webhook: { url: http://127.0.0.1:9099/hook }",
                "");
    }

    private String section() {
        String addresses = layout.endpoints().values().stream()
                .map(endpoint -> endpoint.replaceFirst("^https?://", ""))
                .collect(Collectors.joining(", ", "[", "]"));
        // In TLS too where clients are spoken to: by that address the member list knows each member's name.
        return String.join(
                "\n",
                "ingest:",
                "  etcd:",
                "    - cluster: " + quoted(layout.name()),
                "      endpoints: " + endpoints() + tls(),
                "  metrics:                              # fetched from the members, without a Prometheus",
                "    - cluster: " + quoted(layout.name()),
                "      targets: " + addresses + tls(),
                "");
    }

    private String endpoints() {
        return "[" + String.join(", ", layout.endpoints().values()) + "]";
    }

    private String tls() {
        if (!layout.tls()) {
            return "";
        }
        Certificates files = cluster.certificates();
        return String.join(
                "\n",
                "",
                "      tls:",
                "        ca: " + quoted(files.ca()),
                "        certificate: " + quoted(files.client()),
                "        key: " + quoted(files.clientKey()));
    }

    /** As YAML takes it whatever stands in it: a name such as "on" would be no text. */
    private static String quoted(Object text) {
        try {
            return JSON.writeValueAsString(text.toString());
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(e);
        }
    }
}
