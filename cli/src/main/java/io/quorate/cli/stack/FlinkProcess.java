package io.quorate.cli.stack;

import io.quorate.desk.Child;
import io.quorate.desk.Home;
import io.quorate.desk.Jvm;
import io.quorate.desk.ParentWatch;
import io.quorate.desk.PartUnavailable;
import io.quorate.desk.Processes;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;

/** The Flink process, as whoever started it sees it. */
public final class FlinkProcess implements AutoCloseable {

    private static final Duration START = Duration.ofSeconds(90);
    private static final String UNFIT = "if it resumes the state of another version, begin anew without --resume";

    private final Child child;
    private final String url;
    private final String metricsUrl;
    private final FlinkRest rest;

    private FlinkProcess(Child child, String url, String metricsUrl) {
        this.child = child;
        this.url = url;
        this.metricsUrl = metricsUrl;
        this.rest = new FlinkRest(List.of(url));
    }

    /** What the process is told on its command line. */
    record Arguments(
            String config,
            String bootstrap,
            String clickhouse,
            String checkpoints,
            int restPort,
            int metricsPort,
            long idleAfterSeconds,
            Beginning beginning) {

        List<String> line() {
            return List.of(
                    config,
                    bootstrap,
                    clickhouse,
                    checkpoints,
                    Integer.toString(restPort),
                    Integer.toString(metricsPort),
                    Long.toString(idleAfterSeconds),
                    beginning.name());
        }

        static Arguments parse(String[] line) {
            if (line.length != 8) {
                throw new IllegalArgumentException("expected eight arguments, got " + line.length);
            }
            return new Arguments(
                    line[0],
                    line[1],
                    line[2],
                    line[3],
                    Integer.parseInt(line[4]),
                    Integer.parseInt(line[5]),
                    Long.parseLong(line[6]),
                    Beginning.valueOf(line[7]));
        }
    }

    /** Starts it; the jobs come up while the caller goes on, see {@link #awaitRunning}. */
    static FlinkProcess start(Home home, Arguments arguments) {
        List<String> command = Jvm.own(
                        "-Xms256m",
                        "-Xmx1g",
                        "-XX:+UseG1GC",
                        // A process that has lost memory in the middle of anything is of no use: a new one begins at a
                        // checkpoint.
                        "-XX:+ExitOnOutOfMemoryError",
                        "-XX:TieredStopAtLevel=4",
                        "-Dlog4j2.configurationFile=flink-log4j2.properties",
                        ParentWatch.flag())
                .forFlink()
                .command(FlinkProcessMain.class.getName(), arguments.line());
        Path log = home.logs().resolve("flink.log");
        Child child = Processes.spawn(home, "flink", command, log, Map.of());
        return new FlinkProcess(
                child,
                "http://127.0.0.1:" + arguments.restPort(),
                "http://127.0.0.1:" + arguments.metricsPort() + "/metrics");
    }

    /** Waits until that many jobs run, all their tasks included. */
    void awaitRunning(int jobs) throws InterruptedException {
        Instant until = Instant.now().plus(START);
        while (running() < jobs) {
            if (!child.alive()) {
                throw new PartUnavailable("Flink's process ended while starting; its log is " + child.logFile());
            }
            if (Instant.now().isAfter(until)) {
                throw new PartUnavailable("Flink's jobs do not run after " + START.toSeconds() + " s; its log is "
                        + child.logFile() + "; " + UNFIT);
            }
            Thread.sleep(200);
        }
    }

    /** How many jobs run with all their tasks. */
    private int running() throws InterruptedException {
        int running = 0;
        for (FlinkRest.Job job : rest.ask("/jobs/overview").isPresent() ? rest.jobs() : List.<FlinkRest.Job>of()) {
            if (job.state().equals("FAILED")) {
                throw new PartUnavailable(
                        "job " + job.name() + " cannot start; its log is " + child.logFile() + "; " + UNFIT);
            }
            running += job.runs() ? 1 : 0;
        }
        return running;
    }

    public String url() {
        return url;
    }

    /** Where its metrics stand, in Prometheus' format. */
    public String metricsUrl() {
        return metricsUrl;
    }

    public long pid() {
        return child.pid();
    }

    public boolean alive() {
        return child.alive();
    }

    public Path logFile() {
        return child.logFile();
    }

    @Override
    public void close() {
        child.close();
    }
}
