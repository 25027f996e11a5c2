package io.quorate.sinks.clickhouse;

import io.quorate.desk.ClickHouseEngine;
import io.quorate.desk.Home;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;

/** The real engine, one for all tests of this JVM; each test class has a database of its own. */
final class Engine {

    private static final ClickHouseEngine RUNNING = start();

    private Engine() {}

    /** An empty database for this test class, tables and all. */
    static ClickHouseSettings databaseFor(Class<?> test) throws IOException {
        ClickHouseSettings settings = emptyDatabaseFor(test);
        Migrations.applyTo(settings);
        return settings;
    }

    static ClickHouseSettings emptyDatabaseFor(Class<?> test) throws IOException {
        ClickHouseSettings settings = new ClickHouseSettings(
                RUNNING.url(), test.getSimpleName().toLowerCase(Locale.ROOT), ClickHouseSettings.DEFAULT_USER, null);
        new ClickHouseClient(settings).execute("DROP DATABASE IF EXISTS " + settings.database(), "default");
        return settings;
    }

    private static ClickHouseEngine start() {
        try {
            Path state = Files.createTempDirectory(Path.of("target"), "engine-");
            ClickHouseEngine engine =
                    ClickHouseEngine.start(Home.current().withState(state), "clickhouse-of-sinks-tests", 0);
            Runtime.getRuntime().addShutdownHook(new Thread(engine::close));
            return engine;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
