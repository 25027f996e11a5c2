package io.quorate.jobs.settings;

import com.fasterxml.jackson.databind.JsonNode;
import io.quorate.ingest.etcd.EtcdSettings;
import io.quorate.ingest.prometheus.PrometheusSettings;
import io.quorate.jobs.kafka.KafkaSettings;
import io.quorate.rules.Rule;
import io.quorate.rules.RuleReader;
import io.quorate.rules.yaml.Durations;
import io.quorate.rules.yaml.InvalidYaml;
import io.quorate.rules.yaml.YamlFile;
import io.quorate.rules.yaml.YamlProblem;
import io.quorate.rules.yaml.YamlSchema;
import io.quorate.sinks.clickhouse.ClickHouseSettings;
import io.quorate.sinks.receivers.ReceiverSettings;
import io.quorate.sinks.receivers.Retry;
import io.quorate.sinks.receivers.webhook.WebhookSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Reads quorate.yaml, and tells everything that is wrong with it in one go. */
public final class SettingsReader {

    private static final YamlSchema SCHEMA = YamlSchema.resource(SettingsReader.class, "/schema/quorate.schema.json");

    private final YamlFile file;
    private final Path folder;
    private final List<YamlProblem> problems;

    private SettingsReader(YamlFile file, Path folder) {
        this.file = file;
        this.folder = folder;
        this.problems = new ArrayList<>(SCHEMA.problems(file));
    }

    /**
     * The settings in this file; paths in it are relative to it.
     *
     * @throws InvalidYaml with every problem, each with its line
     */
    public static Settings read(Path path) throws InvalidYaml {
        Path folder = path.toAbsolutePath().getParent();
        return new SettingsReader(YamlFile.read(path), folder == null ? Path.of(".") : folder).settings();
    }

    private Settings settings() throws InvalidYaml {
        if (!problems.isEmpty()) {
            throw new InvalidYaml(problems);
        }
        JsonNode root = file.root();
        JsonNode ingest = root.path("ingest");
        Duration metrics = duration(ingest.path("metrics-interval"), PrometheusSettings.INTERVAL);
        Duration status = duration(ingest.path("status-interval"), EtcdSettings.INTERVAL);
        String profile = root.path("rules").path("profile").asText("fleet");

        List<PrometheusSettings> prometheus = each("/ingest/prometheus", (at, node) -> prometheus(at, node, metrics));
        List<EtcdSettings> etcd = each("/ingest/etcd", (at, node) -> etcd(at, node, status));
        List<ReceiverSettings> receivers = each("/alerting/receivers", (at, node) -> webhook(node.path("webhook")));
        WindowSettings windows = built(
                "/percentiles",
                () -> new WindowSettings(
                        duration(root.path("percentiles").path("window"), WindowSettings.DEFAULT.size()),
                        duration(root.path("percentiles").path("horizon"), WindowSettings.DEFAULT.horizon())));
        FlinkSettings flink = built(
                "/flink",
                () -> new FlinkSettings(
                        text(root.path("flink").path("checkpoint-dir")),
                        duration(root.path("flink").path("checkpoint-interval"), FlinkSettings.DEFAULT_INTERVAL)));
        KafkaSettings kafka = root.has("kafka") ? built("/kafka", () -> kafka(root.path("kafka"))) : null;
        ClickHouseSettings clickhouse =
                root.has("clickhouse") ? built("/clickhouse", () -> clickhouse(root.path("clickhouse"))) : null;
        List<Rule> rules = rules(text(root.path("rules").path("directory")));
        if (!ingest.has("prometheus") && !ingest.has("etcd")) {
            problems.add(file.problemAt("/ingest", "'ingest' asks nobody; expected prometheus, etcd, or both"));
        }
        if (receivers.stream().map(ReceiverSettings::name).distinct().count() < receivers.size()) {
            problems.add(file.problemAt("/alerting/receivers", "two receivers have one name; expected a 'name' each"));
        }
        if (!problems.isEmpty() || windows == null || flink == null) {
            throw new InvalidYaml(problems);
        }
        return new Settings(
                prometheus,
                etcd,
                metrics,
                windows,
                profile,
                rules.stream().map(rule -> rule.under(profile)).toList(),
                receivers,
                kafka,
                clickhouse,
                flink);
    }

    private PrometheusSettings prometheus(String at, JsonNode node, Duration interval) {
        Duration timeout = interval.compareTo(PrometheusSettings.TIMEOUT) < 0 ? interval : PrometheusSettings.TIMEOUT;
        List<String> dropLabels = new ArrayList<>();
        node.path("drop-labels").forEach(label -> dropLabels.add(label.asText()));
        return new PrometheusSettings(
                node.path("url").asText(),
                node.path("selector").asText(PrometheusSettings.SELECTOR),
                node.path("cluster-label").asText(PrometheusSettings.CLUSTER_LABEL),
                text(node.path("cluster")),
                text(node.path("member-label")),
                interval,
                duration(node.path("timeout"), timeout),
                existing(at + "/bearer-token-file", node.path("bearer-token-file")),
                dropLabels);
    }

    private EtcdSettings etcd(String at, JsonNode node, Duration interval) {
        List<String> endpoints = new ArrayList<>();
        node.path("endpoints").forEach(endpoint -> endpoints.add(endpoint.asText()));
        Map<String, String> labels = new LinkedHashMap<>();
        node.path("labels")
                .properties()
                .forEach(label -> labels.put(label.getKey(), label.getValue().asText()));
        JsonNode tls = node.path("tls");
        Duration deadline = interval.compareTo(EtcdSettings.DEADLINE) < 0 ? interval : EtcdSettings.DEADLINE;
        return new EtcdSettings(
                node.path("cluster").asText(),
                endpoints,
                interval,
                duration(node.path("deadline"), deadline),
                duration(node.path("member-list-interval"), EtcdSettings.MEMBER_LIST_INTERVAL),
                tls.isMissingNode()
                        ? null
                        : new EtcdSettings.Tls(
                                existing(at + "/tls/ca", tls.path("ca")),
                                existing(at + "/tls/certificate", tls.path("certificate")),
                                existing(at + "/tls/key", tls.path("key"))),
                labels);
    }

    private ReceiverSettings webhook(JsonNode node) {
        return new WebhookSettings(
                node.path("name").asText(WebhookSettings.DEFAULT_NAME),
                node.path("url").asText(),
                duration(node.path("timeout"), WebhookSettings.DEFAULT_TIMEOUT),
                Retry.DEFAULT.within(duration(node.path("retry-for"), Retry.DEFAULT.budget())),
                node.path("send-resolved").asBoolean(true));
    }

    private static KafkaSettings kafka(JsonNode node) {
        return new KafkaSettings(
                node.path("bootstrap").asText(),
                node.path("partitions").asInt(KafkaSettings.DEFAULT_PARTITIONS),
                (short) node.path("replication").asInt(1),
                duration(node.path("idle-after"), KafkaSettings.DEFAULT_IDLE_AFTER));
    }

    private ClickHouseSettings clickhouse(JsonNode node) {
        return new ClickHouseSettings(
                node.path("url").asText(),
                node.path("database").asText(ClickHouseSettings.DEFAULT_DATABASE),
                node.path("user").asText(ClickHouseSettings.DEFAULT_USER),
                secret("/clickhouse/password-file", node.path("password-file")));
    }

    private List<Rule> rules(@Nullable String directory) {
        if (directory == null) {
            return RuleReader.shipped();
        }
        try {
            return RuleReader.folder(folder.resolve(directory));
        } catch (InvalidYaml e) {
            problems.addAll(e.problems());
            return List.of();
        }
    }

    /** Reads one element; null when it cannot be. */
    private interface Element<T> {
        T read(String pointer, JsonNode node);
    }

    private <T> List<T> each(String pointer, Element<T> element) {
        List<T> all = new ArrayList<>();
        int i = 0;
        for (JsonNode node : file.root().at(pointer)) {
            String at = pointer + "/" + i++;
            T one = built(at, () -> element.read(at, node));
            if (one != null) {
                all.add(one);
            }
        }
        return all;
    }

    /** What a record refuses becomes a problem at this place. */
    private <T> @Nullable T built(String pointer, Supplier<T> record) {
        try {
            return record.get();
        } catch (IllegalArgumentException e) {
            problems.add(file.problemAt(pointer, String.valueOf(e.getMessage())));
            return null;
        }
    }

    private @Nullable String existing(String pointer, JsonNode node) {
        String path = text(node);
        if (path == null) {
            return null;
        }
        Path resolved = folder.resolve(path);
        if (!Files.isReadable(resolved)) {
            problems.add(file.problemAt(
                    pointer,
                    "'" + pointer.substring(pointer.lastIndexOf('/') + 1) + "' is " + path
                            + ", which cannot be read; expected a readable file, relative to this one"));
        }
        return resolved.toString();
    }

    private @Nullable String secret(String pointer, JsonNode node) {
        String path = existing(pointer, node);
        try {
            return path == null || !Files.isReadable(Path.of(path))
                    ? null
                    : Files.readString(Path.of(path)).strip();
        } catch (IOException e) {
            problems.add(file.problemAt(pointer, "cannot be read; expected a file with the secret alone in it"));
            return null;
        }
    }

    private static @Nullable String text(JsonNode node) {
        return node.isTextual() ? node.asText() : null;
    }

    private static Duration duration(JsonNode node, Duration otherwise) {
        return node.isTextual() ? Durations.parse(node.asText()) : otherwise;
    }
}
