package io.quorate.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.quorate.desk.FreePorts;
import io.quorate.desk.PartUnavailable;
import io.quorate.desk.Platform;
import io.quorate.desk.PortBusy;
import io.quorate.ingest.catalogue.Shown;
import io.quorate.ingest.etcd.EtcdProbe;
import io.quorate.jobs.settings.Settings;
import io.quorate.jobs.settings.SettingsReader;
import io.quorate.rules.Rule;
import io.quorate.rules.yaml.InvalidYaml;
import io.quorate.sinks.clickhouse.ClickHouseClient;
import io.quorate.sinks.clickhouse.ClickHouseSettings;
import io.quorate.sinks.receivers.ReceiverSettings;
import io.quorate.sinks.receivers.webhook.WebhookSettings;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Checks settings, and whether everything they name can be reached. */
@Command(
        name = "doctor",
        mixinStandardHelpOptions = true,
        description = "Check the settings, and whether everything they name can be reached.")
final class DoctorCommand implements Callable<Integer> {

    private static final int CONNECT_MILLIS = 2_000;

    /** For one answer, whatever the settings grant: who asks a doctor waits for it. */
    private static final Duration ANSWER = Duration.ofMillis(4_500);

    /** For everything that is asked at once. */
    private static final Duration ROUND = Duration.ofSeconds(5);

    /** For all rounds: what is told after ten seconds nobody waits for. */
    private static final Duration IN_ALL = Duration.ofSeconds(9);

    private static final int AT_ONCE = 512;

    /** How findings are written. */
    enum Format {
        TEXT,
        JSON
    }

    private static final ObjectMapper JSON = new ObjectMapper();

    @Option(names = "--config", required = true, paramLabel = "FILE", description = "The settings: quorate.yaml.")
    private Path config = Path.of("quorate.yaml");

    @Option(names = "--print-config", description = "Only print the effective settings, secrets masked.")
    private boolean printConfig;

    @Option(
            names = "--format",
            paramLabel = "text|json",
            defaultValue = "text",
            description = "text, one line per finding; or json, one object with all of them. Default: text.")
    private Format format = Format.TEXT;

    /** What is looked at, and what of it is told when it does not answer in time. */
    private record Check(String part, String name, Callable<List<Finding>> look) {}

    private final List<Check> checks = new ArrayList<>();

    @Override
    public Integer call() throws InvalidYaml, InterruptedException, JsonProcessingException {
        if (printConfig) {
            System.out.print(SettingsReader.print(config));
            return 0;
        }
        Settings settings = SettingsReader.read(config);
        List<Finding> findings = new ArrayList<>();
        findings.add(Finding.ok("settings", config + ": " + summary(settings)));
        List<PrometheusCheckup> servers = settings.prometheus().stream()
                .map(server -> new PrometheusCheckup(server, settings.windows().size()))
                .toList();
        List<EtcdCheckup> clusters =
                settings.etcd().stream().map(EtcdCheckup::new).toList();
        servers.forEach(server -> checks.add(new Check("prometheus", server.url(), () -> server.ask(ANSWER))));
        for (EtcdCheckup cluster : clusters) {
            for (String endpoint : cluster.endpoints()) {
                checks.add(new Check(cluster.part(), endpoint, () -> cluster.ask(endpoint, ANSWER)));
            }
        }
        if (settings.ownKafka() == null) {
            check("kafka", "the embedded broker", () -> embedded("kafka"));
        } else {
            List.of(settings.kafka().bootstrap().split(",")).forEach(broker -> checkConnects("kafka", broker));
        }
        if (settings.ownClickhouse() == null) {
            check("clickhouse", "the embedded engine", () -> embedded("clickhouse"));
        } else {
            check("clickhouse", settings.clickhouse().url(), () -> clickhouse(settings.clickhouse()));
        }
        checkFree("Kafka", settings.desk().kafkaPort());
        checkFree("ClickHouse", settings.desk().clickhousePort());
        checkFree("Flink", settings.desk().flinkPort());
        checkFree("metrics", settings.desk().metricsPort());
        for (ReceiverSettings receiver : settings.receivers()) {
            if (receiver instanceof WebhookSettings webhook) {
                checkConnects("receiver " + webhook.name(), hostAndPort(webhook.url()));
            }
        }
        if (settings.receivers().isEmpty()) {
            findings.add(Finding.ok(
                    "alerting", "no receivers: alerts are only recorded; add alerting.receivers to be notified"));
        }
        findings.addAll(looked());
        clusters.forEach(cluster -> findings.addAll(cluster.cautions()));
        clusters.forEach(cluster -> findings.addAll(cluster.compared()));
        findings.addAll(seen(servers, clusters, settings.rules()));
        if (!clusters.isEmpty()) {
            findings.add(Finding.ok("practice", Practices.UNSEEN));
        }
        findings.addAll(unknownTo(servers, clusters));
        boolean missed = findings.stream().anyMatch(Finding::missed);
        if (format == Format.JSON) {
            System.out.println(JSON.writerWithDefaultPrettyPrinter()
                    .writeValueAsString(Map.of(
                            "ok",
                            !missed,
                            "findings",
                            findings.stream().map(Finding::fields).toList())));
        } else {
            findings.forEach(Finding::tell);
        }
        return missed ? Quorate.OUT_OF_REACH : 0;
    }

    /** What the servers have of each cluster, the members among them that nobody scrapes. */
    private static List<Finding> seen(List<PrometheusCheckup> servers, List<EtcdCheckup> clusters, List<Rule> rules) {
        SortedMap<String, SortedMap<String, Shown>> all = new TreeMap<>();
        for (PrometheusCheckup server : servers) {
            server.shown()
                    .forEach((cluster, members) -> all.computeIfAbsent(cluster, unseen -> new TreeMap<>())
                            .putAll(members));
        }
        for (EtcdCheckup cluster : clusters) {
            SortedMap<String, Shown> members = all.get(cluster.cluster());
            if (members == null) {
                continue;
            }
            for (EtcdProbe.Listed member : cluster.members()) {
                boolean scraped = members.keySet().stream()
                        .anyMatch(name -> name.equals(member.name())
                                || member.clientUrls().stream().anyMatch(url -> url.endsWith("/" + name)));
                // Names that only a relabel rule knows cannot be matched: as many as members is enough then.
                if (!scraped && members.size() < cluster.members().size()) {
                    members.put(member.name().isEmpty() ? member.memberId() : member.name(), Shown.never());
                }
            }
        }
        List<Finding> findings = new ArrayList<>();
        all.forEach((cluster, members) -> findings.addAll(Sight.of(cluster, members, rules)));
        return findings;
    }

    private static String summary(Settings settings) {
        String rules = settings.rules().stream().map(Rule::name).collect(Collectors.joining(", "));
        return "profile " + settings.profile() + "; " + number(settings.rules().size(), "rule") + ": " + rules + "; "
                + settings.prometheus().size() + " Prometheus; "
                + number(settings.etcd().size(), "etcd cluster");
    }

    private static String number(int count, String noun) {
        return count + " " + noun + (count == 1 ? "" : "s");
    }

    /** Clusters under a name that no Prometheus has; nothing, as long as one of these has not told its own. */
    private static List<Finding> unknownTo(List<PrometheusCheckup> servers, List<EtcdCheckup> clusters) {
        Set<String> known = new TreeSet<>();
        for (PrometheusCheckup server : servers) {
            if (server.clusters().isEmpty()) {
                return List.of();
            }
            known.addAll(server.clusters().get());
        }
        return known.isEmpty()
                ? List.of()
                : clusters.stream()
                        .filter(cluster -> !known.contains(cluster.cluster()))
                        .map(cluster -> Finding.miss(
                                cluster.part(),
                                "etcd cluster '" + cluster.cluster() + "' has no series in Prometheus, which has: "
                                        + PrometheusCheckup.named(known)
                                        + "; windows and statuses would not meet; check ingest.etcd.cluster or"
                                        + " ingest.prometheus.cluster-label"))
                        .toList();
    }

    private void check(String part, String name, Callable<Finding> look) {
        checks.add(new Check(part, name, () -> List.of(look.call())));
    }

    private void checkFree(String part, int port) {
        if (port != 0) {
            check("desk", "port " + port, () -> free(part, port));
        }
    }

    private void checkConnects(String part, String address) {
        check(part, address, () -> connect(part, address));
    }

    /** What every check found, in the order of the settings; all at once, so that many dead peers cost as little as one. */
    private List<Finding> looked() throws InterruptedException {
        ExecutorService looking = Executors.newFixedThreadPool(AT_ONCE, work -> {
            Thread thread = new Thread(work, "doctor");
            // One that is stuck in a name look-up must not keep the process.
            thread.setDaemon(true);
            return thread;
        });
        List<Future<List<Finding>>> begun =
                checks.stream().map(check -> looking.submit(check.look())).toList();
        long rounds = 1 + (checks.size() - 1) / AT_ONCE;
        Duration patience = ROUND.multipliedBy(rounds);
        patience = patience.compareTo(IN_ALL) > 0 ? IN_ALL : patience;
        long until = System.nanoTime() + patience.toNanos();
        List<Finding> findings = new ArrayList<>();
        for (int i = 0; i < begun.size(); i++) {
            findings.addAll(found(checks.get(i), begun.get(i), until, patience));
        }
        looking.shutdownNow();
        return findings;
    }

    private static List<Finding> found(Check check, Future<List<Finding>> begun, long until, Duration patience)
            throws InterruptedException {
        try {
            return begun.get(Math.max(0, until - System.nanoTime()), TimeUnit.NANOSECONDS);
        } catch (TimeoutException e) {
            return List.of(Finding.miss(
                    check.part(),
                    check.name() + " has not answered within " + patience.toSeconds()
                            + " s; check the address and that it is up"));
        } catch (ExecutionException e) {
            return List.of(Finding.miss(
                    check.part(), check.name() + " cannot be asked (" + e.getCause() + "); check the address"));
        }
    }

    private static Finding clickhouse(ClickHouseSettings settings) {
        try {
            new ClickHouseClient(settings).execute("SELECT 1");
            return Finding.ok("clickhouse", settings.url() + ": answers");
        } catch (IOException e) {
            return Finding.miss("clickhouse", Finding.plain(e));
        }
    }

    private static Finding connect(String part, String name) {
        // By hand, as a URI knows no host with an underscore.
        String address = name.replaceAll("^[a-z]+://|/$", "");
        int colon = address.lastIndexOf(':');
        String host = address.substring(0, colon).replaceAll("^\\[|]$", "");
        try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress(host, Integer.parseInt(address.substring(colon + 1))), CONNECT_MILLIS);
            return Finding.ok(part, name + ": listens");
        } catch (IOException e) {
            return Finding.miss(
                    part, name + " cannot be reached (" + Finding.plain(e) + "); check the address and that it is up");
        }
    }

    /** All of a receiver's address that may be shown, with the port that its scheme implies. */
    private static String hostAndPort(String url) {
        URI address = URI.create(url);
        int implied = address.getScheme().equals("https") ? 443 : 80;
        return address.getScheme() + "://" + address.getHost() + ":"
                + (address.getPort() < 0 ? implied : address.getPort());
    }

    private static Finding embedded(String part) {
        try {
            Platform.check();
            return Finding.ok(part, "embedded: starts with 'quorate run'");
        } catch (PartUnavailable e) {
            return Finding.miss(part, String.valueOf(e.getMessage()));
        }
    }

    private static Finding free(String part, int port) {
        try {
            FreePorts.asked(part, port);
            return Finding.ok("desk", "port " + port + " for " + part + ": free");
        } catch (PortBusy e) {
            return Finding.miss("desk", String.valueOf(e.getMessage()));
        }
    }
}
