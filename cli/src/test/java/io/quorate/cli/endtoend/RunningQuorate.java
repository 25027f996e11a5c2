package io.quorate.cli.endtoend;

import io.quorate.cli.stack.LastRun;
import io.quorate.desk.Home;
import io.quorate.desk.Jvm;
import io.quorate.jobs.kafka.KafkaSettings;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.awaitility.Awaitility;

/** The command as a person starts it: a process of its own, in a home of its own. */
final class RunningQuorate implements AutoCloseable {

    private final Process process;
    private final Home home;
    private final Path told;

    private RunningQuorate(Process process, Home home, Path told) {
        this.process = process;
        this.home = home;
        this.told = told;
    }

    /** A home that has the parts which the real one has, and nothing else. */
    static Home freshHome(Path folder) throws IOException {
        Home home = Home.at(Files.createDirectories(folder));
        Files.createSymbolicLink(
                home.root().resolve("parts"), Home.current().parts().toRealPath());
        return home;
    }

    /** Starts a run and waits until its jobs run. */
    static RunningQuorate start(Home home, String... arguments) throws IOException {
        RunningQuorate running = command(
                home, Stream.concat(Stream.of("run"), Stream.of(arguments)).toList());
        Awaitility.await()
                .atMost(3, TimeUnit.MINUTES)
                .until(() -> running.said().contains("Running.") || !running.process.isAlive());
        if (!running.said().contains("Running.")) {
            throw new IllegalStateException("run ended: " + running.said());
        }
        return running;
    }

    /** What a command ended with, and all that it said. */
    record Ended(int code, String said) {}

    static Ended end(Home home, String... arguments) throws IOException, InterruptedException {
        return end(home, Duration.ofMinutes(1), arguments);
    }

    static Ended end(Home home, Duration within, String... arguments) throws IOException, InterruptedException {
        try (RunningQuorate running = command(home, List.of(arguments))) {
            running.process.waitFor(within.toMillis(), TimeUnit.MILLISECONDS);
            return new Ended(running.process.exitValue(), running.said());
        }
    }

    private static RunningQuorate command(Home home, List<String> arguments) throws IOException {
        Path told = Files.createTempFile(home.logs(), "told", ".txt");
        List<String> command = Jvm.own(
                        "-Xmx512m",
                        "-Dlog4j2.configurationFile=quorate-log4j2.properties",
                        // As the launcher does.
                        "-Dquorate.jobs.jar=" + System.getProperty("quorate.jobs.jar"),
                        "-Dquorate.flink.lib=" + System.getProperty("quorate.flink.lib"))
                .forFlink()
                .command("io.quorate.cli.Quorate", arguments);
        ProcessBuilder builder =
                new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(told.toFile());
        builder.environment().put("QUORATE_HOME", home.root().toString());
        return new RunningQuorate(builder.start(), home, told);
    }

    String said() throws IOException {
        return Files.readString(told);
    }

    KafkaSettings kafka() {
        return KafkaSettings.single(LastRun.of(home).orElseThrow().kafka(), 1, Duration.ofSeconds(1));
    }

    /** Ends Flink's process as the kernel does when memory is short; the command notices and ends too. */
    int killFlink() throws Exception {
        long pid = flink();
        new ProcessBuilder("kill", "-9", Long.toString(pid)).start().waitFor();
        if (!process.waitFor(60, TimeUnit.SECONDS)) {
            throw new IllegalStateException("run goes on without Flink: " + said());
        }
        return process.exitValue();
    }

    private long flink() throws IOException {
        try (DirectoryStream<Path> files = Files.newDirectoryStream(home.pids(), "flink.*.pid")) {
            return Long.parseLong(
                    files.iterator().next().getFileName().toString().split("\\.")[1]);
        }
    }

    @Override
    public void close() throws InterruptedException {
        process.destroy();
        if (!process.waitFor(60, TimeUnit.SECONDS)) {
            process.destroyForcibly();
        }
    }
}
