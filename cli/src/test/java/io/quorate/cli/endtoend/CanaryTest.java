package io.quorate.cli.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import io.quorate.cli.endtoend.RunningQuorate.Ended;
import io.quorate.desk.FreePorts;
import io.quorate.desk.Home;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A canary in every slot of a secret, shown to peers that repeat whatever they are shown: it is in nothing that the command
 * says, and in no file that a run leaves: logs, records of topics, rows, checkpoints.
 */
@Tag("slow")
class CanaryTest {

    private static final String CANARY = "C4n4ry";

    @TempDir
    private Path folder;

    private final List<String> shown = new ArrayList<>();
    private HttpServer parrot;
    private Home home;

    @BeforeEach
    void settle() throws Exception {
        home = RunningQuorate.freshHome(folder.resolve("home"));
        for (String slot : List.of("token", "basic", "etcd", "clickhouse")) {
            Files.writeString(folder.resolve(slot), CANARY + "-" + slot + "\n");
        }
        Files.writeString(folder.resolve("hook"), "http://127.0.0.1:1/" + CANARY + "-hook\n");
        Files.writeString(folder.resolve("client.pem"), "no certificate");
        Files.writeString(folder.resolve("client-key.pem"), """
                -----BEGIN PRIVATE KEY-----
                %s
                -----END PRIVATE KEY-----
                """.formatted(CANARY.repeat(10)));
        parrot = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        parrot.createContext("/", exchange -> {
            String all = exchange.getRequestHeaders().entrySet() + " "
                    + decoded(exchange.getRequestHeaders().getFirst("Authorization"))
                    + new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
            synchronized (shown) {
                shown.add(all);
            }
            byte[] answer = all.getBytes(StandardCharsets.UTF_8);
            int status = exchange.getRequestURI().getPath().startsWith("/broken") ? 500 : 401;
            exchange.sendResponseHeaders(status, answer.length);
            exchange.getResponseBody().write(answer);
            exchange.close();
        });
        parrot.start();
    }

    @AfterEach
    void close() {
        parrot.stop(0);
    }

    @Test
    void isInNothingThatTheCommandSays() throws Exception {
        Path settings = Files.writeString(
                folder.resolve("quorate.yaml"),
                settings() + "clickhouse: { url: \"" + url() + "\", password-file: clickhouse }\n");

        for (String verb : List.of("doctor", "doctor --print-config", "run", "doctor --debug")) {
            List<String> arguments = new ArrayList<>(List.of(verb.split(" ")));
            arguments.addAll(List.of("--config", settings.toString()));
            Ended ended = RunningQuorate.end(home, arguments.toArray(String[]::new));
            assertThat(ended.said()).as(verb).isNotEmpty().doesNotContain(CANARY);
        }

        assertThat(shown.toString()).contains("Bearer " + CANARY + "-token", CANARY + "-basic", CANARY + "-clickhouse");
        assertThat(RunningQuorate.end(home, "doctor", "--config", settings.toString())
                        .said())
                .contains("tls.insecure is true", "its bearer token goes over http", "its password goes over http");
    }

    @Test
    void isInNoFileThatARunLeaves() throws Exception {
        int flink = FreePorts.next();
        Path settings =
                Files.writeString(folder.resolve("quorate.yaml"), settings() + "desk: { flink-port: " + flink + " }\n");

        try (RunningQuorate run = RunningQuorate.start(home, "--config", settings.toString())) {
            Awaitility.await()
                    .atMost(60, TimeUnit.SECONDS)
                    .until(() -> letters().contains("HTTP 500"));
            Awaitility.await()
                    .atMost(60, TimeUnit.SECONDS)
                    .until(() -> letters().contains("HTTP 401"));
            assertThat(letters()).contains("tls.").doesNotContain(CANARY);
            String jobs = page(flink, "/jobs/overview");
            assertThat(jobs).contains("RUNNING").doesNotContain(CANARY);
            assertThat(run.said()).doesNotContain(CANARY);
        }

        assertThat(shown.toString()).contains("Bearer " + CANARY + "-token", CANARY + "-basic");
        assertThat(Files.readString(home.logs().resolve("flink.log")))
                .contains("tls.insecure is true", "its password goes over http");
        try (Stream<Path> files = Files.walk(home.root())) {
            List<Path> all = files.filter(Files::isRegularFile).toList();
            assertThat(all).as("what was looked through").hasSizeGreaterThan(20);
            for (Path file : all) {
                assertThat(new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1).contains(CANARY))
                        .as(file.toString())
                        .isFalse();
            }
        }
    }

    private String settings() {
        return """
                ingest:
                  metrics-interval: 1s
                  prometheus:
                    - { url: "%1$s", bearer-token-file: token }
                    - { url: "%1$s/broken", bearer-token-file: token }
                    - { url: "%1$s/second", basic: { user: me, password-file: basic } }
                    - { url: "%1$s/broken/second", basic: { user: me, password-file: basic } }
                    - { url: "https://127.0.0.1:1/insecure", tls: { insecure: true } }
                    - { url: "https://127.0.0.1:1", tls: { certificate: client.pem, key: client-key.pem } }
                  etcd:
                    - cluster: c1
                      endpoints: [ "https://127.0.0.1:1" ]
                      user: me
                      password-file: etcd
                      tls: { certificate: client.pem, key: client-key.pem }
                alerting: { receivers: [ { webhook: { url-file: hook } } ] }
                """.formatted(url());
    }

    private String url() {
        return "http://127.0.0.1:" + parrot.getAddress().getPort();
    }

    private String letters() throws IOException, InterruptedException {
        return RunningQuorate.end(home, "dead-letters", "--format", "json").said();
    }

    private static String page(int port, String path) throws IOException, InterruptedException {
        return HttpClient.newHttpClient()
                .send(
                        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
                                .build(),
                        HttpResponse.BodyHandlers.ofString())
                .body();
    }

    private static String decoded(String authorization) {
        return authorization != null && authorization.startsWith("Basic ")
                ? new String(
                        Base64.getDecoder().decode(authorization.substring("Basic ".length())), StandardCharsets.UTF_8)
                : "";
    }
}
