package io.quorate.cli.backtest;

import io.quorate.cli.data.Moments;
import io.quorate.ingest.prometheus.PrometheusHistory;
import io.quorate.ingest.prometheus.PrometheusSettings;
import io.quorate.jobs.backtest.Clusters;
import io.quorate.jobs.backtest.History;
import io.quorate.jobs.backtest.MetricsRead;
import io.quorate.jobs.backtest.PrometheusRangeHistory;
import io.quorate.jobs.backtest.RecordingHistory;
import io.quorate.jobs.backtest.TableHistory;
import io.quorate.jobs.backtest.TopicHistory;
import io.quorate.jobs.detection.Controls;
import io.quorate.jobs.kafka.KafkaSettings;
import io.quorate.jobs.settings.Settings;
import io.quorate.rules.yaml.Durations;
import io.quorate.sinks.clickhouse.ClickHouseSettings;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.SortedSet;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Which history, and which span of it. */
final class WhichHistory {

    private static final Set<String> SERVERS = Set.of("topics", "clickhouse", "prometheus");

    @Option(
            names = "--from",
            required = true,
            arity = "1..*",
            paramLabel = "RECORDING|topics|clickhouse|prometheus",
            description = {
                "Recordings, NAME.jsonl or NAME.jsonl.gz, of which several are one fleet; or one of: topics,",
                "what lies in Kafka's topics; clickhouse, the windows and events of its tables; prometheus, the raw",
                "samples of a Prometheus range API. Where a file has one of these names, write ./topics."
            })
    private List<String> from = List.of();

    @Option(
            names = "--at",
            paramLabel = "URL",
            description = {"Where the topics (host:port), ClickHouse or Prometheus are, in place of those of --config."
            })
    private @Nullable String at;

    @Option(
            names = "--since",
            paramLabel = "T",
            description = "ISO-8601, or how long before now, such as 24h (needed unless from recordings).")
    private @Nullable String since;

    @Option(names = "--until", paramLabel = "T", description = "The same (default: now, or the last record).")
    private @Nullable String until;

    @Option(
            names = "--warm-up",
            paramLabel = "D",
            description = {
                "So much before --since is read as well, so that rules know what came before; nothing is told of it",
                "(default: 15m, of recordings 0s)."
            })
    private @Nullable String warmUp;

    @Option(
            names = "--clusters",
            split = ",",
            paramLabel = "NAMES",
            description = "Only these, by comma; * and ? stand for others (default: all).")
    private Set<String> clusters = new LinkedHashSet<>();

    boolean isOfRecordings() {
        return !(from.size() == 1 && SERVERS.contains(from.get(0)));
    }

    boolean isOfTopics() {
        return !isOfRecordings() && from.get(0).equals("topics");
    }

    List<Path> recordings() {
        return isOfRecordings() ? from.stream().map(Path::of).toList() : List.of();
    }

    /** For people. */
    String title() {
        return String.join(", ", from)
                + (at == null ? "" : " at " + at)
                + (clusters.isEmpty() ? "" : ", clusters " + String.join(", ", clusters));
    }

    /**
     * The span.
     *
     * @param lastRecord of recordings
     * @throws IllegalArgumentException when none is said, or it ends before it begins
     */
    Asked span(@Nullable Instant lastRecord, Instant now) {
        boolean recordings = isOfRecordings();
        if (since == null && !recordings) {
            throw new IllegalArgumentException(
                    "--from " + from.get(0) + " needs --since; expected a time, or a span before now such as 24h");
        }
        Instant begin = since == null ? Instant.EPOCH : Moments.parse("--since", since, now);
        Instant end = until == null
                ? recordings ? Objects.requireNonNull(lastRecord) : now
                : Moments.parse("--until", until, now);
        if (!begin.isBefore(end)) {
            throw new IllegalArgumentException("--since " + begin + " is not before --until " + end);
        }
        Duration before = warmUp == null
                ? since == null || recordings ? Duration.ZERO : Duration.ofMinutes(15)
                : Durations.parse(warmUp);
        return new Asked(begin.minus(before), begin, end);
    }

    /** From where on is read, from when on is told, and the last moment of which anything is. */
    record Asked(Instant begins, Instant since, Instant until) {}

    /**
     * The history.
     *
     * @param settings null without {@code --config}
     * @param controls whose rules say which metrics are worth reading
     */
    History history(@Nullable Settings settings, Controls controls, Duration window) {
        Clusters which = new Clusters(clusters);
        if (isOfRecordings()) {
            if (!clusters.isEmpty()) {
                throw new IllegalArgumentException("--clusters is for servers; name the recordings that you want");
            }
            return new RecordingHistory(recordings());
        }
        return switch (from.get(0)) {
            case "topics" -> TopicHistory.ofWindows(kafka(settings), window, which);
            case "clickhouse" -> new TableHistory(clickhouse(settings), window, which, controls.metricsRead(window));
            default -> prometheus(settings, controls);
        };
    }

    KafkaSettings kafka(@Nullable Settings settings) {
        if (at != null) {
            return KafkaSettings.single(at, 1, KafkaSettings.DEFAULT_IDLE_AFTER);
        }
        if (settings == null || settings.ownKafka() == null) {
            throw new IllegalArgumentException(
                    "--from topics: no broker; expected --at host:port, or --config with kafka.bootstrap");
        }
        return settings.kafka();
    }

    private ClickHouseSettings clickhouse(@Nullable Settings settings) {
        if (at != null) {
            return ClickHouseSettings.at(at);
        }
        if (settings == null || settings.ownClickhouse() == null) {
            throw new IllegalArgumentException(
                    "--from clickhouse: no ClickHouse; expected --at URL, or --config with clickhouse.url");
        }
        return settings.ownClickhouse();
    }

    private History prometheus(@Nullable Settings settings, Controls controls) {
        if (!clusters.isEmpty()) {
            throw new IllegalArgumentException(
                    "--clusters is for topics and clickhouse; of a Prometheus the selector in --config says which");
        }
        SortedSet<String> metrics = MetricsRead.by(controls);
        if (at != null) {
            return new PrometheusRangeHistory(PrometheusSettings.of(at), metrics, PrometheusHistory.Limits.DEFAULT);
        }
        if (settings == null || settings.prometheus().size() != 1) {
            throw new IllegalArgumentException("--from prometheus: "
                    + (settings == null ? "no server" : settings.prometheus().size() + " servers in --config")
                    + "; expected --at URL, or --config with one ingest.prometheus");
        }
        return new PrometheusRangeHistory(settings.prometheus().get(0), metrics, PrometheusHistory.Limits.DEFAULT);
    }
}
