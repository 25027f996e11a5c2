package io.quorate.cli.endtoend;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpServer;
import io.quorate.desk.EtcdCluster;
import io.quorate.desk.EtcdCluster.Member;
import io.quorate.desk.EtcdLoad;
import io.quorate.desk.Home;
import io.quorate.desk.PrometheusServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;

/** What a run looks at and whom it tells: a real etcd cluster under load, a real Prometheus, and an endpoint for its pages. */
final class Watched implements AutoCloseable {

    private static final ObjectMapper JSON = new ObjectMapper();

    final EtcdCluster cluster;
    private final PrometheusServer prometheus;
    private final EtcdLoad load;
    private final HttpServer receiver;
    private final List<Page> pages = new CopyOnWriteArrayList<>();

    /** One notification as it arrived. */
    record Page(String rule, String status, String severity, String id, Instant startsAt, Instant deliveredAt) {}

    private Watched(EtcdCluster cluster, PrometheusServer prometheus, EtcdLoad load, HttpServer receiver) {
        this.cluster = cluster;
        this.prometheus = prometheus;
        this.load = load;
        this.receiver = receiver;
    }

    static Watched start(Path state) throws IOException {
        Home home = Home.current().withState(state);
        EtcdCluster cluster = EtcdCluster.start(home, "etcd", "c1", 3);
        PrometheusServer prometheus = PrometheusServer.start(
                home, "prometheus", Duration.ofSeconds(2), PrometheusServer.Target.membersOf(cluster));
        HttpServer receiver = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 64);
        Watched watched = new Watched(cluster, prometheus, EtcdLoad.start(cluster.endpoints(), 20), receiver);
        receiver.createContext("/hook", exchange -> {
            try (exchange) {
                watched.take(JSON.readTree(exchange.getRequestBody()));
                exchange.sendResponseHeaders(200, -1);
            }
        });
        receiver.start();
        return watched;
    }

    /** The settings that look at it and tell it. */
    String settings() {
        return settings("http://127.0.0.1:" + receiver.getAddress().getPort() + "/hook");
    }

    /** The settings that look at it and tell another. */
    String settings(String hook) {
        return """
                ingest:
                  metrics-interval: 2s
                  prometheus:
                    - { url: "%s", selector: '{job="etcd"}' }
                  etcd:
                    - { cluster: c1, endpoints: [%s] }
                rules: { profile: lab }
                alerting:
                  receivers:
                    - webhook: { name: hook, url: "%s", per-minute: 0 }
                flink: { checkpoint-interval: 2s }
                """.formatted(prometheus.url(), String.join(", ", cluster.endpoints()), hook);
    }

    /** Settings written for others' addresses, with its own in their place. */
    String inPlaceOfExamples(String settings) {
        String own = settings.replace("http://prometheus.example:9090", prometheus.url())
                .replace("prod-eu-1", "c1")
                .replace(
                        "http://127.0.0.1:9099",
                        "http://127.0.0.1:" + receiver.getAddress().getPort());
        List<String> endpoints = cluster.endpoints();
        for (int i = 0; i < endpoints.size(); i++) {
            own = own.replace("http://etcd-" + (i + 1) + ".example:2379", endpoints.get(i));
        }
        return own;
    }

    List<Page> storms() {
        return pages("EtcdElectionStorm");
    }

    List<Page> pages(String rule) {
        return pages.stream().filter(page -> page.rule().equals(rule)).toList();
    }

    /** Stalls the leader until another leads. */
    void changeLeader() {
        Awaitility.await()
                .atMost(20, TimeUnit.SECONDS)
                .until(() -> cluster.leader().isPresent());
        Member old = cluster.leader().orElseThrow();
        cluster.stall(old);
        try {
            Awaitility.await()
                    .atMost(20, TimeUnit.SECONDS)
                    .until(() -> cluster.leader()
                            .filter(leader -> !leader.name().equals(old.name()))
                            .isPresent());
        } finally {
            cluster.resume(old);
        }
    }

    private void take(JsonNode message) {
        for (JsonNode alert : message.path("alerts")) {
            if (!alert.path("news").asBoolean(true)) {
                continue;
            }
            pages.add(new Page(
                    alert.path("labels").path("alertname").asText(),
                    alert.path("status").asText(),
                    alert.path("labels").path("severity").asText(),
                    alert.path("fingerprint").asText(),
                    Instant.parse(alert.path("startsAt").asText()),
                    Instant.now()));
        }
    }

    @Override
    public void close() {
        load.close();
        receiver.stop(0);
        prometheus.close();
        cluster.close();
    }
}
