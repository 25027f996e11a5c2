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
import io.quorate.ingest.Observation;
import io.quorate.ingest.recording.RecordingSource;
import io.quorate.jobs.detection.Controls;
import io.quorate.jobs.detection.DetectionPipeline;
import io.quorate.jobs.percentiles.CoveragePipeline;
import io.quorate.jobs.percentiles.PercentilesPipeline;
import io.quorate.jobs.settings.WindowSettings;
import io.quorate.jobs.time.EveryEvent;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.api.common.functions.FlatMapFunction;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.util.CloseableIterator;
import org.apache.flink.util.Collector;

/**
 * Recordings through the live pipelines, up to the time of their last record: what would only have come later is not said.
 *
 * @param clock the time of the last record, where the clock stops
 * @param controls the rules as they read under their profile, and their overrides
 */
public record Backtest(List<Path> recordings, Instant clock, WindowSettings windows, Controls controls) {

    public Backtest {
        Objects.requireNonNull(clock, "clock");
    }

    /** Runs in this environment, and hands over every line, in no order. */
    public void run(StreamExecutionEnvironment env, Consumer<Line> lines) throws Exception {
        env.setParallelism(1);
        // The streams' functions take it along, where they could not take this.
        WindowSettings cut = windows;
        DataStream<Observation> observations = env.fromSource(
                new RecordingSource(recordings),
                WatermarkStrategy.forGenerator(context -> new EveryEvent<>()),
                "recording");
        DataStream<MemberScrape> scrapes = observations.flatMap(new Scrapes()).returns(MemberScrape.class);
        DataStream<MemberStatus> statuses = observations.flatMap(new Statuses()).returns(MemberStatus.class);
        // No recording holds a member list, and nobody speaks to a backtest.
        DataStream<ClusterRoster> rosters =
                observations.flatMap(new Nothing<ClusterRoster>()).returns(ClusterRoster.class);
        DataStream<Coverage> covered = CoveragePipeline.of(scrapes, statuses, rosters);
        DataStream<Control> said = observations.flatMap(new Nothing<Control>()).returns(Control.class);
        PercentilesPipeline percentiles = PercentilesPipeline.of(scrapes, null, windows);
        DataStream<MemberWindow> base =
                percentiles.windows().filter(window -> cut.isBase(window.windowStart(), window.windowEnd()));
        DetectionPipeline detection = DetectionPipeline.of(
                new DetectionPipeline.Listens(statuses, base, rosters, covered, said), controls, windows.size());
        DataStream<Line> all = base.flatMap((MemberWindow window, Collector<Line> out) ->
                        Lines.of(window).forEach(out::collect))
                .returns(Line.class)
                .union(
                        percentiles
                                .scopes()
                                .filter(window -> cut.isBase(window.windowStart(), window.windowEnd()))
                                .flatMap((ScopeWindow window, Collector<Line> out) ->
                                        Lines.of(window).forEach(out::collect))
                                .returns(Line.class),
                        detection
                                .changes()
                                .map((LeaderChange change) -> Lines.of(change))
                                .returns(Line.class),
                        detection.alerts().map((Alert alert) -> Lines.of(alert)).returns(Line.class));
        long stop = clock.toEpochMilli();
        try (CloseableIterator<Line> iterator =
                all.filter(line -> line.time() <= stop).executeAndCollect("backtest")) {
            iterator.forEachRemaining(lines);
        }
    }

    private static final class Nothing<T> implements FlatMapFunction<Observation, T> {

        private static final long serialVersionUID = 1;

        @Override
        public void flatMap(Observation observation, Collector<T> out) {
            // That is what it is for.
        }
    }

    private static final class Scrapes implements FlatMapFunction<Observation, MemberScrape> {

        private static final long serialVersionUID = 1;

        @Override
        public void flatMap(Observation observation, Collector<MemberScrape> out) {
            if (observation.scrape() != null) {
                out.collect(observation.scrape());
            }
        }
    }

    private static final class Statuses implements FlatMapFunction<Observation, MemberStatus> {

        private static final long serialVersionUID = 1;

        @Override
        public void flatMap(Observation observation, Collector<MemberStatus> out) {
            if (observation.status() != null) {
                out.collect(observation.status());
            }
        }
    }
}
