package io.quorate.jobs.backtest;

import io.quorate.events.Alert;
import io.quorate.events.ClusterRoster;
import io.quorate.events.Control;
import io.quorate.events.Coverage;
import io.quorate.events.LeaderChange;
import io.quorate.events.MemberScrape;
import io.quorate.events.MemberStatus;
import io.quorate.events.MemberWindow;
import io.quorate.events.ScopeWindow;
import io.quorate.events.codec.EventCodec;
import io.quorate.events.codec.UnreadableEvent;
import io.quorate.jobs.backtest.Line.Output;
import io.quorate.jobs.detection.Controls;
import io.quorate.jobs.detection.DetectionPipeline;
import io.quorate.jobs.percentiles.CoveragePipeline;
import io.quorate.jobs.percentiles.PercentilesPipeline;
import io.quorate.jobs.settings.WindowSettings;
import io.quorate.jobs.time.EveryEvent;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.SortedSet;
import java.util.function.Consumer;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.runtime.client.JobExecutionException;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.util.Collector;
import org.apache.flink.util.FileUtils;
import org.apache.flink.util.function.SerializableFunction;
import org.jspecify.annotations.Nullable;

/**
 * A history through the live pipelines, up to a time: what would only have come later is not said. Nothing is notified: what
 * is said ends in a file.
 *
 * <pre>
 * history --+--scrapes, statuses--> percentiles, coverage --+--windows, coverage--+--> detection --> lines
 *           |                                               |                     |
 *           '--windows, coverage, where they were kept -----'                     |
 *           '--statuses, rosters, controls ---------------------------------------'
 * </pre>
 *
 * @param begins where reading begins
 * @param since from when on lines are told: what lies before it warms up
 * @param clock the last moment of which anything is told, where the clock stops
 * @param controls the rules as they read under their profile, and their overrides
 * @param outputs which lines are wanted
 */
public record Backtest(
        History history,
        Instant begins,
        Instant since,
        Instant clock,
        WindowSettings windows,
        Controls controls,
        Set<Output> outputs) {

    public Backtest {
        outputs = Set.copyOf(outputs);
    }

    /** The whole of these recordings, and all lines. */
    public static Backtest ofRecordings(
            List<Path> recordings, Instant clock, WindowSettings windows, Controls controls) {
        return new Backtest(
                new RecordingHistory(recordings),
                Instant.EPOCH,
                Instant.EPOCH,
                clock,
                windows,
                controls,
                Set.of(Output.values()));
    }

    /** Runs in this environment, and hands over every line, in order. */
    public void run(StreamExecutionEnvironment env, Consumer<Line> lines) throws Exception {
        Path folder = Files.createTempDirectory("quorate-backtest");
        try {
            run(env, folder).lines().forEach(lines);
        } finally {
            FileUtils.deleteDirectory(folder.toFile());
        }
    }

    /**
     * Runs in this environment, which goes on from a checkpoint where it is told to, and keeps its lines in this folder.
     *
     * <p>How far it is can be asked of {@link Progress} under the folder's name.
     */
    public Ran run(StreamExecutionEnvironment env, Path folder) throws Exception {
        String run = folder.toString();
        try {
            define(env, folder, run);
            execute(env);
            Progress progress = Progress.of(run);
            return new Ran(LineFile.read(folder), progress.clusters(), progress.first(), progress.lost());
        } finally {
            Progress.forget(run);
        }
    }

    /**
     * What came of it.
     *
     * @param lines all of the folder, in order, also of a run before that this one went on from
     * @param clusters those that anything was read of
     * @param first when the first of what was read happened; null when nothing was
     * @param lost what of the history was not kept any more, a sentence each
     */
    public record Ran(
            SortedSet<Line> lines,
            SortedSet<String> clusters,
            @Nullable Instant first,
            List<String> lost) {

        /** Every transition of an alert, in order. */
        public List<Alert> alerts() {
            EventCodec<Alert> codec = new EventCodec<>(Alert.class);
            List<Alert> alerts = new ArrayList<>();
            for (Line line : lines) {
                if (line.output() == Output.ALERTS) {
                    try {
                        // A line has the fields of the topic's record, but for its schema.
                        String json = "{\"schema\":" + EventCodec.SCHEMA + ','
                                + line.json().substring(1);
                        alerts.add(codec.decode(json.getBytes(StandardCharsets.UTF_8)));
                    } catch (UnreadableEvent e) {
                        throw new IllegalStateException("a line of ours is no alert: " + e.getMessage(), e);
                    }
                }
            }
            return alerts;
        }

        /** How many lines of this kind there are. */
        public long count(Output output) {
            return lines.stream().filter(line -> line.output() == output).count();
        }
    }

    /** Who cannot be reached says so in words, which Flink wraps again and again. */
    private static void execute(StreamExecutionEnvironment env) throws Exception {
        try {
            env.execute("quorate-backtest");
        } catch (JobExecutionException e) {
            for (Throwable cause = e; cause != null; cause = cause.getCause()) {
                if (cause instanceof HistoryUnreachable unreachable) {
                    throw unreachable;
                }
            }
            throw e;
        }
    }

    private void define(StreamExecutionEnvironment env, Path folder, String run) {
        // Functions take along what they need, where they could not take this.
        Duration disorder = history.disorder();
        WindowSettings cut = windows;
        DataStream<Happened> happened = env.fromSource(
                        new HistorySource(history, begins, clock.plusMillis(1), history.chunk(), run),
                        WatermarkStrategy.forGenerator(context -> new EveryEvent<>(disorder)),
                        "history")
                .uid("history")
                .setParallelism(1);
        DataStream<MemberScrape> scrapes = only(happened, MemberScrape.class, Happened::scrape);
        DataStream<MemberStatus> statuses = only(happened, MemberStatus.class, Happened::status);
        DataStream<ClusterRoster> rosters = only(happened, ClusterRoster.class, Happened::roster);
        DataStream<Control> controlled = only(happened, Control.class, Happened::control);
        DataStream<MemberWindow> base = only(happened, MemberWindow.class, Happened::window);
        DataStream<Coverage> coverage = only(happened, Coverage.class, Happened::coverage);
        @Nullable DataStream<ScopeWindow> scopes = null;
        if (history.grain() == History.Grain.SCRAPES) {
            PercentilesPipeline percentiles = PercentilesPipeline.of(
                    scrapes, history.tells().contains(History.Kind.ROSTERS) ? rosters : null, cut);
            base = percentiles.windows();
            scopes = percentiles.scopes().filter(window -> cut.isBase(window.windowStart(), window.windowEnd()));
            coverage = CoveragePipeline.of(scrapes, statuses, rosters);
        }
        base = base.filter(window -> cut.isBase(window.windowStart(), window.windowEnd()));
        DetectionPipeline detection = DetectionPipeline.of(
                new DetectionPipeline.Listens(statuses, base, rosters, coverage, controlled), controls, cut.size());
        DataStream<Line> all = detection.alerts().map(alert -> Lines.of(alert)).returns(Line.class);
        if (outputs.contains(Output.CHANGES)) {
            all = all.union(detection
                    .changes()
                    .map((LeaderChange change) -> Lines.of(change))
                    .returns(Line.class));
        }
        if (outputs.contains(Output.WINDOWS)) {
            all = all.union(base.flatMap((MemberWindow window, Collector<Line> out) ->
                            Lines.of(window).forEach(out::collect))
                    .returns(Line.class));
            if (scopes != null) {
                all = all.union(scopes.flatMap((ScopeWindow window, Collector<Line> out) ->
                                Lines.of(window).forEach(out::collect))
                        .returns(Line.class));
            }
        }
        long from = since.toEpochMilli();
        long stop = clock.toEpochMilli();
        all.filter(line -> line.time() >= from && line.time() <= stop)
                .sinkTo(new LineFile(folder))
                .uid("lines");
    }

    /** In the order of the history: beside the source there is one of each. */
    private static <T> DataStream<T> only(
            DataStream<Happened> happened, Class<T> type, SerializableFunction<Happened, @Nullable T> part) {
        return happened.flatMap((Happened one, Collector<T> out) -> {
                    T told = part.apply(one);
                    if (told != null) {
                        out.collect(told);
                    }
                })
                .returns(type)
                .setParallelism(1);
    }
}
