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
import io.quorate.ingest.prometheus.NodeJoin;
import io.quorate.ingest.prometheus.NodePage;
import io.quorate.ingest.prometheus.PrometheusSettings;
import io.quorate.ingest.prometheus.ScrapeSettings;
import io.quorate.ingest.transport.Authorization;
import io.quorate.ingest.transport.BasicLogin;
import io.quorate.ingest.transport.BearerToken;
import io.quorate.ingest.transport.HttpProxy;
import io.quorate.ingest.transport.Tls;
import io.quorate.ingest.transport.Transport;
import io.quorate.rules.yaml.Durations;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import org.jspecify.annotations.Nullable;

/** Reads the room {@code ingest}: who is asked, where that is found, and how they are reached. */
final class IngestReader {

    private static final List<String> PLACES = List.of("files", "http", "prometheus", "dns-srv", "kubernetes");

    /** Half of the time for which the rules on statuses count an answer: one may be late or lost. */
    private static final Duration MOST_STATUS_INTERVAL = Duration.ofSeconds(5);

    private final Reading reading;
    private final Duration metricsInterval;
    private final List<PrometheusSettings> prometheus;
    private final List<ScrapeSettings> scraped;
    private final List<EtcdSettings> etcd = new ArrayList<>();
    private final List<EtcdDiscovery> found = new ArrayList<>();

    IngestReader(Reading reading, Room ingest) {
        this.reading = reading;
        metricsInterval = ingest.duration("metrics-interval", PrometheusSettings.INTERVAL);
        Duration status = ingest.duration("status-interval", EtcdSettings.INTERVAL);
        if (status.compareTo(MOST_STATUS_INTERVAL) > 0) {
            reading.problem(
                    ingest.at("status-interval"),
                    "'status-interval' is " + Durations.text(status) + "; expected at most "
                            + Durations.text(MOST_STATUS_INTERVAL)
                            + ", as rules count an answer of a member for 10s and would miss what stands between two");
        }
        prometheus = ingest.each(
                "prometheus", server -> prometheus(server, metricsInterval, !ingest.spoilt("metrics-interval")));
        scraped = ingest.each("metrics", entry -> scraped(entry, metricsInterval, !ingest.spoilt("metrics-interval")));
        for (Room entry : ingest.has("etcd") ? ingest.rooms("etcd") : List.<Room>of()) {
            boolean judged = !ingest.spoilt("status-interval");
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
    }

    Duration metricsInterval() {
        return metricsInterval;
    }

    List<PrometheusSettings> prometheus() {
        return prometheus;
    }

    List<ScrapeSettings> scraped() {
        return scraped;
    }

    List<EtcdSettings> etcd() {
        return etcd;
    }

    List<EtcdDiscovery> found() {
        return found;
    }

    /**
     * @param judged whether the interval can be held against other durations; not when it was refused itself
     */
    private @Nullable PrometheusSettings prometheus(Room room, Duration interval, boolean judged) {
        Duration timeout = shorter(interval, PrometheusSettings.TIMEOUT);
        String url = room.text("url", SettingsReader.STAND_IN);
        String selector = room.text("selector", PrometheusSettings.SELECTOR);
        String clusterLabel = room.text("cluster-label", PrometheusSettings.CLUSTER_LABEL);
        String cluster = room.text("cluster");
        String memberLabel = room.text("member-label");
        Duration asked = judged ? room.duration("timeout", timeout) : timeout;
        Transport transport = transport(room, authorization(room));
        reading.once(
                room,
                List.of("url", "selector"),
                "prometheus " + url + ' ' + selector,
                "'url' with this selector stands here a second time; expected each server once");
        List<String> dropLabels = room.texts("drop-labels");
        Map<String, String> labels = room.labels("labels");
        NodeJoin nodes = room.has("node-exporter") ? nodes(room.room("node-exporter")) : null;
        return reading.built(
                room.pointer(),
                () -> new PrometheusSettings(
                        url,
                        selector,
                        clusterLabel,
                        cluster,
                        memberLabel,
                        interval,
                        asked,
                        transport,
                        dropLabels,
                        labels,
                        nodes));
    }

    private @Nullable NodeJoin nodes(Room room) {
        String selector = room.text("selector", "{}");
        String memberLabel = room.text("member-label");
        String nodeLabel = room.text("node-label");
        String dataDir = room.text("data-dir");
        return reading.built(room.pointer(), () -> new NodeJoin(selector, memberLabel, nodeLabel, dataDir));
    }

    private @Nullable EtcdSettings etcd(Room room, Duration interval, boolean judged) {
        for (String key : List.of("cluster", "endpoints")) {
            if (!room.means(key)) {
                reading.problem(room.pointer(), "'" + key + "' is missing; expected it here, or discover in its place");
            }
        }
        alone(room, List.of("cluster-label", "scheme", "port"), "discover");
        String cluster = room.text("cluster", "refused");
        reading.once(
                room,
                List.of("cluster"),
                "etcd " + cluster,
                "'cluster' is " + cluster + " a second time; expected one entry per cluster");
        List<String> endpoints = room.texts("endpoints");
        if (endpoints.isEmpty()) {
            endpoints.add(SettingsReader.STAND_IN);
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
        boolean follow = room.flag("follow-members", false);
        return reading.built(
                room.pointer(),
                () -> new EtcdSettings(cluster, endpoints, interval, deadline, memberList, transport, labels, follow));
    }

    private @Nullable EtcdDiscovery found(Room room, Duration interval, boolean judged) {
        alone(room, List.of("endpoints", "labels"), "cluster");
        Duration deadline = deadline(room, interval, judged);
        Duration memberList = memberListInterval(room, interval, judged);
        Transport transport = transport(room, login(room));
        DiscoverySettings targets = targets(room, transport.tls() == null ? "http" : "https");
        boolean follow = room.flag("follow-members", false);
        return targets == null
                ? null
                : reading.built(
                        room.pointer(),
                        () -> new EtcdDiscovery(targets, interval, deadline, memberList, transport, follow));
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
        NodePage nodes = room.has("node-exporter") ? nodePage(room.room("node-exporter")) : null;
        return targets == null
                ? null
                : reading.built(room.pointer(), () -> new ScrapeSettings(targets, interval, timeout, transport, nodes));
    }

    private @Nullable NodePage nodePage(Room room) {
        int port = room.number("port", NodePage.PORT);
        String dataDir = room.text("data-dir");
        return reading.built(room.pointer(), () -> new NodePage(port, dataDir));
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
            case "http" -> new HttpGroups(room.text("http", SettingsReader.STAND_IN), transport);
            case "prometheus" -> {
                String job = job(room);
                yield job == null
                        ? null
                        : new PrometheusGroups(room.text("prometheus", SettingsReader.STAND_IN), job, transport);
            }
            case "dns-srv" -> new DnsGroups(room.text("dns-srv", ""), room.text("dns-server"));
            default -> {
                if (port == 0) {
                    reading.problem(room.pointer(), "finds pods, which have no port; expected port beside discover");
                    yield null;
                }
                yield new PodGroups(
                        room.text("kubernetes", SettingsReader.STAND_IN),
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

    private static <T> void add(List<T> all, @Nullable T read) {
        if (read != null) {
            all.add(read);
        }
    }

    private static Duration shorter(Duration one, Duration other) {
        return one.compareTo(other) < 0 ? one : other;
    }
}
