package io.quorate.cli.cluster.flink;

import io.quorate.cli.kept.Keeper;
import io.quorate.cli.stack.RunLock;
import io.quorate.desk.ClickHouseEngine;
import io.quorate.desk.Home;
import io.quorate.desk.KafkaBroker;
import io.quorate.desk.PartUnavailable;
import io.quorate.jobs.settings.Settings;
import io.quorate.jobs.settings.SettingsReader;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
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
    private static final Duration START = Duration.ofMinutes(3);

    /** Who keeps the one of this home. */
    public static Keeper keeper(Home home) {
        return new Keeper(home, "desk");
    }

    /**
     * What these settings need beside a cluster: started unless it is there.
     *
     * @throws PartUnavailable when it does not start, or a run from this home holds the data
     */
    public static KeptDesk of(Home home, Path config, Settings settings) throws IOException, InterruptedException {
        if (settings.ownKafka() != null && settings.ownClickhouse() != null) {
            return new KeptDesk(null, null);
        }
        Keeper keeper = keeper(home);
        if (keeper.pid().isEmpty()) {
            keeper.begin(KeptDesk.class, List.of(config.toString()), START);
        }
        KeptDesk desk = keeper.tells(KeptDesk.class).orElseThrow();
        if ((settings.ownKafka() == null && desk.kafka() == null)
                || (settings.ownClickhouse() == null && desk.clickhouse() == null)) {
            throw new PartUnavailable(
                    "the broker and the engine of this home were started for other settings, which named"
                            + " one of their own; 'quorate cluster flink stop', then start and submit again");
        }
        return desk;
    }

    String inWords() {
        return Stream.of(
                        kafka == null ? null : "Kafka " + kafka, clickhouse == null ? null : "ClickHouse " + clickhouse)
                .filter(Objects::nonNull)
                .collect(Collectors.joining(", "));
    }

    public static void main(String[] args) throws Exception {
        Home home = Home.at(Path.of(args[0]));
        keeper(home).keep(new Care(home, SettingsReader.read(Path.of(args[1]))));
    }

    private static final class Care implements Keeper.Care<KeptDesk> {

        private final Home home;
        private final Settings settings;
        private @Nullable RunLock lock;
        private @Nullable KafkaBroker broker;
        private @Nullable ClickHouseEngine engine;

        Care(Home home, Settings settings) {
            this.home = home;
            this.settings = settings;
        }

        @Override
        public KeptDesk start() throws Exception {
            // The data are those of quorate run; whoever asks for the broker of a run finds this one.
            lock = RunLock.take(home, Duration.ZERO);
            if (settings.ownKafka() == null) {
                broker = KafkaBroker.start(home, "kafka", settings.desk().kafkaPort());
            }
            if (settings.ownClickhouse() == null) {
                engine = ClickHouseEngine.start(
                        home, "clickhouse", settings.desk().clickhousePort());
            }
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
