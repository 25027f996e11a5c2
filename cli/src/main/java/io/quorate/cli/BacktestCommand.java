package io.quorate.cli;

import io.quorate.ingest.recording.RecordingFile;
import io.quorate.jobs.JobEnvironment;
import io.quorate.jobs.backtest.Backtest;
import io.quorate.jobs.backtest.Line;
import io.quorate.jobs.backtest.Line.Output;
import io.quorate.jobs.detection.Controls;
import io.quorate.jobs.settings.FlinkSettings;
import io.quorate.jobs.settings.Profiles;
import io.quorate.jobs.settings.WindowSettings;
import io.quorate.rules.Rule;
import io.quorate.rules.RuleReader;
import io.quorate.rules.yaml.Durations;
import io.quorate.rules.yaml.InvalidYaml;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Runs the live pipelines on recordings; nothing is sent. */
@Command(
        name = "backtest",
        mixinStandardHelpOptions = true,
        description = "Run the live pipelines on recordings and write what they say; nothing is sent.")
final class BacktestCommand implements Callable<Integer> {

    @Option(
            names = "--from",
            required = true,
            arity = "1..*",
            paramLabel = "RECORDING",
            description = "Recordings, NAME.jsonl or NAME.jsonl.gz; several are one fleet.")
    private List<Path> recordings = List.of();

    @Option(names = "--window", defaultValue = "10s", description = "Size of a window (default: ${DEFAULT-VALUE}).")
    private String window = "10s";

    @Option(
            names = "--profile",
            defaultValue = "fleet",
            description = "Profile of the rules (default: ${DEFAULT-VALUE}).")
    private String profile = "fleet";

    @Option(names = "--rules", paramLabel = "DIR", description = "Folder of rules instead of those that ship.")
    private @Nullable Path rules;

    @Option(names = "--windows", paramLabel = "FILE", description = "Where to write windows, as JSON lines.")
    private @Nullable Path windows;

    @Option(names = "--changes", paramLabel = "FILE", description = "Where to write leader changes, as JSON lines.")
    private @Nullable Path changes;

    @Option(names = "--alerts", paramLabel = "FILE", description = "Where to write alert transitions, as JSON lines.")
    private @Nullable Path alerts;

    @Spec
    private @Nullable CommandSpec spec;

    @Override
    public Integer call() throws Exception {
        for (Path output :
                Stream.of(windows, changes, alerts).filter(Objects::nonNull).toList()) {
            Path parent = output.toAbsolutePath().getParent();
            if (parent == null || !Files.isWritable(parent)) {
                throw new IllegalArgumentException(output + " cannot be written; expected a folder that is there");
            }
        }
        List<Rule> effective = rules();
        WindowSettings cut = cut();
        Instant clock = clockOf(recordings);
        if (clock == null) {
            throw new IllegalArgumentException("none of the recordings holds a record that can be read");
        }
        // Web pages and checkpoints are for jobs that stay.
        Configuration configuration = JobEnvironment.configuration(new FlinkSettings(null, Duration.ofDays(1)));
        List<Line> lines = new ArrayList<>();
        new Backtest(recordings, clock, cut, new Controls(effective, List.of(), profile))
                .run(StreamExecutionEnvironment.createLocalEnvironment(1, configuration), lines::add);
        Collections.sort(lines);
        write(windows, lines, Output.WINDOWS);
        write(changes, lines, Output.CHANGES);
        write(alerts, lines, Output.ALERTS);
        say("%d windows, %d leader changes, %d alert transitions up to %s"
                .formatted(
                        count(lines, Output.WINDOWS),
                        count(lines, Output.CHANGES),
                        count(lines, Output.ALERTS),
                        clock));
        return 0;
    }

    private List<Rule> rules() throws InvalidYaml {
        List<Rule> all = rules == null ? RuleReader.shipped() : RuleReader.folder(rules);
        return Profiles.underNamed(profile, all);
    }

    private WindowSettings cut() {
        Duration size = Durations.parse(window);
        Duration horizon = WindowSettings.DEFAULT.horizon();
        return WindowSettings.replay(size, horizon.compareTo(size) < 0 ? size : horizon);
    }

    /** The time of the last record; lines that are none are told on standard error. */
    private @Nullable Instant clockOf(List<Path> files) {
        Instant clock = null;
        for (Path file : files) {
            if (!Files.isReadable(file)) {
                throw new IllegalArgumentException("--from " + file + " cannot be read; expected a recording");
            }
            RecordingFile.Scan scan = new RecordingFile(file).scan();
            scan.refused().forEach(this::warn);
            if (!scan.refused().isEmpty()) {
                warn(file + ": " + scan.refused().size() + " lines refused, " + scan.records() + " read");
            }
            Instant last = scan.lastRecordAt();
            clock = clock == null || (last != null && last.isAfter(clock)) ? last : clock;
        }
        return clock;
    }

    private static void write(@Nullable Path file, List<Line> lines, Output output) throws IOException {
        if (file == null) {
            return;
        }
        try (BufferedWriter writer = Files.newBufferedWriter(file)) {
            for (Line line : lines) {
                if (line.output() == output) {
                    writer.write(line.json());
                    writer.write('\n');
                }
            }
        }
    }

    private static long count(List<Line> lines, Output output) {
        return lines.stream().filter(line -> line.output() == output).count();
    }

    private void say(String text) {
        writer(true).println(text);
    }

    private void warn(String text) {
        writer(false).println(text);
    }

    private PrintWriter writer(boolean out) {
        if (spec == null) {
            throw new IllegalStateException("the command line was not parsed");
        }
        return out ? spec.commandLine().getOut() : spec.commandLine().getErr();
    }
}
