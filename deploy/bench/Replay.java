import io.quorate.events.ClusterRoster;
import io.quorate.events.Measures;
import io.quorate.events.MemberScrape;
import io.quorate.events.MemberStatus;
import io.quorate.events.MemberWindow;
import io.quorate.jobs.JobEnvironment;
import io.quorate.jobs.backtest.Backtest;
import io.quorate.jobs.backtest.Happened;
import io.quorate.jobs.backtest.History;
import io.quorate.jobs.backtest.Line.Output;
import io.quorate.jobs.backtest.RecordingHistory;
import io.quorate.jobs.detection.Controls;
import io.quorate.jobs.percentiles.PercentilesPipeline;
import io.quorate.jobs.settings.FlinkSettings;
import io.quorate.jobs.settings.Profiles;
import io.quorate.jobs.settings.WindowSettings;
import io.quorate.rules.RuleReader;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.configuration.CheckpointingOptions;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.HeartbeatManagerOptions;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.util.CloseableIterator;

/**
 * Runs a backtest of the shipped rules over a long history of many clusters, and tells what it takes: CPU, time, and the heap
 * that is in use after a collection, hour by hour. The history is ten minutes of one simulated cluster, once and again, for each
 * cluster with an offset of its own; raft's indexes go on.
 */
final class Replay {

    private static final Instant BEGIN = Instant.parse("2026-03-02T00:00:00Z");
    private static final Duration PERIOD = Duration.ofMinutes(10);
    private static final Duration SKIPPED = Duration.ofMinutes(5);

    /** Flink copies what it takes along; this it finds here. */
    private static volatile Period period;

    private static volatile Instant reached = BEGIN;

    private Replay() {}

    public static void main(String[] args) throws Exception {
        Path recording = Path.of(args[0]);
        int clusters = Integer.parseInt(args[1]);
        Duration length = Duration.ofMinutes(Long.parseLong(args[2]));
        Duration window = Duration.ofSeconds(Long.parseLong(args[3]));
        // How many of the recording's answers, of which there is one each second, are left out between two; none at all: 0.
        int everySecond = Integer.parseInt(args[4]);
        int parallelism = Integer.parseInt(args[5]);
        WindowSettings cut = WindowSettings.replay(window, Duration.ofSeconds(90));
        Controls controls = new Controls(Profiles.underNamed("fleet", RuleReader.shipped()), List.of(), "fleet");
        period = period(recording, cut, controls.metricsRead(window), everySecond);
        Path lines = Files.createTempDirectory("bench-replay");
        Thread watch = new Thread(Replay::watch, "watch");
        watch.setDaemon(true);
        watch.start();
        double cpu = cpu();
        long begun = System.nanoTime();
        Configuration configuration = JobEnvironment.configuration(new FlinkSettings(null, Duration.ofDays(1)));
        // As backtest runs without --resume.
        configuration.set(HeartbeatManagerOptions.HEARTBEAT_TIMEOUT, Duration.ofHours(1));
        configuration.removeConfig(CheckpointingOptions.CHECKPOINTING_INTERVAL);
        configuration.setString("restart-strategy.type", "none");
        Backtest.Ran ran = new Backtest(
                        new Again(clusters), BEGIN, BEGIN, BEGIN.plus(length), cut, controls, Set.of(Output.ALERTS, Output.CHANGES))
                .run(
                        StreamExecutionEnvironment.createLocalEnvironment(parallelism, configuration), lines);
        double seconds = (System.nanoTime() - begun) / 1e9;
        double used = cpu() - cpu;
        double hours = length.toMinutes() / 60.0 * clusters;
        System.out.printf(
                "%d clusters of %d members, %s, windows of %s, an answer every %s: %.0f s, %.0f s of CPU, %.3f s of CPU per"
                        + " cluster and hour; %d lines%n",
                clusters,
                period.members(),
                length,
                window,
                everySecond == 0 ? "(none)" : everySecond + " s",
                seconds,
                used,
                used / hours,
                ran.lines().size());
    }

    /** What happened in ten minutes of one cluster, in order, and by how much raft's indexes grew. */
    private record Period(List<Happened> all, List<ClusterRoster.Member> list, long grown, int members) {}

    private static Period period(Path recording, WindowSettings cut, Set<String> metrics, int everySecond)
            throws Exception {
        List<MemberScrape> scrapes = new ArrayList<>();
        List<MemberStatus> statuses = new ArrayList<>();
        try (History.Reader reader = new RecordingHistory(List.of(recording)).open(Instant.EPOCH)) {
            for (Happened one : reader.chunk(Instant.EPOCH, Instant.MAX)) {
                if (one.scrape() != null) {
                    scrapes.add(one.scrape());
                } else if (one.status() != null) {
                    statuses.add(one.status());
                }
            }
        }
        Instant from = cut.startOf(scrapes.get(0).observedAt().plus(SKIPPED)).plus(cut.size());
        Instant to = from.plus(PERIOD);
        Duration shift = Duration.between(from, BEGIN);
        List<Happened> all = new ArrayList<>();
        StreamExecutionEnvironment env = StreamExecutionEnvironment.createLocalEnvironment(1);
        try (CloseableIterator<MemberWindow> windows = PercentilesPipeline.of(
                        env.fromData(scrapes)
                                .assignTimestampsAndWatermarks(WatermarkStrategy.<MemberScrape>forMonotonousTimestamps()
                                        .withTimestampAssigner((scrape, time) ->
                                                scrape.observedAt().toEpochMilli())),
                        null,
                        cut)
                .windows()
                .executeAndCollect()) {
            while (windows.hasNext()) {
                MemberWindow one = windows.next();
                if (cut.isBase(one.windowStart(), one.windowEnd())
                        && !one.windowEnd().isBefore(from)
                        && one.windowEnd().isBefore(to)) {
                    all.add(Happened.of(moved(one, "", shift, metrics)));
                }
            }
        }
        long grown = 0;
        List<ClusterRoster.Member> list = new ArrayList<>();
        for (MemberStatus status : statuses) {
            if (list.stream().noneMatch(member -> member.name().equals(status.member()))) {
                list.add(new ClusterRoster.Member(status.memberId(), status.member(), false, List.of()));
            }
            boolean counts = everySecond > 0 && status.observedAt().getEpochSecond() % everySecond == 0;
            if (counts && !status.observedAt().isBefore(from) && status.observedAt().isBefore(to)) {
                all.add(Happened.of(moved(status, "", shift, 0)));
            }
        }
        long first = statuses.stream().filter(s -> !s.observedAt().isBefore(from)).findFirst().orElseThrow().raftIndex();
        long last = statuses.stream().filter(s -> !s.observedAt().isBefore(to)).findFirst().orElseThrow().raftIndex();
        all.sort(Comparator.comparing(Happened::at));
        return new Period(all, list, last - first, list.size());
    }

    private static MemberWindow moved(MemberWindow one, String cluster, Duration by, Set<String> metrics) {
        return new MemberWindow(
                cluster,
                one.clusterId(),
                one.member(),
                one.memberId(),
                one.windowStart().plus(by),
                one.windowEnd().plus(by),
                one.gap(),
                one.version(),
                metrics.isEmpty()
                        ? one.measures()
                        : new Measures(
                                one.measures().histograms().stream()
                                        .filter(series -> metrics.contains(series.metric()))
                                        .toList(),
                                one.measures().counters().stream()
                                        .filter(series -> metrics.contains(series.metric()))
                                        .toList(),
                                one.measures().gauges().stream()
                                        .filter(series -> metrics.contains(series.metric()))
                                        .toList()));
    }

    private static MemberStatus moved(MemberStatus one, String cluster, Duration by, long index) {
        return new MemberStatus(
                cluster,
                one.clusterId(),
                one.member(),
                one.memberId(),
                one.endpoint(),
                one.observedAt().plus(by),
                one.ingestedAt().plus(by),
                one.version(),
                one.dbSizeBytes(),
                one.dbSizeInUseBytes(),
                one.leaderId(),
                one.raftTerm(),
                one.raftIndex() + index,
                one.raftAppliedIndex() + index,
                one.learner(),
                one.errors(),
                one.voters(),
                one.failure(),
                one.failureDetail());
    }

    /** The period, once and again, of so many clusters. */
    private record Again(int clusters) implements History {

        private static final long serialVersionUID = 1;

        @Override
        public Grain grain() {
            return Grain.WINDOWS;
        }

        @Override
        public List<String> lacks() {
            return List.of();
        }

        @Override
        public Set<Kind> tells() {
            return Set.of(Kind.STATUSES, Kind.WINDOWS, Kind.ROSTERS);
        }

        @Override
        public Duration chunk() {
            return PERIOD;
        }

        @Override
        public Reader open(Instant since) {
            return new Reader() {
                @Override
                public List<Happened> standing() {
                    List<Happened> rosters = new ArrayList<>();
                    for (int cluster = 0; cluster < clusters; cluster++) {
                        rosters.add(Happened.of(new ClusterRoster(
                                name(cluster), "id", BEGIN, BEGIN, period.list(), Map.of("region", "eu"))));
                    }
                    return rosters;
                }

                @Override
                public List<Happened> chunk(Instant from, Instant to) {
                    reached = from;
                    Duration by = Duration.between(BEGIN, from);
                    long index = by.dividedBy(PERIOD) * period.grown();
                    List<Happened> chunk = new ArrayList<>(period.all().size() * clusters);
                    for (Happened one : period.all()) {
                        for (int cluster = 0; cluster < clusters; cluster++) {
                            Happened now = one.window() != null
                                    ? Happened.of(moved(one.window(), name(cluster), by, Set.of()))
                                    : Happened.of(moved(one.status(), name(cluster), by, index));
                            if (now.at().isBefore(to)) {
                                chunk.add(now);
                            }
                        }
                    }
                    return chunk;
                }

                @Override
                public void close() throws IOException {
                    // Nothing is open.
                }
            };
        }

        private static String name(int cluster) {
            return "cluster-" + cluster;
        }
    }

    /** Tells every four hours what it has taken so far. */
    private static void watch() {
        Instant next = BEGIN.plus(Duration.ofHours(1));
        try {
            while (true) {
                Thread.sleep(200);
                if (!reached.isBefore(next)) {
                    System.gc();
                    Runtime heap = Runtime.getRuntime();
                    System.out.printf(
                            "%s: %.0f s of CPU, %d MiB of heap%n",
                            Duration.between(BEGIN, reached), cpu(), (heap.totalMemory() - heap.freeMemory()) >> 20);
                    next = reached.plus(Duration.ofHours(4));
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static double cpu() {
        var os = (com.sun.management.OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
        return os.getProcessCpuTime() / 1e9;
    }
}
