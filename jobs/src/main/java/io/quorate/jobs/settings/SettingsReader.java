package io.quorate.jobs.settings;

import io.quorate.jobs.alerting.routes.AlertingSettings;
import io.quorate.jobs.kafka.KafkaSettings;
import io.quorate.rules.Maintenance;
import io.quorate.rules.MaintenanceReader;
import io.quorate.rules.OverrideReader;
import io.quorate.rules.Rule;
import io.quorate.rules.RuleOverride;
import io.quorate.rules.RuleReader;
import io.quorate.rules.yaml.InvalidYaml;
import io.quorate.rules.yaml.YamlFile;
import io.quorate.rules.yaml.YamlSchema;
import io.quorate.sinks.clickhouse.ClickHouseSettings;
import io.quorate.sinks.clickhouse.Retention;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Reads quorate.yaml, and tells everything that is wrong with it in one go: what the schema refuses, what the records
 * refuse, files and variables that are not there. What would only follow from another problem is not told.
 */
public final class SettingsReader {

    private static final YamlSchema SCHEMA = YamlSchema.resource(SettingsReader.class, "/schema/quorate.schema.json");

    /** Stands for an address that was refused, so that the rest of its record is judged; never leaves the readers. */
    static final String STAND_IN = "https://refused:1";

    private static final String OFF = "off";

    private final Reading reading;
    private final Room root;
    private final SecretAddresses addresses;

    private SettingsReader(Reading reading) {
        this.reading = reading;
        this.root = reading.root();
        this.addresses = new SecretAddresses(reading);
    }

    /**
     * The settings in this file; paths in it are relative to it.
     *
     * @throws InvalidYaml with every problem, each with its line
     */
    public static Settings read(Path path) throws InvalidYaml {
        return read(path, System::getenv);
    }

    static Settings read(Path path, UnaryOperator<@Nullable String> environment) throws InvalidYaml {
        return of(path, environment).settings();
    }

    /**
     * The effective settings in this file as YAML, defaults included, which reads as the same settings. Secrets are named by
     * their file or variable; an address in clear that may be secret is masked after its host.
     *
     * @throws InvalidYaml with every problem, each with its line
     */
    public static String print(Path path) throws InvalidYaml {
        return print(path, System::getenv);
    }

    static String print(Path path, UnaryOperator<@Nullable String> environment) throws InvalidYaml {
        SettingsReader reader = of(path, environment);
        return reader.printed(reader.settings());
    }

    private static SettingsReader of(Path path, UnaryOperator<@Nullable String> environment) throws InvalidYaml {
        Path folder = path.toAbsolutePath().getParent();
        return new SettingsReader(
                new Reading(YamlFile.read(path), SCHEMA, folder == null ? Path.of(".") : folder, environment));
    }

    private String printed(Settings settings) {
        StringBuilder text = new StringBuilder();
        text.append("# The effective settings of ")
                .append(reading.name().replaceAll("\\p{Cntrl}", " "))
                .append(", defaults included; paths are absolute.\n")
                .append("# Secrets are named by their file or environment variable and never shown.\n");
        for (String address : addresses.masked()) {
            text.append("# ")
                    .append(address)
                    .append(" is masked after its host, as it may hold a token; to run from this text, name the address"
                            + " by url-file or url-env.\n");
        }
        if (settings.ownKafka() == null) {
            text.append("# No section 'kafka': an embedded broker runs.\n");
        }
        if (settings.ownClickhouse() == null) {
            text.append("# No address in section 'clickhouse': an embedded engine runs.\n");
        }
        return text.append(YamlFile.text(root.effective())).toString();
    }

    private Settings settings() throws InvalidYaml {
        IngestReader ingest = new IngestReader(reading, root.room("ingest"));
        WindowSettings windows = windows(root.room("percentiles"));
        Room ruled = root.room("rules");
        List<Rule> rules = rules(ruled);
        String profile = profile(ruled, rules);
        List<RuleOverride> overrides = overrides(ruled, rules, profile);
        List<Maintenance> maintenance = maintenance(ruled);
        Room alertingRoom = root.room("alerting");
        KafkaSettings kafka = root.has("kafka") ? kafka(root.room("kafka")) : null;
        AlertingSettings alerting =
                new AlertingReader(reading, alertingRoom, addresses).settings(kafka == null ? null : kafka.bootstrap());
        Room clickhouseRoom = root.room("clickhouse");
        ClickHouseSettings clickhouse = namesOwn(clickhouseRoom) ? clickhouse(clickhouseRoom) : null;
        Retention retention = retention(clickhouseRoom.room("keep"));
        FlinkSettings flink = flink(root.room("flink"));
        DeskSettings desk =
                desk(root.room("desk"), root.means("kafka"), root.spoilt("clickhouse") || clickhouseRoom.means("url"));
        reading.throwProblems();
        return new Settings(
                ingest.prometheus(),
                ingest.scraped(),
                ingest.etcd(),
                ingest.found(),
                ingest.metricsInterval(),
                Objects.requireNonNull(windows),
                profile,
                Profiles.under(profile, rules),
                overrides,
                maintenance,
                Objects.requireNonNull(alerting),
                kafka,
                clickhouse,
                Objects.requireNonNull(retention),
                Objects.requireNonNull(flink),
                desk);
    }

    private @Nullable WindowSettings windows(Room room) {
        Duration size = room.duration("window", WindowSettings.DEFAULT.size());
        Duration horizon = WindowSettings.DEFAULT.horizon();
        // Of two durations one of which was refused nothing can be said.
        boolean judged = !room.spoilt("window") && !room.spoilt("horizon");
        Duration late = judged ? room.duration("horizon", horizon) : size.compareTo(horizon) > 0 ? size : horizon;
        Duration early = early(room);
        List<List<String>> groups = room.has("groups") ? groups(room) : null;
        return reading.built(room.pointer(), () -> new WindowSettings(size, late, early, groups));
    }

    private static @Nullable Duration early(Room room) {
        if (OFF.equals(room.text("early"))) {
            return null;
        }
        return room.duration("early", WindowSettings.DEFAULT_EARLY);
    }

    private static List<List<String>> groups(Room room) {
        return room.texts("groups").stream()
                .map(labels -> List.of(labels.split(",")))
                .toList();
    }

    private List<Rule> rules(Room room) {
        String directory = room.text("directory");
        if (directory == null) {
            return RuleReader.shipped();
        }
        try {
            Path folder = reading.folder().resolve(directory);
            if (Files.isDirectory(folder)) {
                room.note("directory", folder.toString());
                return RuleReader.folder(folder);
            }
        } catch (InvalidYaml e) {
            reading.problems(e.problems());
            return List.of();
        } catch (InvalidPathException e) {
            // No path at all: told below.
        }
        reading.problem(
                room.at("directory"),
                "'directory' is " + YamlSchema.shown(directory)
                        + ", which is no folder; expected a folder of rules, relative to this file");
        return List.of();
    }

    private String profile(Room room, List<Rule> rules) {
        String profile = room.text("profile", Profiles.DEFAULT);
        List<String> known = Profiles.knownTo(rules);
        // Of rules that could not be read nobody knows which profiles they name.
        if (!rules.isEmpty() && !known.contains(profile)) {
            reading.problem(
                    room.at("profile"),
                    "'profile' is " + YamlSchema.shown(profile) + ", which is unknown to the rules; expected one of "
                            + String.join(", ", known));
        }
        return profile;
    }

    private List<RuleOverride> overrides(Room room, List<Rule> rules, String profile) {
        if (!room.has("overrides") || rules.isEmpty()) {
            return List.of();
        }
        room.noteWhole("overrides");
        try {
            return OverrideReader.list(reading.file(), room.at("overrides"), rules, profile);
        } catch (InvalidYaml e) {
            reading.problems(e.problems());
            return List.of();
        }
    }

    private List<Maintenance> maintenance(Room room) {
        if (!room.has("maintenance")) {
            return List.of();
        }
        room.noteWhole("maintenance");
        try {
            return MaintenanceReader.list(reading.file(), room.at("maintenance"));
        } catch (InvalidYaml e) {
            reading.problems(e.problems());
            return List.of();
        }
    }

    private @Nullable KafkaSettings kafka(Room room) {
        String bootstrap = room.text("bootstrap", "refused:1");
        int partitions = room.number("partitions", KafkaSettings.DEFAULT_PARTITIONS);
        int replication = room.number("replication", 1);
        Duration idleAfter = room.duration("idle-after", KafkaSettings.DEFAULT_IDLE_AFTER);
        return reading.built(
                room.pointer(), () -> new KafkaSettings(bootstrap, partitions, (short) replication, idleAfter));
    }

    /** Whether it is about a ClickHouse of one's own; how long rows are kept is also said of the embedded one. */
    private boolean namesOwn(Room clickhouse) {
        if (clickhouse.means("url")) {
            return true;
        }
        Stream.of("database", "user", "password-file", "password-env")
                .filter(clickhouse::has)
                .findFirst()
                .ifPresent(
                        key -> reading.problem(
                                clickhouse.at(key),
                                "'" + key
                                        + "' stands without 'url'; expected the address of a ClickHouse of one's own beside it"));
        return false;
    }

    private @Nullable Retention retention(Room room) {
        Retention unset = Retention.DEFAULT;
        Duration window = room.duration("window", unset.window());
        Duration minutes = room.duration("minutes", unset.minutes());
        Duration hours = room.duration("hours", unset.hours());
        Duration days = room.duration("days", unset.days());
        Duration events = room.duration("events", unset.events());
        Duration alerts = room.duration("alerts", unset.alerts());
        return reading.built(room.pointer(), () -> new Retention(window, minutes, hours, days, events, alerts));
    }

    private @Nullable ClickHouseSettings clickhouse(Room room) {
        String url = room.text("url", STAND_IN);
        String database = room.text("database", ClickHouseSettings.DEFAULT_DATABASE);
        String user = room.text("user", ClickHouseSettings.DEFAULT_USER);
        Room.Secret password = room.secret("password");
        return reading.built(
                room.pointer(),
                () -> new ClickHouseSettings(url, database, user, password == null ? null : password.value()));
    }

    private @Nullable FlinkSettings flink(Room room) {
        Duration interval = room.duration("checkpoint-interval", FlinkSettings.DEFAULT_INTERVAL);
        String directory = room.text("checkpoint-dir");
        return reading.built(room.pointer(), () -> new FlinkSettings(directory, interval));
    }

    private DeskSettings desk(Room room, boolean ownKafka, boolean ownClickhouse) {
        return new DeskSettings(
                embeddedPort(room, "kafka-port", "kafka", ownKafka),
                embeddedPort(room, "clickhouse-port", "clickhouse", ownClickhouse),
                ownPort(room, "flink-port", List.of("kafka-port", "clickhouse-port")),
                ownPort(room, "metrics-port", List.of("kafka-port", "clickhouse-port", "flink-port")));
    }

    private int embeddedPort(Room room, String key, String own, boolean named) {
        if (!named) {
            return ownPort(room, key, key.equals("kafka-port") ? List.of() : List.of("kafka-port"));
        }
        if (room.has(key)) {
            reading.problem(
                    room.at(key),
                    "'" + key + "' is the port of the embedded " + own + ", and the section '" + own
                            + "' names one's own; expected one of the two: strike this line or that section");
        }
        return 0;
    }

    private int ownPort(Room room, String key, List<String> others) {
        int port = room.number(key, 0);
        if (port != 0
                && others.stream()
                        .anyMatch(other -> room.effective().path(other).asInt() == port)) {
            reading.problem(room.at(key), "'" + key + "' is " + port + ", which stands above; expected a port each");
        }
        return port;
    }
}
