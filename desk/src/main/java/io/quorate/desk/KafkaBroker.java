package io.quorate.desk;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.admin.DescribeClusterOptions;
import org.apache.kafka.common.utils.AppInfoParser;

/** A real Kafka broker on loopback: one process, broker and controller in one, its own JVM. */
public final class KafkaBroker implements AutoCloseable {
    private static final Duration START = Duration.ofSeconds(60);
    private static final int TRIES = 3;

    private final Child child;
    private final int port;

    private KafkaBroker(Child child, int port) {
        this.child = child;
        this.port = port;
    }

    /** Starts the broker on the data under that name (formatted first when new); port 0 takes a free one. */
    public static KafkaBroker start(Home home, String directory, int port) {
        Platform.check();
        Path data = home.data(directory);
        for (int attempt = 1; ; attempt++) {
            int chosen = FreePorts.asked("Kafka", port);
            try {
                return start(home, directory, data, chosen);
            } catch (PartUnavailable e) {
                // A free port can be taken between our look and the broker's bind; then another one will do.
                if (port != 0 || attempt == TRIES || FreePorts.free(chosen)) {
                    throw e;
                }
            }
        }
    }

    private static KafkaBroker start(Home home, String directory, Path data, int port) {
        Path settings = data.resolve("server.properties");
        try {
            Files.writeString(settings, settings(data.resolve("log"), port, FreePorts.next()));
        } catch (IOException e) {
            throw new UncheckedIOException(settings + " cannot be written", e);
        }
        List<String> command = Jvm.own(
                        "-Xms64m",
                        "-Xmx384m",
                        "-XX:+UseSerialGC",
                        "-Dlog4j2.configurationFile=io/quorate/desk/broker-log4j2.properties",
                        ParentWatch.flag())
                .command(KafkaBrokerMain.class.getName(), List.of(settings.toString()));
        Child child = Processes.spawn(home, directory, command, home.log(directory), Map.of());
        try {
            awaitBroker(child, port);
        } catch (PartUnavailable e) {
            child.close();
            throw e;
        }
        return new KafkaBroker(child, port);
    }

    /** A list of brokers with one entry, as clients want it. */
    public String bootstrap() {
        return "127.0.0.1:" + port;
    }

    public int port() {
        return port;
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

    public static String version() {
        return AppInfoParser.getVersion();
    }

    /** Ends it as a crash would. */
    public void kill() {
        child.kill();
    }

    @Override
    public void close() {
        child.close();
    }

    private static void awaitBroker(Child child, int port) {
        // The client logs every refused connection, so it is asked only once somebody listens.
        Readiness.await(child, START, () -> !FreePorts.free(port));
        Properties client = new Properties();
        client.put(AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG, "127.0.0.1:" + port);
        try (Admin admin = Admin.create(client)) {
            Readiness.await(child, START, () -> knowsItself(admin));
        }
    }

    private static boolean knowsItself(Admin admin) {
        try {
            return !admin.describeCluster(new DescribeClusterOptions().timeoutMs(2_000))
                    .nodes()
                    .get(3, TimeUnit.SECONDS)
                    .isEmpty();
        } catch (ExecutionException | TimeoutException notYet) {
            return false;
        } catch (InterruptedException e) {
            throw PartUnavailable.interrupted("Kafka", e);
        }
    }

    /**
     * Topics are made by whoever owns them, never by a typing error; record times are the broker's, since a replayed event
     * time would be old enough for retention to delete it.
     */
    private static String settings(Path log, int port, int controllerPort) {
        return """
                process.roles=broker,controller
                node.id=1
                controller.quorum.voters=1@127.0.0.1:%2$d
                listeners=PLAINTEXT://127.0.0.1:%1$d,CONTROLLER://127.0.0.1:%2$d
                advertised.listeners=PLAINTEXT://127.0.0.1:%1$d
                controller.listener.names=CONTROLLER
                log.dirs=%3$s

                auto.create.topics.enable=false
                num.partitions=1
                default.replication.factor=1
                log.message.timestamp.type=LogAppendTime
                log.retention.hours=24
                log.retention.bytes=536870912
                log.segment.bytes=67108864
                log.index.size.max.bytes=1048576
                log.cleaner.threads=1
                log.cleaner.dedupe.buffer.size=16777216

                offsets.topic.num.partitions=1
                offsets.topic.replication.factor=1
                transaction.state.log.num.partitions=1
                transaction.state.log.replication.factor=1
                transaction.state.log.min.isr=1
                share.coordinator.state.topic.num.partitions=1
                share.coordinator.state.topic.replication.factor=1
                share.coordinator.state.topic.min.isr=1
                group.initial.rebalance.delay.ms=0
                # After a crash the broker is let in again only when its former self has timed out.
                broker.session.timeout.ms=6000
                broker.heartbeat.interval.ms=1000

                num.network.threads=2
                num.io.threads=4
                background.threads=4
                """.formatted(port, controllerPort, log);
    }
}
