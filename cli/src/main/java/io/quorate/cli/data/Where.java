package io.quorate.cli.data;

import io.quorate.cli.stack.LastRun;
import io.quorate.cli.stack.RunLock;
import io.quorate.desk.ClickHouseEngine;
import io.quorate.desk.Home;
import io.quorate.desk.Parts;
import io.quorate.jobs.settings.Settings;
import io.quorate.jobs.settings.SettingsReader;
import io.quorate.rules.yaml.InvalidYaml;
import io.quorate.sinks.clickhouse.ClickHouseSettings;
import io.quorate.sinks.clickhouse.Migrations;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Where the data is: a ClickHouse that runs, or one that a run or a demo has left and that is started to be asked. */
public final class Where {

    private static final String ENGINE = "clickhouse";

    @Option(
            names = "--kept",
            paramLabel = "DIR",
            description = "What a demo left behind with --keep DIR, or leaves now.")
    private @Nullable Path kept;

    @Option(
            names = "--config",
            paramLabel = "FILE",
            description =
                    "Settings that name a ClickHouse (clickhouse.url); without one, the engine of the run from here.")
    private @Nullable Path config;

    @Option(names = "--clickhouse", paramLabel = "URL", description = "A ClickHouse that runs.")
    private @Nullable String url;

    /** A ClickHouse to be asked, and the engine that was started for it and ends with it. */
    public record Opened(
            ClickHouseSettings clickhouse, @Nullable ClickHouseEngine engine) implements AutoCloseable {

        private static Opened running(ClickHouseSettings clickhouse) throws IOException {
            List<String> missing = Migrations.missingIn(clickhouse);
            if (!missing.isEmpty()) {
                throw new IllegalArgumentException("database " + clickhouse.database() + " at " + clickhouse.url()
                        + (missing.contains(Migrations.FIRST)
                                ? " holds none of Quorate's tables"
                                : " lacks " + String.join(", ", missing) + " of this build")
                        + "; expected one that 'quorate run' of this build has filled");
            }
            return new Opened(clickhouse, null);
        }

        @Override
        public void close() {
            if (engine != null) {
                engine.close();
            }
        }
    }

    /**
     * The ClickHouse that the options name; without any, that of the run or the demo from here, also when it has ended.
     *
     * @throws IllegalArgumentException when there is no data where it was looked for
     */
    public Opened open() throws IOException, InterruptedException, InvalidYaml {
        if (url != null) {
            return Opened.running(ClickHouseSettings.at(url));
        }
        Home home = Home.current();
        if (kept != null) {
            return engineOn(home.withState(kept), "--kept " + kept);
        }
        if (config != null) {
            Settings settings = SettingsReader.read(config);
            return settings.ownClickhouse() == null ? engineOfRuns(home) : Opened.running(settings.ownClickhouse());
        }
        return ofTheLast(home);
    }

    /** The settings, where it is they that name the ClickHouse. */
    public Optional<Path> config() {
        return Optional.ofNullable(config);
    }

    private static Opened ofTheLast(Home home) throws IOException, InterruptedException, InvalidYaml {
        Optional<LastRun> last = LastRun.of(home);
        if (last.isPresent() && Files.isReadable(Path.of(last.get().config()))) {
            ClickHouseSettings own =
                    SettingsReader.read(Path.of(last.get().config())).ownClickhouse();
            if (own != null) {
                return Opened.running(own);
            }
        }
        for (Home each : homes(home)) {
            Optional<String> running = running(each);
            if (running.isPresent()) {
                return Opened.running(ClickHouseSettings.at(running.get()));
            }
        }
        return engineOfRuns(home);
    }

    /** That of runs from here first, then those of demos. */
    private static List<Home> homes(Home home) throws IOException {
        List<Home> homes = new ArrayList<>(List.of(home));
        try (DirectoryStream<Path> demos = Files.newDirectoryStream(home.data(), "demo-*")) {
            demos.forEach(demo -> homes.add(home.withState(demo)));
        }
        return homes;
    }

    private static Opened engineOfRuns(Home home) throws IOException, InterruptedException {
        if (running(home).isPresent()) {
            return engineOn(home, home.root().toString());
        }
        // A run that begins meanwhile must not find its data taken.
        try (RunLock lock = RunLock.take(home, Duration.ZERO)) {
            return engineOn(home, home.root().toString());
        }
    }

    private static Opened engineOn(Home home, String where) throws IOException {
        if (!hasData(home)) {
            throw new IllegalArgumentException(where + " holds no data/clickhouse; expected --kept with the folder of"
                    + " demo --keep, --config with settings that name clickhouse.url, or a 'quorate run' before");
        }
        Optional<String> running = running(home);
        if (running.isPresent()) {
            return Opened.running(ClickHouseSettings.at(running.get()));
        }
        Parts.of(home, System.err::println).clickHouseLibrary();
        ClickHouseEngine engine = ClickHouseEngine.start(home, ENGINE, 0);
        ClickHouseSettings clickhouse = ClickHouseSettings.at(engine.url());
        try {
            // What an earlier build has left lacks what this one asks for.
            Migrations.applyTo(clickhouse);
        } catch (IOException | RuntimeException e) {
            engine.close();
            throw e;
        }
        return new Opened(clickhouse, engine);
    }

    private static Optional<String> running(Home home) throws IOException {
        return hasData(home) ? ClickHouseEngine.runningOn(home, ENGINE) : Optional.empty();
    }

    private static boolean hasData(Home home) {
        return Files.isDirectory(home.state().resolve("data").resolve(ENGINE));
    }
}
