package io.quorate.cli.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import io.quorate.cli.endtoend.Watched.Page;
import io.quorate.desk.Home;
import io.quorate.events.Alert;
import io.quorate.events.ClusterRoster;
import io.quorate.events.Control;
import io.quorate.events.Coverage;
import io.quorate.events.DeadLetter;
import io.quorate.events.LeaderChange;
import io.quorate.events.MemberScrape;
import io.quorate.events.MemberStatus;
import io.quorate.events.MemberWindow;
import io.quorate.events.codec.EventCodec;
import io.quorate.events.codec.Topic;
import io.quorate.jobs.JobEnvironment;
import io.quorate.jobs.detection.Controls;
import io.quorate.jobs.detection.DetectionPipeline;
import io.quorate.jobs.kafka.KafkaSettings;
import io.quorate.jobs.percentiles.PercentilesPipeline;
import io.quorate.jobs.settings.FlinkSettings;
import io.quorate.jobs.settings.WindowSettings;
import io.quorate.rules.Rule;
import io.quorate.rules.RuleReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.RestartStrategyOptions;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.util.CloseableIterator;
import org.apache.flink.util.Collector;
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
        Map<String, MemberWindow> live = newest(windows(kafka));
        Uninterrupted expected = uninterrupted(kafka);

        // The uninterrupted run goes to the end of its input, the live one waits for what may still come.
        Instant until = live.values().stream()
                .map(MemberWindow::windowEnd)
                .max(Comparator.naturalOrder())
                .orElseThrow();
        Map<String, MemberWindow> recomputed = newest(expected.windows());
        recomputed.values().removeIf(window -> window.windowEnd().isAfter(until));
        assertThat(live).hasSizeGreaterThan(30);
        assertThat(said(live)).isEqualTo(said(recomputed));
        assertThat(live.values().stream().filter(MemberWindow::gap)).isNotEmpty();

        assertThat(facts(Topics.read(kafka, Topic.LEADER_CHANGE))).isEqualTo(facts(expected.changes()));
        Set<String> episodes = expected.alerts().stream()
                .filter(alert -> alert.status() == Alert.Status.FIRING)
                .map(Alert::id)
                .collect(Collectors.toSet());
        assertThat(episodes).as("storms of the uninterrupted run").isNotEmpty();
        assertThat(storms.stream().map(Page::id).collect(Collectors.toSet())).isEqualTo(episodes);
    }

    /** A change may be told twice; it is one by its term. */
    private static Set<String> facts(List<LeaderChange> changes) {
        return changes.stream()
                .map(change -> change.raftTerm() + " " + change.to() + " " + change.observedAt())
                .collect(Collectors.toCollection(TreeSet::new));
    }

    private record Uninterrupted(List<MemberWindow> windows, List<LeaderChange> changes, List<Alert> alerts) {}

    private static Uninterrupted uninterrupted(KafkaSettings kafka) throws Exception {
        Configuration configuration = JobEnvironment.configuration(new FlinkSettings(null, Duration.ofDays(1)));
        // What fails here is to be told, not tried again.
        configuration.set(RestartStrategyOptions.RESTART_STRATEGY, "none");
        StreamExecutionEnvironment env = StreamExecutionEnvironment.createLocalEnvironment(1, configuration);
        DataStream<MemberScrape> scrapes = stream(env, kafka, Topic.MEMBER_SCRAPE);
        DataStream<MemberStatus> statuses = stream(env, kafka, Topic.MEMBER_STATUS);
        PercentilesPipeline percentiles = PercentilesPipeline.of(scrapes, null, WindowSettings.DEFAULT);
        List<Rule> rules = RuleReader.shipped().stream()
                .filter(rule -> rule.name().equals("EtcdElectionStorm"))
                .map(rule -> rule.under("lab"))
                .toList();
        DataStream<MemberWindow> base = percentiles
                .windows()
                .filter(window -> WindowSettings.DEFAULT.isBase(window.windowStart(), window.windowEnd()));
        DataStream<ClusterRoster> rosters = stream(env, kafka, Topic.CLUSTER_ROSTER);
        DataStream<Coverage> coverage = stream(env, kafka, Topic.COVERAGE);
        // Nobody said anything, and Flink takes no empty list.
        DataStream<Control> controls = statuses.flatMap((MemberStatus status, Collector<Control> out) -> {})
                .returns(Control.class);
        DetectionPipeline detection = DetectionPipeline.of(
                new DetectionPipeline.Listens(statuses, base, rosters, coverage, controls),
                new Controls(rules, List.of(), "lab"),
                WindowSettings.DEFAULT.size());
        CloseableIterator<MemberWindow> windows = percentiles.windows().collectAsync();
        CloseableIterator<LeaderChange> changes = detection.changes().collectAsync();
        CloseableIterator<Alert> alerts = detection.alerts().collectAsync();
        env.executeAsync("uninterrupted");
        return new Uninterrupted(all(windows), all(changes), all(alerts));
    }

    private static <T> List<T> all(CloseableIterator<T> iterator) {
        List<T> all = new ArrayList<>();
        iterator.forEachRemaining(all::add);
        return all;
    }

    private static <T> DataStream<T> stream(StreamExecutionEnvironment env, KafkaSettings kafka, Topic<T> topic)
            throws Exception {
        List<T> events = Topics.read(kafka, topic);
        events.sort(Comparator.comparing(event -> topic.time().apply(event)));
        return env.fromData(events, TypeInformation.of(topic.type()))
                .assignTimestampsAndWatermarks(WatermarkStrategy.<T>forMonotonousTimestamps()
                        .withTimestampAssigner(
                                (event, unused) -> topic.time().apply(event).toEpochMilli()));
    }

    /** What each window says, without who was known by which id when. */
    private static Map<String, String> said(Map<String, MemberWindow> windows) {
        EventCodec<MemberWindow> codec = new EventCodec<>(MemberWindow.class);
        Map<String, String> said = new TreeMap<>();
        windows.forEach((key, window) -> said.put(
                key,
                new String(
                        codec.encode(new MemberWindow(
                                window.cluster(),
                                null,
                                window.member(),
                                null,
                                window.windowStart(),
                                window.windowEnd(),
                                window.gap(),
                                1,
                                window.measures())),
                        StandardCharsets.UTF_8)));
        return said;
    }

    private static Map<String, MemberWindow> newest(Collection<MemberWindow> windows) {
        Map<String, MemberWindow> newest = new TreeMap<>();
        for (MemberWindow window : windows) {
            newest.merge(
                    window.windowStart() + " " + window.member(),
                    window,
                    (old, now) -> now.version() < old.version() ? old : now);
        }
        return newest;
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
