package io.quorate.jobs.settings;

import io.quorate.ingest.etcd.EtcdDiscovery;
import io.quorate.ingest.etcd.EtcdSettings;
import io.quorate.ingest.prometheus.PrometheusSettings;
import io.quorate.ingest.prometheus.ScrapeSettings;
import io.quorate.jobs.alerting.routes.AlertingSettings;
import io.quorate.jobs.kafka.KafkaSettings;
import io.quorate.rules.Maintenance;
import io.quorate.rules.Rule;
import io.quorate.rules.RuleOverride;
import io.quorate.rules.yaml.InvalidYaml;
import io.quorate.sinks.clickhouse.ClickHouseSettings;
import io.quorate.sinks.clickhouse.Retention;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Everything that quorate.yaml says, a record per room.
 *
 * @param scraped members whose metrics are fetched without a Prometheus
 * @param foundEtcd clusters that are found rather than named
 * @param metricsInterval from one poll of the metrics to the next
 * @param rules those that run under the profile, as they read under it
 * @param overrides of their numbers, for some clusters or members
 * @param maintenance when alerts of some clusters notify nobody
 * @param ownKafka null when the embedded broker is to be used
 * @param ownClickhouse null when the embedded engine is to be used
 * @param retention of the rows in ClickHouse, one's own or embedded
 * @param desk ports of what runs embedded
 */
public record Settings(
        List<PrometheusSettings> prometheus,
        List<ScrapeSettings> scraped,
        List<EtcdSettings> etcd,
        List<EtcdDiscovery> foundEtcd,
        Duration metricsInterval,
        WindowSettings windows,
        String profile,
        List<Rule> rules,
        List<RuleOverride> overrides,
        List<Maintenance> maintenance,
        AlertingSettings alerting,
        @Nullable KafkaSettings ownKafka,
        @Nullable ClickHouseSettings ownClickhouse,
        Retention retention,
        FlinkSettings flink,
        DeskSettings desk) {

    /** Of a topic on the embedded broker: enough for a desk's two cores, and four subtasks have work. */
    public static final int EMBEDDED_PARTITIONS = 4;

    /** How long one of its partitions may be silent before time goes on without it. */
    private static final Duration EMBEDDED_IDLE_AFTER = Duration.ofSeconds(10);

    private static final Set<String> ARGUMENTS = Set.of("--config", "--kafka", "--clickhouse", "--checkpoint-dir");

    /**
     * A job's arguments: {@code --config quorate.yaml}, and for what the file does not name {@code --kafka HOST:PORT}, {@code
     * --clickhouse URL} and {@code --checkpoint-dir ADDRESS}.
     *
     * @throws IllegalArgumentException for any other argument
     */
    public static Settings ofArguments(String[] args) throws InvalidYaml {
        Map<String, String> given = new HashMap<>();
        for (int i = 0; i + 1 < args.length && ARGUMENTS.contains(args[i]); i += 2) {
            given.put(args[i], args[i + 1]);
        }
        String config = given.get("--config");
        if (config == null || 2 * given.size() != args.length) {
            throw new IllegalArgumentException("expected --config quorate.yaml [--kafka HOST:PORT] [--clickhouse URL]"
                    + " [--checkpoint-dir ADDRESS], got " + String.join(" ", args));
        }
        return SettingsReader.read(Path.of(config))
                .or(given.get("--kafka"), given.get("--clickhouse"), given.get("--checkpoint-dir"));
    }

    private Settings or(@Nullable String bootstrap, @Nullable String clickhouseUrl, @Nullable String checkpointDir) {
        return with(
                ownKafka != null || bootstrap == null
                        ? ownKafka
                        : KafkaSettings.single(bootstrap, EMBEDDED_PARTITIONS, EMBEDDED_IDLE_AFTER),
                ownClickhouse != null || clickhouseUrl == null ? ownClickhouse : ClickHouseSettings.at(clickhouseUrl),
                checkpointDir);
    }

    public KafkaSettings kafka() {
        if (ownKafka == null) {
            throw new IllegalStateException("kafka.bootstrap is not set; a job on a cluster needs a broker of its own");
        }
        return ownKafka;
    }

    public ClickHouseSettings clickhouse() {
        if (ownClickhouse == null) {
            throw new IllegalStateException(
                    "clickhouse.url is not set; a job on a cluster needs a ClickHouse of its own");
        }
        return ownClickhouse;
    }

    /** What stands in the file, and the embedded ones and this folder wherever it names none of one's own. */
    public Settings orEmbedded(KafkaSettings kafka, ClickHouseSettings clickhouse, String checkpointDir) {
        return with(
                ownKafka == null ? kafka : ownKafka, ownClickhouse == null ? clickhouse : ownClickhouse, checkpointDir);
    }

    private Settings with(
            @Nullable KafkaSettings kafka, @Nullable ClickHouseSettings clickhouse, @Nullable String checkpointDir) {
        return new Settings(
                prometheus,
                scraped,
                etcd,
                foundEtcd,
                metricsInterval,
                windows,
                profile,
                rules,
                overrides,
                maintenance,
                alerting,
                kafka,
                clickhouse,
                retention,
                flink.checkpointDir() == null ? new FlinkSettings(checkpointDir, flink.checkpointInterval()) : flink,
                desk);
    }
}
