package io.quorate.cli.simulate;

import io.quorate.events.Alert;
import io.quorate.events.ClusterRoster;
import io.quorate.events.Control;
import io.quorate.events.MemberScrape;
import io.quorate.events.MemberStatus;
import io.quorate.events.MemberWindow;
import io.quorate.ingest.Observation;
import io.quorate.jobs.detection.Controls;
import io.quorate.jobs.detection.DetectionPipeline;
import io.quorate.jobs.percentiles.CoveragePipeline;
import io.quorate.jobs.percentiles.PercentilesPipeline;
import io.quorate.jobs.settings.WindowSettings;
import io.quorate.jobs.time.Timeless;
import io.quorate.rules.RuleReader;
import io.quorate.simulator.face.Simulation;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.apache.flink.api.common.eventtime.Watermark;
import org.apache.flink.api.common.eventtime.WatermarkGenerator;
import org.apache.flink.api.common.eventtime.WatermarkOutput;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.functions.source.legacy.SourceFunction;
import org.apache.flink.util.CloseableIterator;
import org.apache.flink.util.Collector;

/**
 * A simulated fleet through the pipelines of percentiles and detection, second by second while it is simulated. Streams wait
 * for late events as long as those of the jobs do.
 */
final class SimulatedRun {

    /** In which order what was seen goes in. */
    enum Order {
        /** By when it was seen. */
        ORDERED,
        /** One of five comes late, by up to what the streams wait for. */
        SHUFFLED
    }

    /** As the percentiles job waits for scrapes: their interval and this. */
    private static final Duration SCRAPE_SLACK = Duration.ofSeconds(3);

    /** As both jobs wait for statuses. */
    private static final Duration STATUS_SLACK = Duration.ofSeconds(1);

    /** Whatever was seen has arrived so much later. */
    private static final Duration ARRIVED = Duration.ofSeconds(2);

    private static final double LATE = 0.2;

    /** What quantities of windows are worked out from, and a gauge that is always there: without any a poll has failed. */
    private static final Set<String> ALWAYS = Set.of(
            "etcd_server_has_leader",
            "process_start_time_seconds",
            "etcd_server_proposals_committed_total",
            "etcd_server_proposals_applied_total",
            "etcd_debugging_mvcc_current_revision",
            "etcd_debugging_mvcc_compact_revision",
            "etcd_mvcc_db_total_size_in_bytes",
            "etcd_mvcc_db_total_size_in_use_in_bytes",
            "etcd_server_quota_backend_bytes",
            "process_open_fds",
            "process_max_fds");

    /** Flink copies its functions; a simulation cannot be copied, so the source finds it here. */
    private static final Map<Integer, Feed> FEEDS = new ConcurrentHashMap<>();

    private static final AtomicInteger NEXT = new AtomicInteger();

    private record Feed(Simulation simulation, Duration lasts, int voters, Order order, Duration scrape) {}

    private SimulatedRun() {}

    /** The rules that ship, as they read under this profile. */
    static Controls shipped(String profile) {
        return new Controls(
                RuleReader.shipped().stream()
                        .filter(rule -> rule.runsIn(profile))
                        .map(rule -> rule.under(profile))
                        .toList(),
                List.of(),
                profile);
    }

    /** The metrics of which any rule speaks, in whatever kind of condition; percentiles of the others cost time. */
    static Predicate<String> readBy(Controls controls) {
        String conditions = controls.rules().stream()
                .map(rule -> rule.condition().toString())
                .collect(Collectors.joining());
        Map<String, Boolean> known = new ConcurrentHashMap<>();
        return metric -> ALWAYS.contains(metric) || known.computeIfAbsent(metric, conditions::contains);
    }

    /** Every transition of every alert, of rules in shadow too, in order of time. */
    static List<Alert> alerts(Simulation simulation, Duration lasts, Duration scrape, Order order, Controls controls)
            throws Exception {
        List<Alert> all = new ArrayList<>();
        run(simulation, lasts, scrape, order, controls, all::add);
        all.sort(Comparator.comparing(Alert::at)
                .thenComparing(Alert::cluster)
                .thenComparing(Alert::rule)
                .thenComparing(Alert::id)
                .thenComparing(Alert::status)
                .thenComparing(Alert::toString));
        return all;
    }

    /** The same, as they are told. */
    static void run(
            Simulation simulation,
            Duration lasts,
            Duration scrape,
            Order order,
            Controls controls,
            Consumer<Alert> alerts)
            throws Exception {
        int voters = simulation.clusters().get(0).members().size();
        int feed = NEXT.incrementAndGet();
        FEEDS.put(feed, new Feed(simulation, lasts, voters, order, scrape));
        StreamExecutionEnvironment env = StreamExecutionEnvironment.createLocalEnvironment(1);
        env.getConfig().enableObjectReuse();
        DataStream<Observation> seen = env.addSource(new Fleet(feed), "fleet");
        DataStream<MemberScrape> scrapes = seen.flatMap((Observation one, Collector<MemberScrape> out) -> {
                    if (one.scrape() != null) {
                        out.collect(one.scrape());
                    }
                })
                .returns(MemberScrape.class)
                .assignTimestampsAndWatermarks(WatermarkStrategy.<MemberScrape>forGenerator(
                                context -> new Behind<>(scrape.plus(SCRAPE_SLACK)))
                        .withTimestampAssigner((one, unused) -> one.observedAt().toEpochMilli()));
        DataStream<MemberStatus> statuses = seen.flatMap((Observation one, Collector<MemberStatus> out) -> {
                    if (one.status() != null) {
                        out.collect(one.status());
                    }
                })
                .returns(MemberStatus.class)
                .assignTimestampsAndWatermarks(WatermarkStrategy.<MemberStatus>forGenerator(
                                context -> new Behind<>(STATUS_SLACK))
                        .withTimestampAssigner((one, unused) -> one.observedAt().toEpochMilli()));
        DataStream<ClusterRoster> rosters = seen.flatMap((Observation one, Collector<ClusterRoster> out) -> {
                    if (one.roster() != null) {
                        out.collect(one.roster());
                    }
                })
                .returns(ClusterRoster.class)
                .assignTimestampsAndWatermarks(WatermarkStrategy.forGenerator(context -> new Timeless<>()));
        DataStream<Control> said = seen.flatMap((Observation one, Collector<Control> out) -> {})
                .returns(Control.class)
                .assignTimestampsAndWatermarks(WatermarkStrategy.forGenerator(context -> new Timeless<>()));
        WindowSettings cut = WindowSettings.DEFAULT;
        DataStream<MemberWindow> windows = PercentilesPipeline.of(scrapes, null, cut)
                .windows()
                .filter(window -> cut.isBase(window.windowStart(), window.windowEnd()));
        DetectionPipeline detection = DetectionPipeline.of(
                new DetectionPipeline.Listens(
                        statuses, windows, rosters, CoveragePipeline.of(scrapes, statuses, rosters), said),
                controls,
                cut.size());
        try (CloseableIterator<Alert> all =
                detection.alerts().union(detection.shadowAlerts()).executeAndCollect("simulated")) {
            all.forEachRemaining(alerts);
        } finally {
            FEEDS.remove(feed);
        }
    }

    /** The stream's time runs so far behind the newest event. */
    private static final class Behind<T> implements WatermarkGenerator<T> {

        private final long bound;
        private long newest = Long.MIN_VALUE;

        Behind(Duration bound) {
            this.bound = bound.toMillis();
        }

        @Override
        public void onEvent(T event, long time, WatermarkOutput output) {
            if (time > newest) {
                newest = time;
                output.emitWatermark(new Watermark(time - bound - 1));
            }
        }

        @Override
        public void onPeriodicEmit(WatermarkOutput output) {
            // Each event has said it: a clock must not decide what is late.
        }
    }

    /** The fleet, as it is simulated. */
    private static final class Fleet implements SourceFunction<Observation> {

        private static final long serialVersionUID = 1;

        private final int number;

        Fleet(int number) {
            this.number = number;
        }

        private record Waiting(long due, long taken, Observation seen) {}

        @Override
        public void run(SourceContext<Observation> out) throws Exception {
            Feed feed = FEEDS.get(number);
            if (feed == null) {
                throw new IllegalStateException("fleet " + number + " is not simulated");
            }
            Simulation simulation = feed.simulation();
            simulation
                    .clusters()
                    .forEach(cluster -> out.collect(Observation.of(SimulatedEvents.roster(cluster, Corpus.BEGIN))));
            SimulatedEvents events = new SimulatedEvents(feed.voters());
            PriorityQueue<Waiting> waiting =
                    new PriorityQueue<>(Comparator.comparingLong(Waiting::due).thenComparingLong(Waiting::taken));
            Random random = new Random(7);
            long[] taken = {0};
            simulation.run(
                    feed.lasts().toSeconds(),
                    seen -> {
                        Observation one = seen.kind() == io.quorate.simulator.face.Observation.Kind.METRICS
                                ? Observation.of(events.scrape(seen))
                                : Observation.of(events.status(seen));
                        long due = one.observedAt().toEpochMilli();
                        Duration bound = one.scrape() == null
                                ? STATUS_SLACK
                                : feed.scrape().plus(SCRAPE_SLACK);
                        if (random.nextDouble() < LATE && feed.order() == Order.SHUFFLED) {
                            due += random.nextInt((int) (bound.toMillis() * 9 / 10));
                        }
                        waiting.add(new Waiting(due, taken[0]++, one));
                    },
                    seconds -> {
                        Instant now =
                                Corpus.BEGIN.plusMillis((long) (seconds * 1000)).minus(ARRIVED);
                        release(waiting, now.toEpochMilli(), out);
                    });
            release(waiting, Long.MAX_VALUE, out);
        }

        private static void release(PriorityQueue<Waiting> waiting, long until, SourceContext<Observation> out) {
            while (!waiting.isEmpty() && waiting.element().due() < until) {
                out.collect(waiting.remove().seen());
            }
        }

        @Override
        public void cancel() {
            // A simulation ends by itself.
        }
    }
}
