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
import java.util.List;
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

    /** A job's arguments: {@code --config quorate.yaml}. */
    public static Settings ofArguments(String[] args) throws InvalidYaml {
        if (args.length != 2 || !args[0].equals("--config")) {
            throw new IllegalArgumentException("expected --config quorate.yaml, got " + String.join(" ", args));
        }
        return SettingsReader.read(Path.of(args[1]));
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
                ownKafka == null ? kafka : ownKafka,
                ownClickhouse == null ? clickhouse : ownClickhouse,
                retention,
                flink.checkpointDir() == null ? new FlinkSettings(checkpointDir, flink.checkpointInterval()) : flink,
                desk);
    }
}
