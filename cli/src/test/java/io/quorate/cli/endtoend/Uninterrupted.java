package io.quorate.cli.endtoend;

import io.quorate.events.Alert;
import io.quorate.events.ClusterRoster;
import io.quorate.events.Control;
import io.quorate.events.Coverage;
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
import java.util.stream.Collectors;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.RestartStrategyOptions;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.util.CloseableIterator;
import org.apache.flink.util.Collector;

/** What a run that nobody disturbs makes of the records that lie in the topics. */
record Uninterrupted(
        Map<String, MemberWindow> live, List<MemberWindow> windows, List<LeaderChange> changes, List<Alert> alerts) {

    static Uninterrupted of(KafkaSettings kafka) throws Exception {
        // First: what the live run tells while this one reads would be made of records that this one has not read.
        Map<String, MemberWindow> live = newest(Topics.read(kafka, Topic.MEMBER_WINDOW));
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
        return new Uninterrupted(live, all(windows), all(changes), all(alerts));
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
                    window.windowStart() + " to " + window.windowEnd() + " " + window.member(),
                    window,
                    (old, now) -> now.version() < old.version() ? old : now);
        }
        return newest;
    }

    /** A change may be told twice; it is one by its term. */
    static Set<String> facts(List<LeaderChange> changes) {
        return changes.stream()
                .map(change -> change.raftTerm() + " " + change.to() + " " + change.observedAt())
                .collect(Collectors.toCollection(TreeSet::new));
    }

    /** What the live run had said of every window, and what this one says of those that ended by then. */
    Compared compared() {
        // The uninterrupted run goes to the end of its input, the live one waits for what may still come.
        Instant until = live.values().stream()
                .map(MemberWindow::windowEnd)
                .max(Comparator.naturalOrder())
                .orElseThrow();
        Map<String, MemberWindow> recomputed = newest(windows);
        recomputed.values().removeIf(window -> window.windowEnd().isAfter(until));
        long gaps = live.values().stream().filter(MemberWindow::gap).count();
        return new Compared(said(live), said(recomputed), gaps);
    }

    /** What either says, by start, end and member; and how many of the live ones are marked as gaps. */
    record Compared(Map<String, String> live, Map<String, String> recomputed, long gaps) {}
}
