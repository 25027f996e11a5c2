package io.quorate.desk;

import com.sun.jna.Native;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/**
 * The ClickHouse engine with its own HTTP interface on loopback, in a small JVM of its own.
 *
 * <p>To a client it is a ClickHouse server at a URL; a real server takes its place by another URL.
 */
public final class ClickHouseEngine implements AutoCloseable {
    private static final Duration START = Duration.ofSeconds(60);
    private static final int TRIES = 3;
    private static final String ADDRESS = "address";
    private static final long MEMORY_BYTES = 2L << 30;

    private final Child child;
    private final int port;

    private ClickHouseEngine(Child child, int port) {
        this.child = child;
        this.port = port;
    }

    /** Starts the engine on the data under that name; port 0 takes a free one. Waits until it answers. */
    public static ClickHouseEngine start(Home home, String directory, int port) {
        Path library = Parts.of(home).clickHouseLibrary();
        Path data = home.data(directory);
        for (int attempt = 1; ; attempt++) {
            int chosen = FreePorts.asked("ClickHouse", port);
            try {
                return start(home, directory, library, data, chosen);
            } catch (PartUnavailable e) {
                // A free port can be taken between our look and its bind; then another one will do.
                if (port != 0 || attempt == TRIES || FreePorts.free(chosen)) {
                    throw e;
                }
            }
        }
    }

    private static ClickHouseEngine start(Home home, String directory, Path library, Path data, int port) {
        String marker = "hold-" + UUID.randomUUID();
        List<String> command = new Jvm(
                        ownClassPath(),
                        List.of("-Xmx64m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", ParentWatch.flag()))
                .command(
                        ClickHouseEngineMain.class.getName(),
                        List.of(
                                library.toString(),
                                data.resolve("store").toString(),
                                config(data).toString(),
                                Integer.toString(port),
                                marker));
        Child child = Processes.spawn(home, directory, command, home.log(directory), Map.of());
        try {
            // Asked for its own marker: on a taken port a stranger would answer /ping as well.
            Readiness.await(
                    child,
                    START,
                    () -> ask(port, ClickHouseEngineMain.countHolds(marker)).equals("1"));
        } catch (PartUnavailable e) {
            child.close();
            throw e;
        }
        remember(data, port, marker);
        return new ClickHouseEngine(child, port);
    }

    /** Where the engine on the data under that name answers, if one runs; whichever process has started it. */
    public static Optional<String> runningOn(Home home, String directory) throws IOException {
        Path address = home.data(directory).resolve(ADDRESS);
        if (!Files.exists(address)) {
            return Optional.empty();
        }
        List<String> portAndMarker = Files.readAllLines(address);
        int port = Integer.parseInt(portAndMarker.get(0));
        // By its own marker: another one may have taken the port since.
        return ask(port, ClickHouseEngineMain.countHolds(portAndMarker.get(1))).equals("1")
                ? Optional.of("http://127.0.0.1:" + port)
                : Optional.empty();
    }

    private static void remember(Path data, int port, String marker) {
        try {
            Files.write(data.resolve(ADDRESS), List.of(Integer.toString(port), marker));
        } catch (IOException e) {
            throw new UncheckedIOException("The engine's address cannot be written under " + data, e);
        }
    }

    public String url() {
        return "http://127.0.0.1:" + port;
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

    public String version() {
        return ask(port, "SELECT version()");
    }

    /** Ends it as a crash would; what it acknowledged stays on disk. */
    public void kill() {
        child.kill();
    }

    @Override
    public void close() {
        child.close();
    }

    private static String ask(int port, String query) {
        return Readiness.get("http://127.0.0.1:" + port + "/?query=" + URLEncoder.encode(query, StandardCharsets.UTF_8))
                .orElse("")
                .trim();
    }

    /** Memory is capped, because the engine would otherwise count on the whole machine's. */
    private static Path config(Path data) {
        try {
            Path users = Files.writeString(data.resolve("users.xml"), """
                    <clickhouse>
                        <profiles>
                            <default>
                                <max_memory_usage>%d</max_memory_usage>
                                <max_threads_min_free_memory_per_thread>0</max_threads_min_free_memory_per_thread>
                            </default>
                        </profiles>
                        <users>
                            <default>
                                <password></password>
                                <networks><ip>127.0.0.1</ip></networks>
                                <profile>default</profile>
                                <quota>default</quota>
                                <access_management>1</access_management>
                            </default>
                        </users>
                        <quotas><default></default></quotas>
                    </clickhouse>
                    """.formatted(MEMORY_BYTES * 3 / 4));
            return Files.writeString(data.resolve("config.xml"), """
                    <clickhouse>
                        <max_server_memory_usage>%d</max_server_memory_usage>
                        <mark_cache_size>67108864</mark_cache_size>
                        <users_config>%s</users_config>
                    </clickhouse>
                    """.formatted(MEMORY_BYTES, users));
        } catch (IOException e) {
            throw new UncheckedIOException("The engine's settings cannot be written under " + data, e);
        }
    }

    /** Our classes and JNA, nothing else: a short class path starts faster and keeps the process small. */
    private static String ownClassPath() {
        return location(ClickHouseEngineMain.class) + ":" + location(Native.class);
    }

    private static Path location(Class<?> type) {
        try {
            return Path.of(
                    type.getProtectionDomain().getCodeSource().getLocation().toURI());
        } catch (URISyntaxException e) {
            throw new IllegalStateException("No file holds " + type, e);
        }
    }
}
