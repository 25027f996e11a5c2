package io.quorate.jobs.backtest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.quorate.ingest.recording.RecordingFile;
import io.quorate.jobs.JobEnvironment;
import io.quorate.jobs.backtest.Line.Output;
import io.quorate.jobs.detection.Controls;
import io.quorate.jobs.settings.FlinkSettings;
import io.quorate.jobs.settings.WindowSettings;
import io.quorate.rules.RuleReader;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.StateRecoveryOptions;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** However a history is cut, and wherever a run breaks off: windows, {@code for} and episodes span the borders. */
class ChunksTest {

    /** From when on a history was opened last; Flink copies it. */
    private static final AtomicReference<Instant> OPENED = new AtomicReference<>();

    @TempDir
    private Path folder;

    private RecordingHistory storm;
    private Instant first;
    private Instant last;

    @BeforeEach
    void read() throws Exception {
        Path recording = folder.resolve("storm.jsonl.gz");
        try (InputStream in = ChunksTest.class.getResourceAsStream("/recordings/storm.jsonl.gz")) {
            Files.copy(Objects.requireNonNull(in), recording);
        }
        storm = new RecordingHistory(List.of(recording));
        last = Objects.requireNonNull(new RecordingFile(recording).scan().lastRecordAt());
        first = last.minusSeconds(170);
    }

    /** A history that is read in chunks of this length, and breaks off at a time. */
    private record Cut(History whole, Duration chunk, Instant breaksOff) implements History {

        private static final long serialVersionUID = 1;

        @Override
        public Grain grain() {
            return whole.grain();
        }

        @Override
        public Set<Kind> tells() {
            return whole.tells();
        }

        @Override
        public List<String> lacks() {
            return whole.lacks();
        }

        @Override
        public Reader open(Instant since) throws IOException {
            OPENED.set(since);
            Reader reader = whole.open(since);
            return new Reader() {
                @Override
                public List<Happened> chunk(Instant from, Instant to) throws IOException {
                    if (to.isAfter(breaksOff)) {
                        throw new IOException("the server is gone");
                    }
                    if (breaksOff.isBefore(Instant.MAX)) {
                        // A slow server: checkpoints are taken before it goes.
                        LockSupport.parkNanos(Duration.ofMillis(20).toNanos());
                    }
                    return reader.chunk(from, to);
                }

                @Override
                public void close() throws IOException {
                    reader.close();
                }
            };
        }
    }

    @Test
    void makeNoDifference() throws Exception {
        SortedSet<Line> whole = run(cut(Duration.ofHours(1)), 1, "whole").lines();

        assertThat(whole).hasSizeGreaterThan(3000);
        assertThat(whole.stream().filter(line -> line.output() == Output.ALERTS))
                .hasSizeGreaterThan(5);
        assertThat(run(cut(Duration.ofSeconds(7)), 1, "seven").lines()).isEqualTo(whole);
        assertThat(run(cut(Duration.ofMillis(1300)), 2, "two threads").lines()).isEqualTo(whole);
    }

    @Test
    void leaveOutWhatLiesBeforeTheSpanOrAfterIt() throws Exception {
        SortedSet<Line> whole = run(cut(Duration.ofHours(1)), 1, "whole").lines();
        Instant since = first.plusSeconds(60);

        SortedSet<Line> part =
                run(backtest(cut(Duration.ofSeconds(10)), since), 1, "part").lines();

        assertThat(part)
                .isNotEmpty()
                .isEqualTo(whole.stream()
                        .filter(line -> line.time() >= since.toEpochMilli())
                        .collect(Collectors.toCollection(TreeSet::new)));
    }

    @Test
    void goOnFromACheckpointWhereARunBrokeOff() throws Exception {
        Backtest.Ran whole = run(cut(Duration.ofHours(1)), 1, "whole");
        Path lines = Files.createDirectories(folder.resolve("lines"));
        Cut broken = new Cut(storm, Duration.ofSeconds(1), first.plusSeconds(90));

        assertThatThrownBy(() -> backtest(broken, first).run(env(1, Duration.ofMillis(100), null), lines))
                .isInstanceOf(HistoryUnreachable.class)
                .hasMessage("the server is gone");
        String checkpoint = newestCheckpoint();
        Backtest.Ran ran =
                backtest(cut(Duration.ofSeconds(1)), first).run(env(1, Duration.ofDays(1), checkpoint), lines);

        assertThat(OPENED.get()).as("it began in the middle").isAfter(whole.first());
        assertThat(ran.first()).as("and knows what was read before").isEqualTo(whole.first());
        assertThat(ran.clusters()).containsExactly("storm");
        assertThat(ran.lines()).isEqualTo(whole.lines());
    }

    private Cut cut(Duration chunk) {
        return new Cut(storm, chunk, Instant.MAX);
    }

    private Backtest backtest(History history, Instant since) {
        return new Backtest(
                history,
                first,
                since,
                last,
                WindowSettings.DEFAULT,
                new Controls(
                        List.of(
                                RuleReader.shipped("EtcdElectionStorm").under("lab"),
                                RuleReader.shipped("EtcdMemberHangs").under("lab"),
                                RuleReader.shipped("EtcdHeartbeatsFail").under("lab")),
                        List.of(),
                        "lab"),
                Set.of(Output.values()));
    }

    private Backtest.Ran run(History history, int parallelism, String name) throws Exception {
        return run(backtest(history, first), parallelism, name);
    }

    private Backtest.Ran run(Backtest backtest, int parallelism, String name) throws Exception {
        return backtest.run(env(parallelism, Duration.ofDays(1), null), Files.createDirectories(folder.resolve(name)));
    }

    private StreamExecutionEnvironment env(int parallelism, Duration checkpoints, @Nullable String from) {
        Configuration configuration = JobEnvironment.configuration(
                new FlinkSettings(folder.resolve("checkpoints").toUri().toString(), checkpoints));
        configuration.setString("restart-strategy.type", "none");
        if (from != null) {
            configuration.set(StateRecoveryOptions.SAVEPOINT_PATH, from);
        }
        return StreamExecutionEnvironment.createLocalEnvironment(parallelism, configuration);
    }

    private String newestCheckpoint() throws IOException {
        try (Stream<Path> all = Files.walk(folder.resolve("checkpoints"))) {
            return all.filter(path -> path.endsWith("_metadata"))
                    .max(Comparator.comparingLong(path -> path.toFile().lastModified()))
                    .orElseThrow()
                    .getParent()
                    .toUri()
                    .toString();
        }
    }
}
