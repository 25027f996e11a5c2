package io.quorate.desk;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * A real standalone session cluster of Flink on loopback, but for its metrics, each part a process: ZooKeeper, which Flink brings along and without
 * which a JobManager that dies takes its jobs with it; JobManagers, of which one leads; TaskManagers.
 */
public final class FlinkSession implements AutoCloseable {

    /**
     * What a session is started with.
     *
     * @param lib the jars of a Flink home
     * @param restPort of the first JobManager, the next ones count on; 0 takes free ones
     * @param metricsPort of the first JobManager, the other processes count on; 0 takes free ones
     * @param heapMiB of each TaskManager, for all its slots together
     */
    public record Options(
            Path lib, int jobManagers, int taskManagers, int slots, int restPort, int metricsPort, int heapMiB) {

        public Options {
            atLeastOne("JobManagers", jobManagers);
            atLeastOne("TaskManagers", taskManagers);
            atLeastOne("slots", slots);
            if (jobManagers > 2) {
                throw new IllegalArgumentException(jobManagers + " JobManagers, expected 1 or 2: one leads, one waits");
            }
            if (heapMiB < 256) {
                throw new IllegalArgumentException(heapMiB + " MiB of heap, expected at least 256 MiB");
            }
        }

        private static void atLeastOne(String what, int number) {
            if (number < 1) {
                throw new IllegalArgumentException(number + " " + what + ", expected at least 1");
            }
        }
    }

    private record Seat(String name, List<String> command, Path log) {}

    private static final Duration START = Duration.ofSeconds(60);
    private static final ObjectMapper JSON = new ObjectMapper();

    private final Home home;
    private final Options options;
    private final Path folder;
    private final List<String> restUrls;
    private final Map<String, String> metricsUrls = new LinkedHashMap<>();
    private final Map<String, Seat> seats = new LinkedHashMap<>();
    private final Map<String, Child> children = new LinkedHashMap<>();

    private FlinkSession(Home home, Options options, int zooKeeperPort) {
        this.home = home;
        this.options = options;
        this.folder = home.data("flink");
        List<Integer> rest = ports("Flink", options.restPort(), options.jobManagers());
        List<Integer> metrics =
                ports("Flink's metrics", options.metricsPort(), options.jobManagers() + options.taskManagers());
        this.restUrls = rest.stream().map(port -> "http://127.0.0.1:" + port).toList();
        Path conf = write(zooKeeperPort);
        seat(
                "flink-zookeeper",
                128,
                List.of(),
                "zookeeper.FlinkZooKeeperQuorumPeer",
                "--zkConfigFile",
                conf.resolve("zoo.cfg").toString(),
                "--peerId",
                "1");
        for (int i = 1; i <= options.jobManagers(); i++) {
            String name = "flink-jobmanager-" + i;
            int port = metrics.get(i - 1);
            metricsUrls.put(name, "http://127.0.0.1:" + port + "/metrics");
            seat(
                    name,
                    512,
                    List.of(),
                    "entrypoint.StandaloneSessionClusterEntrypoint",
                    "--configDir",
                    conf.toString(),
                    "-Drest.port=" + rest.get(i - 1),
                    "-Drest.bind-port=" + rest.get(i - 1),
                    "-Dmetrics.reporter.prometheus.port=" + port);
        }
        for (int i = 1; i <= options.taskManagers(); i++) {
            String name = "flink-taskmanager-" + i;
            int port = metrics.get(options.jobManagers() + i - 1);
            metricsUrls.put(name, "http://127.0.0.1:" + port + "/metrics");
            // Rows leave through direct buffers, and every version of a job jar loads its classes anew.
            List<String> memory = List.of("-XX:MaxDirectMemorySize=512m", "-XX:MaxMetaspaceSize=512m", "-XX:+UseG1GC");
            seat(
                    name,
                    options.heapMiB(),
                    memory,
                    "taskexecutor.TaskManagerRunner",
                    "--configDir",
                    conf.toString(),
                    "-Dtaskmanager.resource-id=" + name,
                    "-Dmetrics.reporter.prometheus.port=" + port);
        }
    }

    /**
     * Starts it and waits until all its slots are there. Jobs that ran when it was last stopped without being cancelled run
     * again: their graphs and where their checkpoints lie are kept on disk.
     *
     * @throws PartUnavailable when it does not come up
     */
    public static FlinkSession start(Home home, Options options) {
        Platform.check();
        if (!Files.isDirectory(options.lib())) {
            throw new PartUnavailable(
                    "there is no Flink under " + options.lib() + "; build it: mvn -q package -pl deploy/flink");
        }
        FlinkSession session = new FlinkSession(home, options, FreePorts.next());
        try {
            session.seats.values().forEach(session::start);
            session.awaitSlots();
            return session;
        } catch (PartUnavailable e) {
            session.close();
            throw e;
        }
    }

    private static List<Integer> ports(String part, int first, int number) {
        return IntStream.range(0, number)
                .map(i -> FreePorts.asked(part, first == 0 ? 0 : first + i))
                .boxed()
                .toList();
    }

    private void seat(String name, int heapMiB, List<String> flags, String main, String... arguments) {
        Path log = home.log(name);
        List<String> command = Jvm.on(
                        options.lib(),
                        "-Xmx" + heapMiB + "m",
                        "-XX:+ExitOnOutOfMemoryError",
                        "-Dlog4j2.configurationFile=" + folder.resolve("conf/log4j2.properties"),
                        "-Dlog.file=" + log)
                .forFlink()
                .and(flags)
                .command("org.apache.flink.runtime." + main, List.of(arguments));
        seats.put(name, new Seat(name, command, log));
    }

    /** Starts again one of {@link #processes} that has ended. */
    public synchronized void startAgain(String name) {
        child(name).forget();
        start(Objects.requireNonNull(seats.get(name), name));
    }

    private synchronized void start(Seat seat) {
        children.put(seat.name(), Processes.spawn(home, seat.name(), seat.command(), seat.log(), Map.of()));
    }

    private void awaitSlots() {
        int slots = options.taskManagers() * options.slots();
        boolean there = Readiness.holds(START, () -> {
            processes().values().stream()
                    .filter(child -> !child.alive())
                    .findFirst()
                    .ifPresent(dead -> {
                        throw dead.endedEarly();
                    });
            return overview().map(told -> told.path("slots-total").asInt()).orElse(0) >= slots;
        });
        if (!there) {
            throw new PartUnavailable("Flink has not all its slots after " + START.toSeconds() + " s; its logs are "
                    + seats.values().stream().map(seat -> seat.log().toString()).collect(Collectors.joining(", ")));
        }
    }

    /** Flink's own words on jobs and slots, from whichever JobManager answers. */
    private Optional<JsonNode> overview() {
        return restUrls.stream()
                .flatMap(url -> Readiness.get(url + "/overview").stream())
                .findFirst()
                .map(FlinkSession::read);
    }

    /** Where jobs are submitted and the pages stand: one address per JobManager, each of which answers for all. */
    public List<String> restUrls() {
        return restUrls;
    }

    /** Where each process shows its metrics in Prometheus' format, by its name. */
    public Map<String, String> metricsUrls() {
        return Collections.unmodifiableMap(metricsUrls);
    }

    /** The processes by name: {@code flink-zookeeper}, {@code flink-jobmanager-1}, {@code flink-taskmanager-1} and so on. */
    public synchronized Map<String, Child> processes() {
        return new LinkedHashMap<>(children);
    }

    public synchronized Child child(String name) {
        Child child = children.get(name);
        if (child == null) {
            throw new IllegalArgumentException("no " + name + "; there are " + children.keySet());
        }
        return child;
    }

    @Override
    public void close() {
        List<Child> all = new ArrayList<>(processes().values());
        // The leader's store last: a JobManager that has lost it waits before it ends.
        Collections.reverse(all);
        List<Child> butStore = all.subList(0, Math.max(0, all.size() - 1));
        butStore.forEach(Child::terminate);
        butStore.forEach(Child::resume);
        all.forEach(Child::close);
    }

    private Path write(int zooKeeperPort) {
        Path conf = Home.made(folder.resolve("conf"));
        try {
            Files.writeString(conf.resolve("zoo.cfg"), """
                    tickTime=1000
                    dataDir=%s
                    clientPort=%d
                    clientPortAddress=127.0.0.1
                    admin.enableServer=false
                    """.formatted(folder.resolve("zookeeper"), zooKeeperPort));
            Files.writeString(conf.resolve("log4j2.properties"), """
                    rootLogger.level = info
                    rootLogger.appenderRef.out.ref = out
                    appender.out.type = Console
                    appender.out.name = out
                    appender.out.layout.type = PatternLayout
                    appender.out.layout.pattern = %d{yyyy-MM-dd'T'HH:mm:ss.SSSXXX} %-5p %c{1.} - %m%n%xEx
                    logger.kafka.name = org.apache.kafka
                    logger.kafka.level = warn
                    logger.shaded.name = org.apache.flink.shaded
                    logger.shaded.level = warn
                    """);
            Files.writeString(conf.resolve("config.yaml"), settings(zooKeeperPort));
        } catch (IOException e) {
            throw new UncheckedIOException(conf + " cannot be written", e);
        }
        return conf;
    }

    private String settings(int zooKeeperPort) {
        return """
                jobmanager.rpc.address: 127.0.0.1
                jobmanager.bind-host: 127.0.0.1
                rest.address: 127.0.0.1
                rest.bind-address: 127.0.0.1
                taskmanager.host: 127.0.0.1
                taskmanager.bind-host: 127.0.0.1
                io.tmp.dirs: %1$s/tmp

                high-availability.type: zookeeper
                high-availability.zookeeper.quorum: 127.0.0.1:%2$d
                high-availability.zookeeper.client.session-timeout: 10 s
                high-availability.zookeeper.client.connection-timeout: 5 s
                high-availability.storageDir: file://%1$s/ha
                high-availability.cluster-id: /quorate
                zookeeper.sasl.disable: true

                # Flink's own default waits 50 s before it believes that something is dead.
                heartbeat.interval: 2 s
                heartbeat.timeout: 10 s
                # Who dies is started again within seconds: a job that asks for slots meanwhile waits for them. Refused at once, it would
                # try again ever more seldom.
                resourcemanager.standalone.start-up-time: 200 d
                slot.request.timeout: 2 min

                execution.checkpointing.dir: file://%1$s/checkpoints
                execution.checkpointing.savepoint-dir: file://%1$s/savepoints

                taskmanager.numberOfTaskSlots: %3$d
                # Over all TaskManagers: who dies takes as little along as possible.
                taskmanager.load-balance.mode: SLOTS
                taskmanager.cpu.cores: 1.0
                taskmanager.memory.framework.heap.size: 128m
                taskmanager.memory.framework.off-heap.size: 128m
                taskmanager.memory.task.heap.size: %4$dm
                taskmanager.memory.task.off-heap.size: 128m
                taskmanager.memory.network.min: 128m
                taskmanager.memory.network.max: 128m
                # Heap state needs none.
                taskmanager.memory.managed.size: 16m
                taskmanager.memory.jvm-metaspace.size: 512m
                taskmanager.memory.jvm-overhead.min: 128m
                taskmanager.memory.jvm-overhead.max: 128m

                metrics.reporter.prometheus.factory.class: org.apache.flink.metrics.prometheus.PrometheusReporterFactory
                """.formatted(folder, zooKeeperPort, options.slots(), options.heapMiB() - 128);
    }

    private static JsonNode read(String body) {
        try {
            return JSON.readTree(body);
        } catch (JsonProcessingException notAnAnswer) {
            return JSON.missingNode();
        }
    }
}
