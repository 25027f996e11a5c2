package io.quorate.cli.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import io.quorate.cli.stack.QuorateJob;
import io.quorate.desk.FlinkSession;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import java.util.zip.ZipOutputStream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Jobs on a session cluster are replaced while an incident is planted each second: by another jar, by two that do not work, by
 * four subtasks and then by two. Nothing is lost, nothing told twice, and the windows are those of a run without any of it.
 */
@Tag("slow")
class UpgradeTest {

    @Test
    void losesNothingAndTellsNothingTwiceWhileJobsAreReplacedAndRescaled(@TempDir Path folder) throws Exception {
        AtomicBoolean ends = new AtomicBoolean();
        FlinkSession.Options options = new FlinkSession.Options(OnFlink.lib(), 1, 1, 20, 0, 0, 1536);
        try (Watched watched = Watched.start(folder.resolve("watched"));
                Hook hook = new Hook(number -> number % 25 == 9);
                OnFlink cluster = OnFlink.start(folder, options, ClusterKilledTest.settings(watched, hook))) {
            cluster.submitAll();
            CompletableFuture<List<Instant>> planting = CompletableFuture.supplyAsync(
                    () -> Planted.plant(cluster.kafka, Integer.MAX_VALUE, Duration.ofSeconds(1), ends::get));
            Awaitility.await().atMost(2, TimeUnit.MINUTES).until(() -> hook.requests() > 3);

            Map<String, String> before = cluster.jobs();
            Path other = without("META-INF/LICENSE", folder.resolve("other.jar"));
            for (QuorateJob job : QuorateJob.values()) {
                replaced(cluster, "upgrade", job.word(), "--jar", other.toString());
            }
            assertThat(cluster.jobs().values()).doesNotContainAnyElementsOf(before.values());

            Path noPipeline =
                    without("io/quorate/jobs/alerting/AlertingPipeline.class", folder.resolve("no-pipeline.jar"));
            String alerting = cluster.jobs().get(QuorateJob.ALERTING.nameInFlink());
            RunningQuorate.Ended refused = cluster.quorate("upgrade", "alerting", "--jar", noPipeline.toString());
            assertThat(refused.said()).contains("cannot be made").contains("AlertingPipeline");
            assertThat(refused.code()).isEqualTo(2);
            assertThat(cluster.jobs()).containsValue(alerting);

            Path noPulse = without("io/quorate/jobs/alerting/Pulse.class", folder.resolve("no-pulse.jar"));
            RunningQuorate.Ended back =
                    cluster.quorate("upgrade", "alerting", "--jar", noPulse.toString(), "--within", "40s");
            assertThat(back.said()).contains("does not run").contains("Pulse").contains("rolled back");
            assertThat(back.code()).isEqualTo(1);
            assertThat(cluster.jobs()).hasSize(QuorateJob.values().length).doesNotContainValue(alerting);

            replaced(cluster, "upgrade", "all", "--parallelism", "4");
            watched.changeLeader();
            watched.changeLeader();
            watched.changeLeader();
            replaced(cluster, "upgrade", "all", "--parallelism", "2");
            ends.set(true);

            int planted = planting.get().size();
            Awaitility.await()
                    .atMost(3, TimeUnit.MINUTES)
                    .until(() -> Planted.lost(planted, hook.taken()).isEmpty());
            System.out.printf(
                    "%d incidents planted, %d messages, %d sent again under the same key%n",
                    planted, hook.messages().size(), hook.repeats());
            assertThat(hook.doubled()).as("told twice").isEmpty();
            assertThat(Planted.inverted(planted, hook.taken()))
                    .as("end before page")
                    .isEmpty();
            Uninterrupted.Compared windows = Uninterrupted.of(cluster.kafka).compared();
            assertThat(windows.live()).hasSizeGreaterThan(50).isEqualTo(windows.recomputed());
            Awaitility.await()
                    .atMost(2, TimeUnit.MINUTES)
                    .pollInterval(2, TimeUnit.SECONDS)
                    .untilAsserted(() -> assertThat(ClusterKilledTest.gapsOfTheLedger(cluster))
                            .isEmpty());
        } finally {
            ends.set(true);
        }
    }

    private static void replaced(OnFlink cluster, String... words) throws Exception {
        String[] all = Arrays.copyOf(words, words.length + 2);
        all[words.length] = "--within";
        all[words.length + 1] = "3m";
        Instant begun = Instant.now();
        RunningQuorate.Ended ended = cluster.quorate(all);
        System.out.println(String.join(" ", words) + ": "
                + Duration.between(begun, Instant.now()).toSeconds() + " s");
        assertThat(ended.code()).as(ended.said()).isZero();
    }

    /** The job jar but for one entry. */
    private static Path without(String entry, Path jar) throws IOException {
        try (ZipFile from = new ZipFile(OnFlink.jar().toFile());
                OutputStream file = Files.newOutputStream(jar);
                ZipOutputStream to = new ZipOutputStream(file)) {
            assertThat(from.getEntry(entry)).as(entry).isNotNull();
            to.setLevel(1);
            for (ZipEntry each : Collections.list(from.entries())) {
                if (!each.getName().equals(entry)) {
                    to.putNextEntry(new ZipEntry(each.getName()));
                    from.getInputStream(each).transferTo(to);
                    to.closeEntry();
                }
            }
        }
        return jar;
    }
}
