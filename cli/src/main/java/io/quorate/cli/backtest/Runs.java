package io.quorate.cli.backtest;

import io.quorate.cli.backtest.WhichHistory.Asked;
import io.quorate.cli.stack.Checkpoints;
import io.quorate.jobs.JobEnvironment;
import io.quorate.jobs.backtest.Backtest;
import io.quorate.jobs.backtest.History;
import io.quorate.jobs.backtest.Line.Output;
import io.quorate.jobs.backtest.Progress;
import io.quorate.jobs.detection.Controls;
import io.quorate.jobs.settings.FlinkSettings;
import io.quorate.jobs.settings.WindowSettings;
import io.quorate.rules.RuleOverride;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.flink.configuration.CheckpointingOptions;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.HeartbeatManagerOptions;
import org.apache.flink.configuration.StateRecoveryOptions;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.util.FileUtils;
import org.jspecify.annotations.Nullable;

/**
 * Runs on one span, under one rule set after the other.
 *
 * @param title of the history, for people
 * @param kept where they go on when they are started again; null for nowhere
 */
record Runs(
        String title,
        Asked span,
        WindowSettings windows,
        Set<Output> outputs,
        int parallelism,
        @Nullable Path kept,
        Bar bar) {

    private static final Duration CHECKPOINTS = Duration.ofSeconds(20);

    /**
     * One of them.
     *
     * @param name under which it is kept, and told how far it is
     */
    Backtest.Ran run(String name, History history, Controls controls) throws Exception {
        Backtest backtest =
                new Backtest(history, span.begins(), span.since(), span.until(), windows, controls, outputs);
        if (kept != null) {
            Path folder = Files.createDirectories(kept.resolve(name));
            refuseAnother(folder, controls);
            return run(name, backtest, folder, Checkpoints.of(folder.toUri().toString(), "checkpoints"));
        }
        Path folder = Files.createTempDirectory("quorate-backtest");
        try {
            return run(name, backtest, folder, null);
        } finally {
            FileUtils.deleteDirectory(folder.toFile());
        }
    }

    private Backtest.Ran run(String name, Backtest backtest, Path folder, @Nullable Checkpoints checkpoints)
            throws Exception {
        // Web pages are for jobs that stay.
        Configuration configuration = JobEnvironment.configuration(new FlinkSettings(
                checkpoints == null ? null : checkpoints.address(),
                checkpoints == null ? Duration.ofDays(1) : CHECKPOINTS));
        // All of it is one process: of a machine that is busy or asleep no part is lost.
        configuration.set(HeartbeatManagerOptions.HEARTBEAT_TIMEOUT, Duration.ofHours(1));
        // What goes wrong here is told at once.
        configuration.setString("restart-strategy.type", "none");
        if (checkpoints == null) {
            // One is taken at the end where any are, and the state of many clusters has no room in memory.
            configuration.removeConfig(CheckpointingOptions.CHECKPOINTING_INTERVAL);
        }
        Optional<String> newest = checkpoints == null ? Optional.empty() : checkpoints.newest();
        newest.ifPresent(address -> configuration.set(StateRecoveryOptions.SAVEPOINT_PATH, address));
        StreamExecutionEnvironment env = StreamExecutionEnvironment.createLocalEnvironment(parallelism, configuration);
        Path lines = Files.createDirectories(folder.resolve("lines"));
        Progress progress = Progress.of(lines.toString());
        try (Bar.Shown shown = bar.show(name, () -> progress.share(span.begins(), span.until()))) {
            return backtest.run(env, lines);
        }
    }

    /** What is kept goes on only where it is the same that is asked for. */
    private void refuseAnother(Path folder, Controls controls) throws IOException {
        String asked = String.join(
                "\n",
                title,
                String.valueOf(span),
                String.valueOf(windows),
                String.valueOf(outputs.stream().sorted().toList()),
                String.valueOf(parallelism),
                controls.rules().stream()
                        .map(rule -> rule.name() + ' ' + rule.version())
                        .sorted()
                        .collect(Collectors.joining(", ")),
                controls.overrides().stream().map(RuleOverride::text).collect(Collectors.joining("\n")),
                controls.profile());
        Path file = folder.resolve("asked");
        if (!Files.exists(file)) {
            Files.writeString(file, asked);
        } else if (!Files.readString(file, StandardCharsets.UTF_8).equals(asked)) {
            throw new IllegalArgumentException(
                    folder + " holds a backtest of another history, span or rule set; expected"
                            + " the same options as then, with times that do not depend on now, or another folder");
        }
    }
}
