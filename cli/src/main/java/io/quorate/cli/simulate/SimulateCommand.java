package io.quorate.cli.simulate;

import io.quorate.rules.yaml.Durations;
import io.quorate.simulator.face.RecordingWriter;
import io.quorate.simulator.face.ServedFleet;
import io.quorate.simulator.face.Simulation;
import io.quorate.simulator.face.TruthFile;
import io.quorate.simulator.plan.InvalidPlan;
import io.quorate.simulator.plan.Plan;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** A fleet that does not exist, with planted faults and the truth about them. */
@Command(
        name = "simulate",
        mixinStandardHelpOptions = true,
        description = "Simulate a fleet of etcd clusters, with planted faults and the truth about them written beside.")
public final class SimulateCommand implements Callable<Integer> {

    /** So many clusters' addresses are printed; a fleet's would fill the screen. */
    private static final int SHOWN = 3;

    /** When a simulation begins unless told otherwise, so that two runs are the same. */
    private static final Instant BEGIN = Instant.parse("2026-01-01T00:00:00Z");

    @Option(names = "--plan", paramLabel = "FILE", description = "What the fleet is and what happens to it; see docs.")
    private @Nullable Path planFile;

    @Option(names = "--clusters", paramLabel = "N", description = "How many clusters, instead of the plan's.")
    private @Nullable Integer clusters;

    @Option(names = "--members", paramLabel = "N", description = "Members of each, instead of the plan's.")
    private @Nullable Integer members;

    @Option(names = "--seed", defaultValue = "1", description = "The same seed, the same fleet (${DEFAULT-VALUE}).")
    private long seed;

    @Option(
            names = "--to",
            arity = "1..2",
            paramLabel = "SINK",
            description = "recording FILE: as backtest --from takes; or kafka: the topics that ingest writes.")
    private List<String> to = List.of();

    @Option(
            names = "--serve",
            description = "Be there to be asked: /metrics, Prometheus' API, /sd, until --for or Ctrl-C.")
    private boolean serve;

    @Option(names = "--port", defaultValue = "0", description = "Where --serve listens on loopback; 0 for a free port.")
    private int port;

    @Option(
            names = "--etcd-port",
            defaultValue = "0",
            paramLabel = "PORT",
            description =
                    "With --serve, the first member's gRPC port, the next member has the next; 0 for free ones, none"
                            + " for no gRPC (${DEFAULT-VALUE}).")
    private String etcdPort = "0";

    @Option(
            names = "--settings",
            paramLabel = "FILE",
            description = "With --serve, where to write the settings with which doctor and run find the fleet.")
    private @Nullable Path settings;

    @Option(
            names = "--bootstrap",
            defaultValue = "127.0.0.1:9092",
            description = "The broker of --to kafka (${DEFAULT-VALUE}).")
    private String bootstrap = "127.0.0.1:9092";

    @Option(
            names = "--truth",
            paramLabel = "FILE",
            description = "Where the truth goes; beside a recording by default.")
    private @Nullable Path truth;

    @Option(
            names = "--speed",
            paramLabel = "SPEED",
            description = "How much faster than life, such as 60x, or max: by default 1x with --serve, else max.")
    private @Nullable String speed;

    @Option(
            names = "--for",
            paramLabel = "DURATION",
            description = "How long, in simulated time: by default 10m, with --serve without end.")
    private @Nullable String length;

    @Option(
            names = "--begin",
            paramLabel = "TIME",
            description = "Its first moment, such as 2026-01-01T00:00:00Z, or now.")
    private @Nullable String begin;

    @Spec
    private @Nullable CommandSpec spec;

    @Override
    public Integer call() throws Exception {
        if (serve == !to.isEmpty()) {
            throw new IllegalArgumentException(
                    "expected one of --serve, --to recording FILE and --to kafka; quorate simulate --help tells them");
        }
        if (serve) {
            return serve();
        }
        Duration wanted = Durations.parse(length == null ? "10m" : length);
        double factor = factor(speed == null ? "max" : speed);
        Plan plan = plan();
        Simulation simulation = new Simulation(plan, seed, begin());
        long started = System.nanoTime();
        Simulation.Pace pace = simulated -> await(started, simulated / factor);
        double seconds = wanted.toMillis() / 1000.0;
        if (to.size() == 2 && to.get(0).equals("recording")) {
            Path file = writable(Path.of(to.get(1)));
            long lines;
            try (RecordingWriter writer = new RecordingWriter(file)) {
                simulation.run(seconds, writer, pace);
                lines = writer.lines();
            }
            finish(simulation.truth(seed, seconds), truth == null ? beside(file) : truth, lines + " lines", started);
        } else if (to.equals(List.of("kafka"))) {
            try (TopicWriter writer = new TopicWriter(bootstrap, plan, simulation.clusters())) {
                simulation.run(seconds, writer, pace);
                writer.flush();
                finish(simulation.truth(seed, seconds), truth, writer.events() + " events", started);
            }
        } else {
            throw new IllegalArgumentException(
                    "--to " + String.join(" ", to) + "; expected --to recording FILE or --to kafka");
        }
        return 0;
    }

    private int serve() throws Exception {
        double factor = factor(speed == null ? "1x" : speed);
        if (Double.isInfinite(factor)) {
            throw new IllegalArgumentException("--speed max cannot be served; expected such as 1x or 60x");
        }
        double seconds = length == null
                ? Double.POSITIVE_INFINITY
                : Durations.parse(length).toMillis() / 1000.0;
        Plan plan = plan();
        Instant first = begin == null ? Instant.now() : begin();
        CountDownLatch interrupted = new CountDownLatch(1);
        CountDownLatch ended = new CountDownLatch(1);
        try (ServedFleet fleet = started(plan, first, factor)) {
            Runtime.getRuntime().addShutdownHook(new Thread(() -> end(interrupted, ended)));
            say("Serving %d clusters of %d members. Ctrl-C ends."
                    .formatted(plan.clusters(), plan.shape().members()));
            say("  Prometheus' API   " + fleet.url());
            say("  a member's page   " + fleet.url() + "/CLUSTER/MEMBER/metrics");
            say("  targets (http_sd) " + fleet.url() + "/sd");
            for (String cluster : etcdPort.equals("none") ? List.<String>of() : fleet.names(SHOWN)) {
                say("  gRPC of " + cluster + "  " + String.join(" ", fleet.endpoints(cluster)));
            }
            if (settings != null) {
                Path file = writable(settings);
                // Whoever waits for the file must not read half of it.
                Path half = file.resolveSibling(file.getFileName() + ".half");
                Files.writeString(half, fleet.settings());
                Files.move(half, file, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
                say("  settings          " + file + ": quorate doctor --config " + file);
            } else if (plan.clusters() > SHOWN) {
                say("  gRPC of the rest  is told by --settings FILE");
            }
            while (fleet.seconds() < seconds && !interrupted.await(1, TimeUnit.SECONDS)) {
                fleet.moveOn();
            }
            if (truth != null) {
                fleet.truth(seed).write(writable(truth));
            }
        } finally {
            ended.countDown();
        }
        return 0;
    }

    private ServedFleet started(Plan plan, Instant first, double factor) {
        try {
            return ServedFleet.start(plan, seed, first, factor, port, etcdPort());
        } catch (IOException e) {
            throw new IllegalArgumentException(
                    "--port " + port + " --etcd-port " + etcdPort + ": " + e.getMessage()
                            + "; take other ports, 0 for free ones, or --etcd-port none",
                    e);
        }
    }

    private int etcdPort() {
        if (etcdPort.equals("none")) {
            return ServedFleet.NO_ETCD;
        }
        if (!etcdPort.matches("[0-9]{1,5}") || Integer.parseInt(etcdPort) > 65535) {
            throw new IllegalArgumentException(
                    "--etcd-port " + etcdPort + "; expected the first port such as 23790, 0 for free ones, or none");
        }
        return Integer.parseInt(etcdPort);
    }

    /** On Ctrl-C: the truth is written before the process is gone. */
    private static void end(CountDownLatch interrupted, CountDownLatch ended) {
        interrupted.countDown();
        try {
            ended.await(5, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private Plan plan() throws IOException {
        Plan plan;
        try {
            plan = planFile == null ? Plan.healthy() : Plan.read(planFile);
        } catch (InvalidPlan e) {
            throw new IllegalArgumentException(String.join("\n", e.problems()), e);
        } catch (IOException e) {
            throw new IllegalArgumentException("--plan " + planFile + " cannot be read; expected a plan in YAML", e);
        }
        if (members != null) {
            plan = plan.withShape(plan.shape().withMembers(members));
        }
        return clusters == null ? plan : plan.withClusters(clusters);
    }

    private Instant begin() {
        try {
            return begin == null ? BEGIN : begin.equals("now") ? Instant.now() : Instant.parse(begin);
        } catch (DateTimeParseException e) {
            throw new IllegalArgumentException(
                    "--begin " + begin + " is no time; expected such as 2026-01-01T00:00:00Z, or now", e);
        }
    }

    /** Infinity for max: then nothing is ever waited for. */
    private static double factor(String speed) {
        if (speed.equals("max")) {
            return Double.POSITIVE_INFINITY;
        }
        try {
            double factor = Double.parseDouble(speed.endsWith("x") ? speed.substring(0, speed.length() - 1) : "none");
            if (factor > 0) {
                return factor;
            }
        } catch (NumberFormatException e) {
            // Told below.
        }
        throw new IllegalArgumentException("--speed " + speed + "; expected such as 1x, 60x or max");
    }

    private static void await(long started, double dueSeconds) {
        long early = started + (long) (dueSeconds * 1e9) - System.nanoTime();
        if (dueSeconds > 0 && early > 0) {
            try {
                Thread.sleep(early / 1_000_000, (int) (early % 1_000_000));
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private void finish(TruthFile told, @Nullable Path file, String what, long started) throws IOException {
        if (file != null) {
            told.write(writable(file));
        }
        say(String.format(
                Locale.ROOT,
                "%s in %.1f s, %d leader changes%s",
                what,
                (System.nanoTime() - started) / 1e9,
                told.leaderChanges().size(),
                file == null ? "" : ", truth in " + file));
    }

    private static Path beside(Path recording) {
        String name = String.valueOf(recording.getFileName()).replaceFirst("\\.jsonl(\\.gz)?$", "");
        return recording.resolveSibling(name + ".truth.json");
    }

    private static Path writable(Path file) {
        Path parent = file.toAbsolutePath().getParent();
        if (parent == null || !Files.isWritable(parent)) {
            throw new IllegalArgumentException(file + " cannot be written; expected a folder that is there");
        }
        return file;
    }

    private void say(String text) {
        if (spec == null) {
            throw new IllegalStateException("the command line was not parsed");
        }
        spec.commandLine().getOut().println(text);
    }
}
