package io.quorate.cli.stack;

import io.quorate.desk.Home;
import io.quorate.desk.KafkaBroker;
import io.quorate.desk.Processes;
import io.quorate.jobs.kafka.KafkaSettings;
import io.quorate.jobs.settings.Settings;
import io.quorate.jobs.settings.SettingsReader;
import io.quorate.rules.yaml.InvalidYaml;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** The broker that holds a run's topics: one's own, that of the run from here, or one of our own on what that run has left. */
public final class RunsBroker implements AutoCloseable {

    private final KafkaSettings kafka;
    private final @Nullable KafkaBroker started;
    private final @Nullable RunLock lock;

    private RunsBroker(KafkaSettings kafka, @Nullable KafkaBroker started, @Nullable RunLock lock) {
        this.kafka = kafka;
        this.started = started;
        this.lock = lock;
    }

    /**
     * Finds it, and starts one when the run from here has ended.
     *
     * @param config settings that may name a broker of one's own; null for the run from here
     * @param sought what a run would have left, for whoever is told that there was none
     * @throws IllegalArgumentException when no broker is named and no run was
     */
    public static RunsBroker open(Home home, @Nullable Path config, String sought)
            throws IOException, InterruptedException, InvalidYaml {
        if (config != null) {
            Settings settings = SettingsReader.read(config);
            if (settings.ownKafka() != null) {
                return new RunsBroker(settings.ownKafka(), null, null);
            }
        }
        LastRun last = LastRun.of(home)
                .orElseThrow(() -> new IllegalArgumentException("no run has left " + sought + " under " + home.data()
                        + "; expected --config FILE with kafka.bootstrap, or a 'quorate run' before"));
        if (!last.embedded() || RunLock.isTaken(home)) {
            return new RunsBroker(embedded(last.kafka()), null, null);
        }
        // Its broker ended with the run; what it kept is read by one of our own.
        RunLock lock = RunLock.take(home, Duration.ZERO);
        try {
            Processes.stopOrphans(home);
            KafkaBroker broker = KafkaBroker.start(home, "kafka", 0);
            return new RunsBroker(embedded(broker.bootstrap()), broker, lock);
        } catch (RuntimeException e) {
            lock.close();
            throw e;
        }
    }

    private static KafkaSettings embedded(String bootstrap) {
        return KafkaSettings.single(bootstrap, Settings.EMBEDDED_PARTITIONS, Duration.ofSeconds(1));
    }

    public KafkaSettings kafka() {
        return kafka;
    }

    @Override
    public void close() throws IOException {
        if (started != null) {
            started.close();
        }
        if (lock != null) {
            lock.close();
        }
    }
}
