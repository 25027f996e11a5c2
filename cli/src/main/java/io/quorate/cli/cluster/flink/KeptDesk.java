package io.quorate.cli.cluster.flink;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.quorate.cli.kept.Keeper;
import io.quorate.cli.stack.RunLock;
import io.quorate.desk.ClickHouseEngine;
import io.quorate.desk.Home;
import io.quorate.desk.KafkaBroker;
import io.quorate.desk.PartUnavailable;
import io.quorate.jobs.settings.Settings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What is kept beside a Flink cluster for settings that name no broker or no ClickHouse of one's own.
 *
 * @param kafka host:port of the embedded broker
 * @param clickhouse address of the embedded engine
 */
public record KeptDesk(@Nullable String kafka, @Nullable String clickhouse) {

    private static final Logger LOG = LoggerFactory.getLogger(KeptDesk.class);
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Duration START = Duration.ofMinutes(3);

    /** Who keeps the one of this home. */
    public static Keeper keeper(Home home) {
        return new Keeper(home, "desk");
    }

    /**
     * On which ports; jobs on a cluster know no others, so they stay the same.
     *
     * @param kafka {@link #NONE} where it is not started here, 0 where any will do
     */
    record Ports(int kafka, int clickhouse) {
        static final int NONE = -1;
    }

    /**
     * What these settings need beside a cluster: started unless it is there.
     *
     * @throws PartUnavailable when it does not start, or a run from this home holds the data
     */
    public static KeptDesk of(Home home, Settings settings) throws IOException, InterruptedException {
        if (settings.ownKafka() != null && settings.ownClickhouse() != null) {
            return new KeptDesk(null, null);
        }
        if (keeper(home).pid().isEmpty()) {
            Ports before = before(home).orElse(new Ports(0, 0));
            begin(
                    home,
                    new Ports(
                            port(settings.ownKafka(), settings.desk().kafkaPort(), before.kafka()),
                            port(settings.ownClickhouse(), settings.desk().clickhousePort(), before.clickhouse())));
        }
        KeptDesk desk = keeper(home).tells(KeptDesk.class).orElseThrow();
        if ((settings.ownKafka() == null && desk.kafka() == null)
                || (settings.ownClickhouse() == null && desk.clickhouse() == null)) {
            throw new PartUnavailable(
                    "the broker and the engine of this home were started for other settings, which named"
                            + " one of their own; 'quorate cluster flink stop', then start and submit again");
        }
        // Another's settings may have wanted more.
        return new KeptDesk(
                settings.ownKafka() == null ? desk.kafka() : null,
                settings.ownClickhouse() == null ? desk.clickhouse() : null);
    }

    /** Starts what was there before, for jobs that go on with their cluster; does nothing where nothing was or it runs. */
    static void again(Home home) throws IOException, InterruptedException {
        Optional<Ports> before = before(home);
        if (before.isPresent() && keeper(home).pid().isEmpty()) {
            begin(home, before.get());
        }
    }

    private static int port(@Nullable Object own, int asked, int before) {
        if (own != null) {
            return Ports.NONE;
        }
        return asked == 0 ? Math.max(before, 0) : asked;
    }

    private static void begin(Home home, Ports ports) throws IOException, InterruptedException {
        keeper(home)
                .begin(
                        KeptDesk.class,
                        List.of(Integer.toString(ports.kafka()), Integer.toString(ports.clickhouse())),
                        START);
    }

    private static Optional<Ports> before(Home home) throws IOException {
        Path file = portsFile(home);
        return Files.exists(file) ? Optional.of(JSON.readValue(file.toFile(), Ports.class)) : Optional.empty();
    }

    private static Path portsFile(Home home) {
        return home.data().resolve("desk-ports.json");
    }

    String inWords() {
        return Stream.of(
                        kafka == null ? null : "Kafka " + kafka, clickhouse == null ? null : "ClickHouse " + clickhouse)
                .filter(Objects::nonNull)
                .collect(Collectors.joining(", "));
    }

    public static void main(String[] args) throws Exception {
        Home home = Home.at(Path.of(args[0]));
        keeper(home).keep(new Care(home, new Ports(Integer.parseInt(args[1]), Integer.parseInt(args[2]))));
    }

    private static final class Care implements Keeper.Care<KeptDesk> {

        private final Home home;
        private final Ports ports;
        private @Nullable RunLock lock;
        private @Nullable KafkaBroker broker;
        private @Nullable ClickHouseEngine engine;

        Care(Home home, Ports ports) {
            this.home = home;
            this.ports = ports;
        }

        @Override
        public KeptDesk start() throws Exception {
            // The data are those of quorate run; whoever asks for the broker of a run finds this one.
            lock = RunLock.take(home, Duration.ZERO);
            if (ports.kafka() != Ports.NONE) {
                broker = KafkaBroker.start(home, "kafka", ports.kafka());
            }
            if (ports.clickhouse() != Ports.NONE) {
                engine = ClickHouseEngine.start(home, "clickhouse", ports.clickhouse());
            }
            Ports taken =
                    new Ports(broker == null ? Ports.NONE : broker.port(), engine == null ? Ports.NONE : engine.port());
            Files.writeString(portsFile(home), JSON.writeValueAsString(taken));
            return told();
        }

        private KeptDesk told() {
            return new KeptDesk(broker == null ? null : broker.bootstrap(), engine == null ? null : engine.url());
        }

        /** The same ports again: the jobs know no other. */
        @Override
        public KeptDesk look(KeptDesk told) {
            if (broker != null && !broker.alive()) {
                LOG.warn("Kafka died, started again");
                broker = KafkaBroker.start(home, "kafka", broker.port());
            }
            if (engine != null && !engine.alive()) {
                LOG.warn("The ClickHouse engine died, started again");
                engine = ClickHouseEngine.start(home, "clickhouse", engine.port());
            }
            return told();
        }

        @Override
        public void stop() {
            if (engine != null) {
                engine.close();
            }
            if (broker != null) {
                broker.close();
            }
            try {
                if (lock != null) {
                    lock.close();
                }
            } catch (IOException e) {
                LOG.warn("The lock goes with the process", e);
            }
        }
    }
}
