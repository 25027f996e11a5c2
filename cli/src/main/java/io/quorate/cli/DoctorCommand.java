package io.quorate.cli;

import io.quorate.desk.PartUnavailable;
import io.quorate.desk.Platform;
import io.quorate.ingest.etcd.EtcdSettings;
import io.quorate.ingest.prometheus.BearerToken;
import io.quorate.ingest.prometheus.PrometheusSettings;
import io.quorate.jobs.settings.Settings;
import io.quorate.jobs.settings.SettingsReader;
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
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import okhttp3.FormBody;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.Response;
import okhttp3.ResponseBody;
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

    private static final int AT_ONCE = 256;

    @Option(names = "--config", required = true, paramLabel = "FILE", description = "The settings: quorate.yaml.")
    private Path config = Path.of("quorate.yaml");

    @Option(names = "--print-config", description = "Only print the effective settings, secrets masked.")
    private boolean printConfig;

    /** What is looked at, and what of it is told when it does not answer in time. */
    private record Check(String part, String name, Callable<Finding> look) {}

    private record Finding(boolean well, String part, String what) {}

    private final List<Check> checks = new ArrayList<>();

    @Override
    public Integer call() throws InvalidYaml, InterruptedException {
        if (printConfig) {
            System.out.print(SettingsReader.print(config));
            return 0;
        }
        Settings settings = SettingsReader.read(config);
        tell(ok(
                "settings",
                config + ": profile " + settings.profile() + ", "
                        + settings.rules().size() + " rule(s), "
                        + settings.prometheus().size() + " Prometheus, "
                        + settings.etcd().size() + " etcd cluster(s)"));
        for (PrometheusSettings server : settings.prometheus()) {
            check("prometheus", server.url(), () -> prometheus(server));
        }
        for (EtcdSettings cluster : settings.etcd()) {
            cluster.endpoints().forEach(endpoint -> checkConnects("etcd " + cluster.cluster(), endpoint));
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
        for (ReceiverSettings receiver : settings.receivers()) {
            if (receiver instanceof WebhookSettings webhook) {
                checkConnects("receiver " + webhook.name(), hostAndPort(webhook.url()));
            }
        }
        if (settings.receivers().isEmpty()) {
            tell(ok("alerting", "no receivers: alerts are only recorded; add alerting.receivers to be notified"));
        }
        List<Finding> findings = looked();
        findings.forEach(DoctorCommand::tell);
        findings.stream()
                .filter(finding -> !finding.well())
                .forEach(finding -> System.err.println("quorate: " + finding.part() + ": " + finding.what()));
        return findings.stream().allMatch(Finding::well) ? 0 : Quorate.OUT_OF_REACH;
    }

    private void check(String part, String name, Callable<Finding> look) {
        checks.add(new Check(part, name, look));
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
        List<Future<Finding>> begun =
                checks.stream().map(check -> looking.submit(check.look())).toList();
        long rounds = 1 + (checks.size() - 1) / AT_ONCE;
        long until = System.nanoTime() + ROUND.multipliedBy(rounds).toNanos();
        List<Finding> findings = new ArrayList<>();
        for (int i = 0; i < begun.size(); i++) {
            findings.add(finding(checks.get(i), begun.get(i), until));
        }
        looking.shutdownNow();
        return findings;
    }

    private static Finding finding(Check check, Future<Finding> begun, long until) throws InterruptedException {
        try {
            return begun.get(Math.max(0, until - System.nanoTime()), TimeUnit.NANOSECONDS);
        } catch (TimeoutException e) {
            return miss(
                    check.part(),
                    check.name() + " has not answered within " + ROUND.toSeconds()
                            + " s; check the address and that it is up");
        } catch (ExecutionException e) {
            return miss(check.part(), check.name() + " cannot be asked (" + e.getCause() + "); check the address");
        }
    }

    private static Finding prometheus(PrometheusSettings settings) {
        Request.Builder request = new Request.Builder();
        BearerToken token = settings.bearerToken();
        try {
            if (token != null) {
                request.header("Authorization", token.header());
            }
        } catch (IOException e) {
            return miss("prometheus", e.getMessage() + "; check ingest.prometheus.bearer-token-file");
        }
        OkHttpClient http = new OkHttpClient.Builder()
                .callTimeout(settings.timeout().compareTo(ANSWER) < 0 ? settings.timeout() : ANSWER)
                .followRedirects(false)
                .build();
        String query = "count(etcd_server_has_leader" + settings.selector() + ")";
        request.url(settings.url().replaceAll("/+$", "") + "/api/v1/query")
                .post(new FormBody.Builder().add("query", query).build());
        try (Response response = http.newCall(request.build()).execute()) {
            ResponseBody body = response.body();
            String text = body.string();
            if (response.code() != 200 || !text.startsWith("{\"status\":\"success\"")) {
                return miss(
                        "prometheus",
                        settings.url() + " answered HTTP " + response.code()
                                + ", not as Prometheus does; check ingest.prometheus.url");
            }
            return text.contains("\"result\":[]")
                    ? miss(
                            "prometheus",
                            settings.url() + " has no etcd_server_has_leader" + settings.selector()
                                    + "; check ingest.prometheus.selector")
                    : ok("prometheus", settings.url() + ": knows etcd members of " + settings.selector());
        } catch (IOException e) {
            return miss(
                    "prometheus", settings.url() + " does not answer (" + e.getMessage() + "); check that it is up");
        }
    }

    private static Finding clickhouse(ClickHouseSettings settings) {
        try {
            new ClickHouseClient(settings).execute("SELECT 1");
            return ok("clickhouse", settings.url() + ": answers");
        } catch (IOException e) {
            return miss("clickhouse", String.valueOf(e.getMessage()));
        }
    }

    private static Finding connect(String part, String name) {
        // By hand, as a URI knows no host with an underscore.
        String address = name.replaceAll("^[a-z]+://|/$", "");
        int colon = address.lastIndexOf(':');
        String host = address.substring(0, colon).replaceAll("^\\[|]$", "");
        try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress(host, Integer.parseInt(address.substring(colon + 1))), CONNECT_MILLIS);
            return ok(part, name + ": listens");
        } catch (IOException e) {
            return miss(
                    part, name + " cannot be reached (" + e.getMessage() + "); check the address and that it is up");
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
            return ok(part, "embedded: starts with 'quorate run'");
        } catch (PartUnavailable e) {
            return miss(part, String.valueOf(e.getMessage()));
        }
    }

    private static Finding ok(String part, String what) {
        return new Finding(true, part, what);
    }

    private static Finding miss(String part, String what) {
        return new Finding(false, part, what.replaceAll("\\p{Cntrl}+", " "));
    }

    private static void tell(Finding finding) {
        System.out.printf("%-5s %-16s %s%n", finding.well() ? "ok" : "MISS", finding.part(), finding.what());
    }
}
