package io.quorate.cli.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import io.quorate.cli.endtoend.Watched.Page;
import io.quorate.desk.Home;
import io.quorate.events.Alert;
import io.quorate.events.DeadLetter;
import io.quorate.events.MemberWindow;
import io.quorate.events.codec.Topic;
import io.quorate.jobs.kafka.KafkaSettings;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Flink's process is killed three times in a storm and started again each time; the third time it is away for longer than
 * ingest looks back. What came out must be what an uninterrupted run over the same records says.
 */
@Tag("slow")
class ResumeTest {

    private static final Duration LONGER_THAN_INGEST_LOOKS_BACK = Duration.ofSeconds(75);

    @Test
    void pagesTheStormUnderOneIdAndComputesTheSameWindowsThoughFlinkIsKilledThreeTimes(@TempDir Path folder)
            throws Exception {
        Home home = RunningQuorate.freshHome(folder.resolve("home"));
        Path config = folder.resolve("quorate.yaml");
        try (Watched watched = Watched.start(folder.resolve("watched"))) {
            Files.writeString(config, watched.settings());
            RunningQuorate run = RunningQuorate.start(home, "--config", config.toString());
            try {
                windowsAfter(run.kafka(), 2);
                watched.changeLeader();
                assertThat(run.killFlink()).as(run.said()).isEqualTo(3);
                assertThat(run.said()).contains("quorate run --resume");

                Instant killed = Instant.now();
                run = RunningQuorate.start(home, "--resume");
                // What happens before anybody looks again is one change, however many it was.
                KafkaSettings kafka = run.kafka();
                Awaitility.await()
                        .atMost(60, TimeUnit.SECONDS)
                        .until(() -> Topics.read(kafka, Topic.MEMBER_STATUS).stream()
                                .anyMatch(status -> status.observedAt().isAfter(killed)));
                watched.changeLeader();
                watched.changeLeader();
                watched.changeLeader();
                Awaitility.await()
                        .atMost(90, TimeUnit.SECONDS)
                        .until(() -> !watched.storms().isEmpty());
                run.killFlink();

                run = RunningQuorate.start(home, "--resume");
                watched.changeLeader();
                long soFar = windows(run.kafka()).size();
                windowsAfter(run.kafka(), soFar + 3);
                run.killFlink();
                Instant stoppedAt = Instant.now();
                Awaitility.await()
                        .atMost(LONGER_THAN_INGEST_LOOKS_BACK.multipliedBy(2))
                        .pollInterval(1, TimeUnit.SECONDS)
                        .until(() -> Instant.now().isAfter(stoppedAt.plus(LONGER_THAN_INGEST_LOOKS_BACK)));

                run = RunningQuorate.start(home, "--resume");
                Awaitility.await()
                        .atMost(3, TimeUnit.MINUTES)
                        .until(() -> watched.storms().stream()
                                .anyMatch(page -> page.status().equals("resolved")));
                windowsAfter(run.kafka(), windows(run.kafka()).size() + 6);
                compare(run.kafka(), watched.storms());
            } finally {
                run.close();
            }
        }
    }

    private static void compare(KafkaSettings kafka, List<Page> storms) throws Exception {
        // A poll may time out on a busy machine; nothing else may go astray.
        assertThat(Topics.read(kafka, Topic.DEAD_LETTER))
                .extracting(DeadLetter::reason)
                .allMatch("timeout"::equals);
        Uninterrupted expected = Uninterrupted.of(kafka);
        Uninterrupted.Compared windows = expected.compared();
        assertThat(windows.live()).hasSizeGreaterThan(30).isEqualTo(windows.recomputed());
        assertThat(windows.gaps()).isPositive();

        assertThat(Uninterrupted.facts(Topics.read(kafka, Topic.LEADER_CHANGE)))
                .isEqualTo(Uninterrupted.facts(expected.changes()));
        Set<String> episodes = expected.alerts().stream()
                .filter(alert -> alert.status() == Alert.Status.FIRING)
                .map(Alert::id)
                .collect(Collectors.toSet());
        assertThat(episodes).as("storms of the uninterrupted run").isNotEmpty();
        assertThat(storms.stream().map(Page::id).collect(Collectors.toSet())).isEqualTo(episodes);
    }

    private static void windowsAfter(KafkaSettings kafka, long count) {
        Awaitility.await()
                .atMost(3, TimeUnit.MINUTES)
                .pollInterval(1, TimeUnit.SECONDS)
                .until(() -> windows(kafka).size() >= count);
    }

    private static List<MemberWindow> windows(KafkaSettings kafka) {
        return Topics.read(kafka, Topic.MEMBER_WINDOW);
    }
}
