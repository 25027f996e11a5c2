package io.quorate.cli;

import io.quorate.desk.Platform;
import io.quorate.ingest.etcd.EtcdSettings;
import io.quorate.ingest.prometheus.PrometheusSettings;
import io.quorate.jobs.settings.Settings;
import io.quorate.jobs.settings.SettingsReader;
import io.quorate.rules.yaml.InvalidYaml;
import io.quorate.sinks.clickhouse.ClickHouseClient;
import io.quorate.sinks.clickhouse.ClickHouseSettings;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
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

    @Option(names = "--config", required = true, paramLabel = "FILE", description = "The settings: quorate.yaml.")
    private Path config = Path.of("quorate.yaml");

    private final List<String> outOfReach = new ArrayList<>();

    @Override
    public Integer call() throws InvalidYaml {
        Settings settings = SettingsReader.read(config);
        tell(
                "settings",
                config + ": profile " + settings.profile() + ", "
                        + settings.rules().size() + " rule(s), "
                        + settings.prometheus().size() + " Prometheus, "
                        + settings.etcd().size() + " etcd cluster(s)");
        settings.prometheus().forEach(this::prometheus);
        settings.etcd().forEach(this::etcd);
        if (settings.ownKafka() == null) {
            embedded("kafka");
        } else {
            for (String broker : settings.kafka().bootstrap().split(",")) {
                connect("kafka", broker);
            }
        }
        if (settings.ownClickhouse() == null) {
            embedded("clickhouse");
        } else {
            clickhouse(settings.clickhouse());
        }
        if (settings.receivers().isEmpty()) {
            tell("alerting", "no receivers: alerts are only recorded; add alerting.receivers to be notified");
        }
        outOfReach.forEach(System.err::println);
        return outOfReach.isEmpty() ? 0 : Quorate.OUT_OF_REACH;
    }

    private void prometheus(PrometheusSettings settings) {
        OkHttpClient http = new OkHttpClient.Builder()
                .callTimeout(settings.timeout())
                .followRedirects(false)
                .build();
        String url = settings.url().replaceAll("/+$", "") + "/api/v1/query";
        String query = "count(etcd_server_has_leader" + settings.selector() + ")";
        Request.Builder request = new Request.Builder()
                .url(url)
                .post(new FormBody.Builder().add("query", query).build());
        try (Response response = http.newCall(authorized(request, settings)).execute()) {
            ResponseBody body = response.body();
            String text = body.string();
            if (response.code() != 200 || !text.startsWith("{\"status\":\"success\"")) {
                miss(
                        "prometheus",
                        settings.url() + " answered HTTP " + response.code()
                                + ", not as Prometheus does; check ingest.prometheus.url");
            } else if (text.contains("\"result\":[]")) {
                miss(
                        "prometheus",
                        settings.url() + " has no etcd_server_has_leader" + settings.selector()
                                + "; check ingest.prometheus.selector");
            } else {
                tell("prometheus", settings.url() + ": knows etcd members of " + settings.selector());
            }
        } catch (IOException e) {
            miss("prometheus", settings.url() + " does not answer (" + e.getMessage() + "); check that it is up");
        }
    }

    private static Request authorized(Request.Builder request, PrometheusSettings settings) throws IOException {
        if (settings.bearerTokenFile() != null) {
            String token = Files.readString(Path.of(settings.bearerTokenFile())).strip();
            request.header("Authorization", "Bearer " + token);
        }
        return request.build();
    }

    private void etcd(EtcdSettings settings) {
        for (String endpoint : settings.endpoints()) {
            connect("etcd " + settings.cluster(), endpoint);
        }
    }

    private void clickhouse(ClickHouseSettings settings) {
        try {
            new ClickHouseClient(settings).execute("SELECT 1");
            tell("clickhouse", settings.url() + ": answers");
        } catch (IOException e) {
            miss("clickhouse", String.valueOf(e.getMessage()));
        }
    }

    private void connect(String part, String name) {
        // By hand, as a URI knows no host with an underscore.
        String address = name.replaceAll("^[a-z]+://|/$", "");
        int colon = address.lastIndexOf(':');
        String host = address.substring(0, colon).replaceAll("^\\[|]$", "");
        try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress(host, Integer.parseInt(address.substring(colon + 1))), CONNECT_MILLIS);
            tell(part, name + ": listens");
        } catch (IOException e) {
            miss(part, name + " cannot be reached (" + e.getMessage() + "); check the address and that it is up");
        }
    }

    private void embedded(String part) {
        Platform.check();
        tell(part, "embedded: starts with 'quorate run'");
    }

    private static void tell(String part, String what) {
        System.out.printf("ok    %-16s %s%n", part, what);
    }

    private void miss(String part, String what) {
        System.out.printf("MISS  %-16s %s%n", part, what);
        outOfReach.add("quorate: " + part + ": " + what);
    }
}
