package io.quorate.jobs.backtest;

import static io.quorate.jobs.backtest.Events.BEGIN;
import static io.quorate.jobs.backtest.Events.window;
import static org.assertj.core.api.Assertions.assertThat;

import io.quorate.events.Alert;
import io.quorate.events.MemberWindow;
import io.quorate.jobs.backtest.Line.Output;
import io.quorate.jobs.detection.Controls;
import io.quorate.jobs.settings.Profiles;
import io.quorate.jobs.settings.WindowSettings;
import io.quorate.rules.Rule;
import io.quorate.rules.RuleReader;
import java.io.Serializable;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Live, a correction comes before its window is judged or after it, as partitions take turns: so it must not matter. */
class CorrectedWindowsTest {

    private static final int CALM = 3;
    private static final int PILED_UP = 500;

    @TempDir
    private Path folder;

    @Test
    void areJudgedAsTheyWereToldAtTheirEnd() throws Exception {
        assertThat(said(List.of(told(1, PILED_UP)))).isNotEmpty();
        assertThat(said(List.of(told(1, CALM), told(2, PILED_UP)))).isEmpty();
        assertThat(said(List.of(told(2, PILED_UP), told(1, CALM)))).isEmpty();
        assertThat(said(List.of(told(1, PILED_UP), told(2, CALM))))
                .isEqualTo(said(List.of(told(1, PILED_UP))))
                .isEqualTo(said(List.of(told(1, PILED_UP), told(1, CALM))));
    }

    private record Told(int version, int pending) implements Serializable {
        MemberWindow at(int second) {
            return window("a", "m1", second, version, pending);
        }
    }

    private static Told told(int version, int pending) {
        return new Told(version, pending);
    }

    /** Of windows of two minutes, each of which is told so. */
    private List<Alert> said(List<Told> each) throws Exception {
        List<Rule> rules = Profiles.underNamed("lab", RuleReader.shipped()).stream()
                .filter(rule -> rule.name().equals("EtcdProposalsPending"))
                .toList();
        Path lines = Files.createTempDirectory(folder, "lines");
        return new Backtest(
                        new Kept(each),
                        BEGIN,
                        BEGIN,
                        BEGIN.plusSeconds(110),
                        WindowSettings.DEFAULT,
                        new Controls(rules, List.of(), "lab"),
                        Set.of(Output.ALERTS))
                .run(StreamExecutionEnvironment.createLocalEnvironment(1), lines)
                .alerts();
    }

    private record Kept(List<Told> each) implements History {

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
            return Set.of(Kind.WINDOWS);
        }

        @Override
        public Reader open(Instant since) {
            return new Reader() {
                @Override
                public List<Happened> chunk(Instant from, Instant to) {
                    List<Happened> chunk = new ArrayList<>();
                    for (int second = 10; second <= 120; second += 10) {
                        for (Told one : each) {
                            Happened told = Happened.of(one.at(second));
                            if (!told.at().isBefore(from) && told.at().isBefore(to)) {
                                chunk.add(told);
                            }
                        }
                    }
                    return chunk;
                }

                @Override
                public void close() {
                    // Nothing is open.
                }
            };
        }
    }
}
