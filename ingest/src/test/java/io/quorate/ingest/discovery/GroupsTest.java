package io.quorate.ingest.discovery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import io.quorate.ingest.transport.BearerToken;
import io.quorate.ingest.transport.Transport;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class GroupsTest {

    @TempDir
    Path folder;

    private final List<String> problems = new ArrayList<>();
    private final List<String> asked = new ArrayList<>();
    private HttpServer server;
    private String answer = "";
    private int code = 200;

    @BeforeEach
    void serve() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", exchange -> {
            asked.add(exchange.getRequestURI() + " "
                    + exchange.getRequestHeaders().getFirst("Authorization"));
            byte[] bytes = answer.getBytes(java.nio.charset.StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(code, bytes.length);
            exchange.getResponseBody().write(bytes);
            exchange.close();
        });
        server.start();
    }

    @AfterEach
    void stop() {
        server.stop(0);
    }

    @Test
    void readsFilesOfJsonAndYamlAgainAtEachLook() throws Exception {
        Files.writeString(
                folder.resolve("a.json"),
                "[{\"targets\": [\"h1:2379\", \"h2:2379\"], \"labels\": {\"cluster\": \"a\"}}]");
        Files.writeString(folder.resolve("b.yml"), "- targets: ['h3:2379']\n  labels: { cluster: b, env: prod }\n");
        FileGroups files = new FileGroups(List.of(folder + "/*"));

        assertThat(files.find(problems))
                .containsExactly(
                        new Group(List.of("h1:2379", "h2:2379"), Map.of("cluster", "a")),
                        new Group(List.of("h3:2379"), Map.of("cluster", "b", "env", "prod")));
        Files.delete(folder.resolve("a.json"));
        assertThat(files.find(problems)).hasSize(1);
        assertThat(problems).isEmpty();
    }

    @Test
    void keepsTheTargetsOfAFileThatIsDamagedAndTakesTheOthersAnew() throws Exception {
        Path good = folder.resolve("good.json");
        Path bad = folder.resolve("bad.json");
        Files.writeString(good, "[{\"targets\": [\"h1:1\"]}]");
        Files.writeString(bad, "[{\"targets\": [\"h2:1\"]}]");
        FileGroups files = new FileGroups(List.of(folder + "/*.json"));
        files.find(problems);
        Files.writeString(bad, "[{\"targets\": [\"h2");
        Files.writeString(good, "[{\"targets\": [\"h3:1\"]}]");

        assertThat(files.find(problems))
                .extracting(Group::targets)
                .containsExactlyInAnyOrder(List.of("h2:1"), List.of("h3:1"));
        assertThat(problems).singleElement().asString().contains("bad.json: no JSON, line 1", "of before are kept");
    }

    @Test
    void saysWhatIsWrongWithAGroup() throws Exception {
        Path file = folder.resolve("t.json");
        FileGroups files = new FileGroups(List.of(file.toString(), folder + "/no*.json"));
        for (String wrong : List.of(
                "{}", "[{\"labels\": {}}]", "[{\"targets\": [7]}]", "[{\"targets\": [], \"labels\": {\"a\": []}}]")) {
            Files.writeString(file, wrong);
            assertThat(files.find(problems)).isEmpty();
        }

        assertThat(problems)
                .anyMatch(problem -> problem.contains("no list, expected [{targets"))
                .anyMatch(problem -> problem.contains("[0]: no targets"))
                .anyMatch(problem -> problem.contains("[0].targets: 7 is no target, expected host:port"))
                .anyMatch(problem -> problem.contains("[0].labels.a: is no text"))
                .anyMatch(problem -> problem.endsWith("no*.json matches no file"));
    }

    @Test
    void asksAnAddressInTheFormatOfHttpSd() throws Exception {
        answer = "[{\"targets\": [\"h1:2379\"], \"labels\": {\"cluster\": \"a\"}}]";
        assertThat(new HttpGroups(url() + "/sd", Transport.PLAIN).find(problems))
                .containsExactly(new Group(List.of("h1:2379"), Map.of("cluster", "a")));

        code = 404;
        assertThatThrownBy(() -> new HttpGroups(url() + "/sd", Transport.PLAIN).find(problems))
                .hasMessage(url() + "/sd answers HTTP 404; expected another path");
    }

    @Test
    void takesTheTargetsOfPrometheusWhoseJobIsOneOfEtcd() throws Exception {
        answer = resource("targets.json");

        assertThat(new PrometheusGroups(url(), ".*etcd.*", Transport.PLAIN).find(problems))
                .containsExactly(
                        new Group(
                                List.of("10.0.0.1:2381"),
                                Map.of(
                                        "cluster",
                                        "orders",
                                        "instance",
                                        "10.0.0.1:2381",
                                        "job",
                                        "etcd",
                                        "env",
                                        "prod",
                                        "__scheme__",
                                        "http",
                                        "__metrics_path__",
                                        "/metrics")),
                        new Group(
                                List.of("10.0.0.2:2381"),
                                Map.of(
                                        "cluster",
                                        "orders",
                                        "instance",
                                        "10.0.0.2:2381",
                                        "job",
                                        "kube-etcd",
                                        "env",
                                        "prod",
                                        "__scheme__",
                                        "https",
                                        "__metrics_path__",
                                        "/own/metrics")));
        answer = "<html>";
        assertThatThrownBy(() -> new PrometheusGroups(url(), "etcd", Transport.PLAIN).find(problems))
                .hasMessageContaining("answers no JSON: expected Prometheus' API");
    }

    @Test
    void takesRunningPodsThatStay() throws Exception {
        answer = resource("pods.json");
        Path token = Files.writeString(folder.resolve("token"), "one\n");
        PodGroups pods = new PodGroups(
                url(), "etcd", "app.kubernetes.io/name=etcd", 2381, Transport.of(BearerToken.inFile(token.toString())));

        List<Group> found = pods.find(problems);
        Files.writeString(token, "two\n");
        pods.find(problems);

        assertThat(found)
                .extracting(Group::targets)
                .containsExactly(List.of("10.1.0.10:2381"), List.of("[fd00::11]:2381"));
        assertThat(found.get(0).labels())
                .containsEntry("cluster", "orders")
                .containsEntry("app_kubernetes_io_name", "etcd")
                .containsEntry("pod", "etcd-0")
                .containsEntry("namespace", "etcd")
                .containsEntry("node", "node-a");
        assertThat(asked)
                .containsExactly(
                        "/api/v1/namespaces/etcd/pods?labelSelector=app.kubernetes.io%2Fname%3Detcd&limit=500 Bearer one",
                        "/api/v1/namespaces/etcd/pods?labelSelector=app.kubernetes.io%2Fname%3Detcd&limit=500 Bearer two");
        code = 403;
        assertThatThrownBy(() -> pods.find(problems)).hasMessageEndingWith("expected credentials that may read it");
    }

    @Test
    void asksDnsForServices() throws Exception {
        try (FakeDns dns = new FakeDns(Map.of(
                "_etcd-client._tcp.example.com",
                List.of(
                        new FakeDns.Service("etcd-1.example.com", 2379),
                        new FakeDns.Service("etcd-2.example.com", 2380))))) {
            assertThat(new DnsGroups("_etcd-client._tcp.example.com", dns.address()).find(problems))
                    .flatExtracting(Group::targets)
                    .containsExactlyInAnyOrder("etcd-1.example.com:2379", "etcd-2.example.com:2380");
            assertThatThrownBy(() -> new DnsGroups("_other._tcp.example.com", dns.address()).find(problems))
                    .hasMessage("DNS knows no _other._tcp.example.com; expected SRV records of that name");
        }
    }

    private String url() {
        return "http://127.0.0.1:" + server.getAddress().getPort();
    }

    private static String resource(String name) throws IOException {
        try (InputStream in =
                Objects.requireNonNull(GroupsTest.class.getResourceAsStream("/discovery/" + name), name)) {
            return new String(in.readAllBytes(), java.nio.charset.StandardCharsets.UTF_8);
        }
    }
}
