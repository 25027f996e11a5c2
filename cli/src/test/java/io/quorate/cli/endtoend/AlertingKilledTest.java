package io.quorate.cli.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import io.quorate.cli.stack.Checkpoints;
import io.quorate.desk.Child;
import io.quorate.desk.ClickHouseEngine;
import io.quorate.desk.Home;
import io.quorate.desk.KafkaBroker;
import io.quorate.jobs.JobEnvironment;
import io.quorate.jobs.alerting.AlertingJob;
import io.quorate.jobs.history.HistoryJob;
import io.quorate.jobs.kafka.KafkaSettings;
import io.quorate.jobs.kafka.KafkaTopics;
import io.quorate.jobs.settings.FlinkSettings;
import io.quorate.jobs.settings.Settings;
import io.quorate.jobs.settings.SettingsReader;
import io.quorate.sinks.clickhouse.ClickHouseClient;
import io.quorate.sinks.clickhouse.ClickHouseSettings;
import io.quorate.sinks.clickhouse.Migrations;
import io.quorate.sinks.clickhouse.Reconciliation;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The process of the alerting job is killed at fifty moments, each by chance, while incidents go on; half of the time it begins
 * again from its newest checkpoint, half of the time without any state. Every incident is paged and its end told, none twice to
 * a receiver that honours the key, none in the wrong order; and the ledger agrees.
 *
 * <p>Alertmanager 0.33 repeats 10 of 10 pages after kill -9.
 */
@Tag("slow")
class AlertingKilledTest {

    private static final int KILLS = Integer.getInteger("quorate.kills", 50);
    private static final int INCIDENTS = Integer.getInteger("quorate.incidents", 3_000);
    private static final long SEED = Long.getLong("quorate.seed", System.nanoTime());

    @Test
    void losesNothingAndTellsNothingTwiceThoughItIsKilledFiftyTimes(@TempDir Path folder) throws Exception {
        Home home = Home.current().withState(folder.resolve("state"));
        Path checkpoints = Files.createDirectories(folder.resolve("checkpoints"));
        KafkaBroker broker = KafkaBroker.start(home, "kafka", 0);
        ClickHouseEngine engine = ClickHouseEngine.start(home, "clickhouse", 0);
        KafkaSettings kafka = KafkaSettings.single(broker.bootstrap(), 2, Duration.ofSeconds(1));
        KafkaTopics.create(kafka);
        ClickHouseSettings clickhouse = ClickHouseSettings.at(engine.url());
        Migrations.applyTo(clickhouse);
        Random random = new Random(SEED);
        System.out.println("seed " + SEED);
        JobClient history = null;
        Child alerting = null;
        AtomicBoolean ends = new AtomicBoolean();
        // One request in twenty-five is refused for now.
        try (Hook hook = new Hook(number -> number % 25 == 9)) {
            Path config =
                    Files.writeString(folder.resolve("quorate.yaml"), settings(hook, broker, engine, checkpoints));
            Settings settings = SettingsReader.read(config);
            history = history(settings, folder.resolve("history"));
            Thread planting = new Thread(
                    // About as long as fifty kills take.
                    () -> Planted.plant(kafka, INCIDENTS, Duration.ofMillis(140), ends::get), "planting");
            planting.start();
            Checkpoints own = new Checkpoints(new org.apache.flink.core.fs.Path(checkpoints.toUri()));
            int resumed = 0;
            for (int kill = 0; kill < KILLS; kill++) {
                String checkpoint = random.nextBoolean() ? own.newest().orElse(null) : null;
                resumed += checkpoint == null ? 0 : 1;
                int before = hook.requests();
                alerting = JobProcess.start(home, AlertingJob.NAME, config, checkpoint);
                // A tenth of the kills hit it while it begins.
                if (random.nextInt(10) > 0) {
                    Awaitility.await()
                            .atMost(60, TimeUnit.SECONDS)
                            .until(() ->
                                    hook.requests() > before || hook.taken().size() >= 2 * INCIDENTS);
                }
                LockSupport.parkNanos(Duration.ofMillis(random.nextInt(4_000)).toNanos());
                alerting.kill();
            }
            alerting = JobProcess.start(
                    home, AlertingJob.NAME, config, own.newest().orElse(null));
            Awaitility.await()
                    .atMost(Duration.ofMinutes(15))
                    .pollInterval(1, TimeUnit.SECONDS)
                    .until(() -> Planted.lost(INCIDENTS, hook.taken()).isEmpty());
            planting.join();

            assertThat(Planted.lost(INCIDENTS, hook.taken())).as("lost").isEmpty();
            assertThat(Planted.doubled(hook.taken())).as("told twice").isEmpty();
            assertThat(Planted.inverted(INCIDENTS, hook.taken()))
                    .as("end before page")
                    .isEmpty();
            Awaitility.await()
                    .atMost(Duration.ofMinutes(2))
                    .pollInterval(2, TimeUnit.SECONDS)
                    .untilAsserted(() -> assertThat(gaps(clickhouse)).isEmpty());
            System.out.printf(
                    "%d incidents, %d kills (%d resumed from a checkpoint, the others without state), %d messages,"
                            + " %d sent again under the same key: 0 lost, 0 told twice%n",
                    INCIDENTS, KILLS, resumed, hook.messages().size(), hook.repeats());
        } finally {
            ends.set(true);
            if (alerting != null) {
                alerting.kill();
            }
            if (history != null) {
                history.cancel().get(10, TimeUnit.SECONDS);
            }
            engine.close();
            broker.close();
        }
    }

    private static String gaps(ClickHouseSettings clickhouse) throws IOException {
        Reconciliation reconciliation = Reconciliation.after(Duration.ZERO);
        return new ClickHouseClient(clickhouse)
                .execute(reconciliation.sql() + " FORMAT TSV", reconciliation.values(), Map.of());
    }

    private static JobClient history(Settings settings, Path checkpoints) throws Exception {
        FlinkSettings own = new FlinkSettings(checkpoints.toUri().toString(), Duration.ofSeconds(2));
        StreamExecutionEnvironment env =
                StreamExecutionEnvironment.getExecutionEnvironment(JobEnvironment.configuration(own));
        env.setParallelism(1);
        HistoryJob.define(env, settings);
        return env.executeAsync("quorate-history");
    }

    /** Criticals by cluster, each by itself; the rest together by rule and severity. */
    private static String settings(Hook hook, KafkaBroker broker, ClickHouseEngine engine, Path checkpoints) {
        return """
                ingest: { prometheus: [{ url: "http://127.0.0.1:9" }] }
                kafka: { bootstrap: "%s" }
                clickhouse: { url: "%s" }
                flink: { checkpoint-dir: "%s", checkpoint-interval: 2s }
                alerting:
                  pipeline-behind: 1h
                  receivers:
                    - webhook: { name: hook, url: "%s", per-minute: 0 }
                  routes:
                    - name: critical
                      where: 'severity="critical"'
                      receivers: [hook]
                      group-by: [alertname, cluster]
                      group-wait: 1s
                    - name: rest
                      receivers: [hook]
                      group-wait: 2s
                """.formatted(broker.bootstrap(), engine.url(), checkpoints.toUri(), hook.url());
    }
}
