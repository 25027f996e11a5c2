package io.quorate.cli.kept;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.quorate.desk.Home;
import io.quorate.desk.Jvm;
import io.quorate.desk.PartUnavailable;
import io.quorate.desk.Processes;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A process apart that starts some parts, cares for them and stops them when told to: what systemd or Kubernetes is
 * elsewhere. What it keeps is told in a file, so that later commands find it.
 *
 * @param name of the process, its log and its file
 */
public record Keeper(Home home, String name) {

    private static final Logger LOG = LoggerFactory.getLogger(Keeper.class);
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Duration LOOK = Duration.ofMillis(500);

    /** What a keeper's process does. */
    public interface Care<T> {

        /**
         * Starts the parts.
         *
         * @return what later commands need to know of them: a record that Jackson writes
         */
        T start() throws Exception;

        /** Looks after them, twice a second; what it tells anew replaces what {@link #start} told. */
        T look(T told) throws Exception;

        /** Stops them. */
        void stop();
    }

    /**
     * Starts the process and waits until its parts have started.
     *
     * @param main whose {@code main} gets the home's root before these arguments and calls {@link #keep}
     * @throws PartUnavailable when they do not start, with the reason that the process gave
     */
    public void begin(Class<?> main, List<String> arguments, Duration patience)
            throws IOException, InterruptedException {
        Path log = log();
        if (pid().isPresent()) {
            throw new PartUnavailable(name + " is starting already; its log is " + log + "; try again when it has");
        }
        Files.deleteIfExists(told());
        Files.deleteIfExists(problem());
        List<String> all = new ArrayList<>(List.of(home.root().toString()));
        all.addAll(arguments);
        List<String> command = Jvm.own(
                        "-Xms16m",
                        "-Xmx128m",
                        "-XX:+UseSerialGC",
                        "-XX:TieredStopAtLevel=1",
                        "-Dlog4j2.configurationFile=flink-log4j2.properties")
                .command(main.getName(), all);
        Process process = Processes.spawnApart(name, command, log);
        Instant until = Instant.now().plus(patience);
        while (!Files.exists(told())) {
            if (process.waitFor(LOOK.toMillis(), TimeUnit.MILLISECONDS)) {
                throw new PartUnavailable(reason(log));
            }
            if (Instant.now().isAfter(until)) {
                process.destroy();
                throw new PartUnavailable(
                        name + " is not ready after " + patience.toSeconds() + " s; its log is " + log);
            }
        }
    }

    private String reason(Path log) throws IOException {
        return Files.exists(problem())
                ? Files.readString(problem()).strip()
                : name + " ended before it was ready; its log is " + log;
    }

    /** What the process says of what it keeps. */
    public Path log() {
        return home.logs().resolve(name + "-keeper.log");
    }

    /** The pid of the process, while it runs. */
    public Optional<Long> pid() {
        return Processes.announced(home, name);
    }

    /** What it keeps, while it runs. */
    public <T> Optional<T> tells(Class<T> type) {
        if (pid().isEmpty() || !Files.exists(told())) {
            return Optional.empty();
        }
        try {
            return Optional.of(JSON.readValue(told().toFile(), type));
        } catch (IOException e) {
            throw new IllegalArgumentException(
                    told() + " cannot be read; expected what this version of Quorate wrote; stop " + name
                            + ", then start it again",
                    e);
        }
    }

    /** Stops the process with all that it keeps; false when none runs. */
    public boolean end() throws IOException {
        boolean ended = Processes.stop(home, name);
        Files.deleteIfExists(told());
        return ended;
    }

    /** The whole life of a keeper's process: ends with the parts when it is told to, and with code 1 when they do not start. */
    public <T> void keep(Care<T> care) throws Exception {
        Processes.announce(home, name);
        CountDownLatch told = new CountDownLatch(1);
        Processes.beforeStop(() -> {
            told.countDown();
            care.stop();
        });
        T now;
        try {
            now = care.start();
        } catch (Exception e) {
            LOG.error("{} does not start", name, e);
            Files.writeString(problem(), e.getMessage() == null ? e.toString() : e.getMessage());
            System.exit(1);
            return;
        }
        tell(now);
        while (!told.await(LOOK.toMillis(), TimeUnit.MILLISECONDS)) {
            try {
                T next = care.look(now);
                if (!next.equals(now)) {
                    tell(next);
                }
                now = next;
            } catch (Exception e) {
                LOG.error("{} goes on", name, e);
            }
        }
        // Whoever told us to end waits for the steps of stopping, which go on in another thread.
        Thread.currentThread().join();
    }

    private void tell(Object what) {
        try {
            Path written = Files.writeString(told().resolveSibling(name + ".json.new"), JSON.writeValueAsString(what));
            Files.move(written, told(), StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(what + " cannot be written", e);
        } catch (IOException e) {
            throw new UncheckedIOException(told() + " cannot be written", e);
        }
    }

    private Path told() {
        return home.data().resolve(name + ".json");
    }

    private Path problem() {
        return home.data().resolve(name + ".problem");
    }
}
