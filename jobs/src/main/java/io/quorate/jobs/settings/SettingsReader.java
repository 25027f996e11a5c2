package io.quorate.jobs.settings;

import io.quorate.ingest.discovery.DiscoverySettings;
import io.quorate.ingest.discovery.DnsGroups;
import io.quorate.ingest.discovery.FileGroups;
import io.quorate.ingest.discovery.Groups;
import io.quorate.ingest.discovery.HttpGroups;
import io.quorate.ingest.discovery.ListedGroups;
import io.quorate.ingest.discovery.Naming;
import io.quorate.ingest.discovery.PodGroups;
import io.quorate.ingest.discovery.PrometheusGroups;
import io.quorate.ingest.etcd.EtcdDiscovery;
import io.quorate.ingest.etcd.EtcdSettings;
import io.quorate.ingest.prometheus.PrometheusSettings;
import io.quorate.ingest.prometheus.ScrapeSettings;
import io.quorate.ingest.transport.Authorization;
import io.quorate.ingest.transport.BasicLogin;
import io.quorate.ingest.transport.BearerToken;
import io.quorate.ingest.transport.HttpProxy;
import io.quorate.ingest.transport.Tls;
import io.quorate.ingest.transport.Transport;
import io.quorate.jobs.kafka.KafkaSettings;
import io.quorate.rules.Rule;
import io.quorate.rules.RuleReader;
import io.quorate.rules.yaml.InvalidYaml;
import io.quorate.rules.yaml.YamlFile;
import io.quorate.rules.yaml.YamlSchema;
import io.quorate.sinks.clickhouse.ClickHouseSettings;
import io.quorate.sinks.receivers.ReceiverSettings;
import io.quorate.sinks.receivers.Retry;
import io.quorate.sinks.receivers.webhook.WebhookSettings;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import org.jspecify.annotations.Nullable;

/**
 * Reads quorate.yaml, and tells everything that is wrong with it in one go: what the schema refuses, what the records
 * refuse, files and variables that are not there. What would only follow from another problem is not told.
 */
public final class SettingsReader {

    private static final YamlSchema SCHEMA = YamlSchema.resource(SettingsReader.class, "/schema/quorate.schema.json");

    /** Stands for an address that was refused, so that the rest of its record is judged; never leaves this class. */
    private static final String STAND_IN = "https://refused:1";

    private static final List<String> PLACES = List.of("files", "http", "prometheus", "dns-srv", "kubernetes");

    private final Reading reading;
    private final Room root;
    private final List<String> masked = new ArrayList<>();
    private final Set<String> seen = new HashSet<>();

    private SettingsReader(Reading reading) {
        this.reading = reading;
        this.root = reading.root();
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
        for (String address : masked) {
            text.append("# ")
                    .append(address)
                    .append(" is masked after its host, as it may hold a token; to run from this text, name the address"
                            + " by url-file or url-env.\n");
        }
        if (settings.ownKafka() == null) {
            text.append("# No section 'kafka': an embedded broker runs.\n");
        }
        if (settings.ownClickhouse() == null) {
            text.append("# No section 'clickhouse': an embedded engine runs.\n");
        }
        return text.append(YamlFile.text(root.effective())).toString();
    }

    private Settings settings() throws InvalidYaml {
        Room ingest = root.room("ingest");
        Duration metrics = ingest.duration("metrics-interval", PrometheusSettings.INTERVAL);
        Duration status = ingest.duration("status-interval", EtcdSettings.INTERVAL);
        List<PrometheusSettings> prometheus =
                each(ingest, "prometheus", server -> prometheus(server, metrics, !spoilt(ingest, "metrics-interval")));
        List<ScrapeSettings> scraped =
                each(ingest, "metrics", entry -> scraped(entry, metrics, !spoilt(ingest, "metrics-interval")));
        List<EtcdSettings> etcd = new ArrayList<>();
        List<EtcdDiscovery> found = new ArrayList<>();
        for (Room entry : ingest.has("etcd") ? ingest.rooms("etcd") : List.<Room>of()) {
            boolean judged = !spoilt(ingest, "status-interval");
            if (entry.means("discover")) {
                add(found, found(entry, status, judged));
            } else {
                add(etcd, etcd(entry, status, judged));
            }
        }
        if (!ingest.means("prometheus") && !ingest.means("metrics") && !ingest.means("etcd")) {
            reading.problem(
                    ingest.pointer(), "'ingest' asks nobody; expected prometheus, metrics, etcd, or several of them");
        }
        WindowSettings windows = windows(root.room("percentiles"));
        Room ruled = root.room("rules");
        String profile = ruled.text("profile", "fleet");
        List<Rule> rules = rules(ruled);
        List<ReceiverSettings> receivers = each(root.room("alerting"), "receivers", this::webhook);
        KafkaSettings kafka = root.has("kafka") ? kafka(root.room("kafka")) : null;
        ClickHouseSettings clickhouse = root.has("clickhouse") ? clickhouse(root.room("clickhouse")) : null;
        FlinkSettings flink = flink(root.room("flink"));
        DeskSettings desk = desk(root.room("desk"));
        reading.throwProblems();
        return new Settings(
                prometheus,
                scraped,
                etcd,
                found,
                metrics,
                Objects.requireNonNull(windows),
                profile,
                rules.stream().map(rule -> rule.under(profile)).toList(),
                receivers,
                kafka,
                clickhouse,
                Objects.requireNonNull(flink),
                desk);
    }

    /**
     * @param judged whether the interval can be held against other durations; not when it was refused itself
     */
    private @Nullable PrometheusSettings prometheus(Room room, Duration interval, boolean judged) {
        Duration timeout = shorter(interval, PrometheusSettings.TIMEOUT);
        String url = room.text("url", STAND_IN);
        String selector = room.text("selector", PrometheusSettings.SELECTOR);
        String clusterLabel = room.text("cluster-label", PrometheusSettings.CLUSTER_LABEL);
        String cluster = room.text("cluster");
        String memberLabel = room.text("member-label");
        Duration asked = judged ? room.duration("timeout", timeout) : timeout;
        Transport transport = transport(room, authorization(room));
        once(
                room,
                List.of("url", "selector"),
                "prometheus " + url + ' ' + selector,
                "'url' with this selector stands here a second time; expected each server once");
        List<String> dropLabels = room.texts("drop-labels");
        return reading.built(
                room.pointer(),
                () -> new PrometheusSettings(
                        url, selector, clusterLabel, cluster, memberLabel, interval, asked, transport, dropLabels));
    }

    private @Nullable EtcdSettings etcd(Room room, Duration interval, boolean judged) {
        for (String key : List.of("cluster", "endpoints")) {
            if (!room.means(key)) {
                reading.problem(room.pointer(), "'" + key + "' is missing; expected it here, or discover in its place");
            }
        }
        alone(room, List.of("cluster-label", "scheme", "port"), "discover");
        String cluster = room.text("cluster", "refused");
        once(
                room,
                List.of("cluster"),
                "etcd " + cluster,
                "'cluster' is " + cluster + " a second time; expected one entry per cluster");
        List<String> endpoints = room.texts("endpoints");
        if (endpoints.isEmpty()) {
            endpoints.add(STAND_IN);
        }
        for (int i = 0; i < endpoints.size(); i++) {
            if (reading.spoilt(room.at("endpoints") + "/" + i)) {
                endpoints.set(i, "https://refused-" + i + ":1");
            }
        }
        Duration deadline = deadline(room, interval, judged);
        Duration memberList = memberListInterval(room, interval, judged);
        Transport transport = transport(room, login(room));
        Map<String, String> labels = room.labels("labels");
        return reading.built(
                room.pointer(),
                () -> new EtcdSettings(cluster, endpoints, interval, deadline, memberList, transport, labels));
    }

    private @Nullable EtcdDiscovery found(Room room, Duration interval, boolean judged) {
        alone(room, List.of("endpoints", "labels"), "cluster");
        Duration deadline = deadline(room, interval, judged);
        Duration memberList = memberListInterval(room, interval, judged);
        Transport transport = transport(room, login(room));
        DiscoverySettings targets = targets(room, transport.tls() == null ? "http" : "https");
        return targets == null
                ? null
                : reading.built(
                        room.pointer(), () -> new EtcdDiscovery(targets, interval, deadline, memberList, transport));
    }

    private @Nullable ScrapeSettings scraped(Room room, Duration interval, boolean judged) {
        if (!room.means("discover") && !(room.means("targets") && room.means("cluster"))) {
            reading.problem(room.pointer(), "names nobody; expected cluster and targets, or discover");
            return null;
        }
        Duration longest = shorter(interval, PrometheusSettings.TIMEOUT);
        Duration timeout = judged ? room.duration("timeout", longest) : longest;
        Transport transport = transport(room, authorization(room));
        DiscoverySettings targets = targets(room, transport.tls() == null ? "http" : "https");
        return targets == null
                ? null
                : reading.built(room.pointer(), () -> new ScrapeSettings(targets, interval, timeout, transport));
    }

    /** Where targets are found, and what they are called. */
    private @Nullable DiscoverySettings targets(Room room, String usualScheme) {
        String clusterLabel = room.text("cluster-label", PrometheusSettings.CLUSTER_LABEL);
        String cluster = room.text("cluster");
        String memberLabel = room.text("member-label");
        String scheme = room.text("scheme", usualScheme);
        int port = room.has("port") ? room.number("port", 0) : 0;
        room.only(List.of("discover", "targets"));
        Groups groups;
        Duration interval = DiscoverySettings.INTERVAL;
        if (room.has("targets")) {
            groups = new ListedGroups(room.texts("targets"));
        } else {
            Room discover = room.room("discover");
            interval = discover.duration("interval", interval);
            groups = groups(discover, port);
        }
        Duration often = interval;
        Groups read = groups;
        return read == null
                ? null
                : reading.built(
                        room.pointer(),
                        () -> new DiscoverySettings(
                                read, new Naming(clusterLabel, cluster, memberLabel, scheme, port), often));
    }

    private @Nullable Groups groups(Room room, int port) {
        String place = room.only(PLACES);
        if (place == null) {
            if (PLACES.stream().noneMatch(room::means)) {
                reading.problem(room.pointer(), "names no place; expected one of " + String.join(", ", PLACES));
            }
            return null;
        }
        Transport transport = transport(room, authorization(room));
        if (!place.equals("prometheus")) {
            alone(room, List.of("job"), "prometheus");
        }
        if (!place.equals("dns-srv")) {
            alone(room, List.of("dns-server"), "dns-srv");
        }
        if (!place.equals("kubernetes")) {
            alone(room, List.of("namespace", "pods"), "kubernetes");
        }
        return switch (place) {
            case "files" -> new FileGroups(room.paths("files"));
            case "http" -> new HttpGroups(room.text("http", STAND_IN), transport);
            case "prometheus" -> {
                String job = job(room);
                yield job == null ? null : new PrometheusGroups(room.text("prometheus", STAND_IN), job, transport);
            }
            case "dns-srv" -> new DnsGroups(room.text("dns-srv", ""), room.text("dns-server"));
            default -> {
                if (port == 0) {
                    reading.problem(room.pointer(), "finds pods, which have no port; expected port beside discover");
                    yield null;
                }
                yield new PodGroups(
                        room.text("kubernetes", STAND_IN),
                        room.text("namespace"),
                        room.text("pods", "component=etcd"),
                        port,
                        transport);
            }
        };
    }

    private @Nullable String job(Room room) {
        String job = room.text("job", ".*etcd.*");
        try {
            Pattern.compile(job);
            return job;
        } catch (PatternSyntaxException e) {
            reading.problem(
                    room.at("job"),
                    "'job' is no regular expression: " + e.getDescription() + "; expected such as .*etcd.*");
            return null;
        }
    }

    /** Complains of keys that mean something only beside another one. */
    private void alone(Room room, List<String> keys, String beside) {
        keys.stream()
                .filter(room::has)
                .forEach(key -> reading.problem(
                        room.at(key), "'" + key + "' means nothing here; expected it only beside '" + beside + "'"));
    }

    private static Duration deadline(Room room, Duration interval, boolean judged) {
        Duration usual = shorter(interval, EtcdSettings.DEADLINE);
        return judged ? room.duration("deadline", usual) : usual;
    }

    private static Duration memberListInterval(Room room, Duration interval, boolean judged) {
        Duration usual = interval.compareTo(EtcdSettings.MEMBER_LIST_INTERVAL) > 0
                ? interval
                : EtcdSettings.MEMBER_LIST_INTERVAL;
        return judged ? room.duration("member-list-interval", usual) : usual;
    }

    /** How the peers of any room are reached: {@code tls} and {@code proxy}. */
    private Transport transport(Room room, @Nullable Authorization authorization) {
        return new Transport(room.has("tls") ? tls(room.room("tls")) : null, authorization, proxy(room));
    }

    /** What peers of HTTP are shown: {@code basic} or {@code bearer-token}. */
    private @Nullable Authorization authorization(Room room) {
        Room.Secret token = room.secret("bearer-token");
        if (token != null && room.has("basic")) {
            reading.problem(
                    room.at("basic"),
                    "'basic' stands beside 'bearer-token'; expected one of the two: strike the other");
        }
        if (room.has("basic")) {
            return login(room.room("basic"));
        }
        if (token == null) {
            return null;
        }
        return token.file() == null ? BearerToken.of(token.value()) : BearerToken.inFile(token.file());
    }

    /** {@code user}, and {@code password} from a file or the environment. */
    private @Nullable BasicLogin login(Room room) {
        String user = room.text("user");
        String key = room.has("password-env") ? "password-env" : "password-file";
        Room.Secret password = room.secret("password");
        if (user == null) {
            if (room.has(key) && !room.means("user")) {
                reading.problem(room.at(key), "'" + key + "' stands without 'user'; expected both or neither");
            }
            return null;
        }
        if (password == null) {
            if (!room.means("password-file") && !room.means("password-env")) {
                reading.problem(
                        room.at("user"), "'user' stands without a password; expected password-file or password-env");
            }
            return null;
        }
        return password.file() == null
                ? BasicLogin.of(user, password.value())
                : BasicLogin.inFile(user, password.file());
    }

    private @Nullable Tls tls(Room room) {
        String ca = room.file("ca");
        String certificate = room.file("certificate");
        String key = room.secretFile("key");
        String serverName = room.text("server-name");
        boolean insecure = room.flag("insecure", false);
        return reading.built(room.pointer(), () -> new Tls(ca, certificate, key, serverName, insecure));
    }

    private @Nullable HttpProxy proxy(Room room) {
        String proxy = room.text("proxy");
        return proxy == null ? null : reading.built(room.at("proxy"), () -> HttpProxy.at(proxy));
    }

    private @Nullable WindowSettings windows(Room room) {
        Duration size = room.duration("window", WindowSettings.DEFAULT.size());
        Duration horizon = WindowSettings.DEFAULT.horizon();
        // Of two durations one of which was refused nothing can be said.
        boolean judged = !spoilt(room, "window") && !spoilt(room, "horizon");
        Duration late = judged ? room.duration("horizon", horizon) : size.compareTo(horizon) > 0 ? size : horizon;
        return reading.built(room.pointer(), () -> new WindowSettings(size, late));
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

    private @Nullable ReceiverSettings webhook(Room receiver) {
        Room room = receiver.room("webhook");
        String name = room.text("name", WebhookSettings.DEFAULT_NAME);
        once(room, List.of("name"), "webhook " + name, "'name' is " + name + " a second time; expected a 'name' each");
        String url = webhookUrl(room);
        Duration timeout = room.duration("timeout", WebhookSettings.DEFAULT_TIMEOUT);
        Duration retryFor = room.duration("retry-for", Retry.DEFAULT.budget());
        boolean sendResolved = room.flag("send-resolved", true);
        WebhookSettings webhook = reading.built(
                room.pointer(),
                () -> new WebhookSettings(name, url, timeout, Retry.DEFAULT.within(retryFor), sendResolved));
        if (webhook != null && room.has("url")) {
            room.note("url", webhook.shownUrl());
            if (!webhook.shownUrl().equals(url)) {
                masked.add(room.pointer()
                                .substring(1)
                                .replaceAll("/(\\d+)", "[$1]")
                                .replace('/', '.') + ".url");
            }
        }
        return webhook;
    }

    private String webhookUrl(Room room) {
        List<String> ways = List.of("url", "url-file", "url-env");
        String way = room.only(ways);
        if (way == null) {
            if (ways.stream().noneMatch(room::means)) {
                reading.problem(room.pointer(), "'url' is missing; expected one of url, url-file and url-env");
            }
            return STAND_IN;
        }
        if (!way.equals("url")) {
            Room.Secret secret = room.secret("url");
            return secret == null ? STAND_IN : secret.value();
        }
        String url = room.text("url", STAND_IN);
        if (url.matches("(?s)[a-z]+://[^/?#]*@.*")) {
            reading.problem(
                    room.at("url"),
                    "'url' holds a user or a password in clear (not repeated); expected the whole address in a file or an"
                            + " environment variable: set url-file or url-env");
            return STAND_IN;
        }
        return url;
    }

    private @Nullable KafkaSettings kafka(Room room) {
        String bootstrap = room.text("bootstrap", "refused:1");
        int partitions = room.number("partitions", KafkaSettings.DEFAULT_PARTITIONS);
        int replication = room.number("replication", 1);
        Duration idleAfter = room.duration("idle-after", KafkaSettings.DEFAULT_IDLE_AFTER);
        return reading.built(
                room.pointer(), () -> new KafkaSettings(bootstrap, partitions, (short) replication, idleAfter));
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

    private DeskSettings desk(Room room) {
        return new DeskSettings(
                embeddedPort(room, "kafka-port", "kafka"),
                embeddedPort(room, "clickhouse-port", "clickhouse"),
                ownPort(room, "flink-port", List.of("kafka-port", "clickhouse-port")),
                ownPort(room, "metrics-port", List.of("kafka-port", "clickhouse-port", "flink-port")));
    }

    private int embeddedPort(Room room, String key, String own) {
        if (!root.means(own)) {
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

    /** The elements of a list that can be read. */
    private static <T> List<T> each(Room room, String key, Function<Room, @Nullable T> element) {
        List<T> all = new ArrayList<>();
        for (Room one : room.has(key) ? room.rooms(key) : List.<Room>of()) {
            add(all, element.apply(one));
        }
        return all;
    }

    private static <T> void add(List<T> all, @Nullable T read) {
        if (read != null) {
            all.add(read);
        }
    }

    /** Complains about the second of two elements that are the same by these keys; of a refused key nothing can be said. */
    private void once(Room room, List<String> keys, String identity, String problem) {
        if (keys.stream().noneMatch(key -> spoilt(room, key)) && !seen.add(identity)) {
            reading.problem(room.at(keys.get(0)), problem);
        }
    }

    private boolean spoilt(Room room, String key) {
        return reading.spoilt(room.at(key));
    }

    private static Duration shorter(Duration one, Duration other) {
        return one.compareTo(other) < 0 ? one : other;
    }
}
