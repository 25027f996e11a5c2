package io.quorate.ingest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.quorate.desk.EtcdCluster;
import io.quorate.desk.Home;
import io.quorate.desk.PrometheusServer;
import io.quorate.events.MemberStatus;
import io.quorate.ingest.etcd.EtcdSettings;
import io.quorate.ingest.etcd.EtcdSource;
import io.quorate.ingest.prometheus.PrometheusSettings;
import io.quorate.ingest.prometheus.PrometheusSource;
import io.quorate.ingest.transport.BasicLogin;
import io.quorate.ingest.transport.Tls;
import io.quorate.ingest.transport.Transport;
import io.quorate.testkit.TestAuthority;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.util.CloseableIterator;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Both sources in a real Flink: a real etcd that asks for certificates, a real Prometheus behind TLS and a password. */
@Tag("slow")
class LiveTransportTest {

    private static final Duration SECOND = Duration.ofSeconds(1);

    /** Of "s3cret", as Prometheus wants it. */
    private static final String BCRYPT = "$2b$10$abcdefghijklmnopqrstuu3KWNuWLhBnmgYfnzONPueahDuedC/lu";

    @TempDir
    Path folder;

    private final List<Observation> seen = new CopyOnWriteArrayList<>();

    @BeforeEach
    void bePatient() {
        Awaitility.setDefaultTimeout(Duration.ofSeconds(60));
    }

    /**
     * The members restart with trust in the new authority alone. Whoever still showed the old certificate would be refused
     * from then on, and is, until the files change; the job is the same all the time.
     */
    @ParameterizedTest
    @ValueSource(strings = {"any", "3.5"})
    void pollAnEtcdThroughTheRotationOfEveryCertificate(String line) throws Exception {
        TestAuthority old = new TestAuthority(folder, "old");
        TestAuthority later = new TestAuthority(folder, "later");
        TestAuthority.Issued client = copy(old.issue("client"), "client");
        TestAuthority.Issued server = copy(old.issue("etcd.example"), "server");
        Path clientCa = Files.copy(old.certificate(), folder.resolve("client-ca.pem"));
        Path serverCa = Files.copy(old.certificate(), folder.resolve("server-ca.pem"));
        EtcdCluster.Options options = EtcdCluster.Options.standard()
                .withTls(new EtcdCluster.Tls(server.certificate(), server.key(), clientCa));
        Home home = Home.current().withState(folder.resolve("state"));
        try (EtcdCluster etcd =
                EtcdCluster.start(home, "etcd", "c1", 1, line.equals("any") ? options : options.withLine(line))) {
            Tls tls = new Tls(
                    serverCa.toString(),
                    client.certificate().toString(),
                    client.key().toString(),
                    "etcd.example",
                    false);
            EtcdSettings settings = new EtcdSettings(
                    "c1",
                    etcd.endpoints(),
                    SECOND,
                    SECOND.dividedBy(2),
                    Duration.ofSeconds(2),
                    Transport.of(tls),
                    Map.of());
            EtcdCluster.Member member = etcd.members().get(0);
            try (Job job = job(env ->
                    env.fromSource(new EtcdSource(List.of(settings)), WatermarkStrategy.noWatermarks(), "etcd"))) {
                awaitStatus(null);
                await().until(() -> seen.stream().anyMatch(it -> it.roster() != null));

                // From now on a new client's certificate is needed; the server shows its old one still.
                Files.copy(later.certificate(), clientCa, StandardCopyOption.REPLACE_EXISTING);
                etcd.restart(member);
                awaitStatus("tls");
                assertThat(statuses().stream().filter(it -> "tls".equals(it.failure())))
                        .anySatisfy(status -> assertThat(status.failureDetail())
                                .contains("certificate refused", "set tls.certificate and tls.key"));
                later.issue("client").replace(client);
                awaitStatus(null);

                // And now the server's, which etcd reads at each handshake; the next connection is the one after a
                // restart.
                later.issue("etcd.example").replace(server);
                etcd.restart(member);
                awaitStatus("tls");
                assertThat(last().failureDetail()).contains("certificate not trusted", "set tls.ca");
                Files.copy(later.certificate(), serverCa, StandardCopyOption.REPLACE_EXISTING);
                awaitStatus(null);

                assertThat(job.restarts()).isZero();
            }
        }
    }

    @Test
    void pollAPrometheusBehindTlsAndAPasswordThroughTheirRotation() throws Exception {
        TestAuthority old = new TestAuthority(folder, "old");
        TestAuthority later = new TestAuthority(folder, "later");
        TestAuthority.Issued server = copy(old.issue("prometheus.example"), "server");
        Path ca = Files.copy(old.certificate(), folder.resolve("ca.pem"));
        TestAuthority.Issued client = copy(later.issue("client"), "client");
        Path password = Files.writeString(folder.resolve("password"), "wrong\n");
        Path web = Files.writeString(folder.resolve("web.yml"), """
                tls_server_config:
                  cert_file: %s
                  key_file: %s
                  client_auth_type: RequireAndVerifyClientCert
                  client_ca_file: %s
                basic_auth_users: { quorate: '%s' }
                """.formatted(
                        server.certificate(), server.key(), old.certificate(), BCRYPT));
        Home home = Home.current().withState(folder.resolve("state"));
        try (EtcdCluster etcd = EtcdCluster.start(home, "etcd", "c1", 1);
                PrometheusServer prometheus = PrometheusServer.startSecured(
                        home, "prometheus", SECOND, PrometheusServer.Target.membersOf(etcd), web)) {
            PrometheusSettings settings = new PrometheusSettings(
                    prometheus.url(),
                    PrometheusSettings.SELECTOR,
                    "cluster",
                    null,
                    null,
                    SECOND,
                    SECOND,
                    new Transport(
                            new Tls(
                                    ca.toString(),
                                    client.certificate().toString(),
                                    client.key().toString(),
                                    "prometheus.example",
                                    false),
                            BasicLogin.inFile("quorate", password.toString()),
                            null),
                    List.of());
            try (Job job = job(env -> env.fromSource(
                    new PrometheusSource(List.of(settings)), WatermarkStrategy.noWatermarks(), "prometheus"))) {
                awaitLetter("tls", "certificate refused");
                old.issue("client").replace(client);
                awaitLetter("auth", "HTTP 401");
                Files.writeString(password, "s3cret\n");
                awaitScrapes(3);

                // Trust is taken from it, and given back: nobody restarts.
                Files.copy(later.certificate(), ca, StandardCopyOption.REPLACE_EXISTING);
                awaitLetter("tls", "certificate not trusted");
                later.issue("prometheus.example").replace(server);
                awaitScrapes(3);

                assertThat(seen)
                        .extracting(Observation::deadLetter)
                        .filteredOn(Objects::nonNull)
                        .allSatisfy(letter ->
                                assertThat(letter.reason()).as(letter.detail()).isIn("auth", "tls", "timeout"));
                assertThat(seen.toString()).doesNotContain("s3cret");
                assertThat(job.restarts()).isZero();
            }
        }
    }

    /** A job whose observations are collected while it runs. */
    private final class Job implements AutoCloseable {

        private final CloseableIterator<Observation> observations;
        private final Thread collecting;

        private Job(CloseableIterator<Observation> observations) {
            this.observations = observations;
            this.collecting = new Thread(() -> {
                try {
                    observations.forEachRemaining(seen::add);
                } catch (RuntimeException closed) {
                    // The end of the test.
                }
            });
            collecting.start();
        }

        /** A job without restarts fails at its first failure, and with it the collection. */
        private int restarts() {
            return collecting.isAlive() ? 0 : 1;
        }

        @Override
        public void close() throws Exception {
            observations.close();
            collecting.join();
        }
    }

    private interface Stream {
        DataStream<Observation> of(StreamExecutionEnvironment env);
    }

    private Job job(Stream stream) throws Exception {
        Configuration configuration = new Configuration();
        configuration.setString("pipeline.generic-types", "false");
        configuration.setString("restart-strategy.type", "none");
        return new Job(stream.of(StreamExecutionEnvironment.createLocalEnvironment(1, configuration))
                .executeAndCollect());
    }

    /** Three in a row from now on that are like this. */
    private void awaitStatus(String failure) {
        int before = statuses().size();
        await().untilAsserted(() -> {
            List<MemberStatus> now = statuses();
            assertThat(now.size()).isGreaterThan(before + 3);
            assertThat(now.subList(now.size() - 3, now.size()))
                    .allSatisfy(status -> assertThat(status.failure())
                            .as(status.failureDetail())
                            .isEqualTo(failure));
        });
    }

    private MemberStatus last() {
        List<MemberStatus> statuses = statuses();
        return statuses.get(statuses.size() - 1);
    }

    private List<MemberStatus> statuses() {
        return seen.stream().map(Observation::status).filter(Objects::nonNull).toList();
    }

    private void awaitLetter(String reason, String beginning) {
        int before = seen.size();
        await().untilAsserted(() -> assertThat(List.copyOf(seen).subList(before, seen.size()))
                .extracting(Observation::deadLetter)
                .filteredOn(Objects::nonNull)
                .anySatisfy(letter -> {
                    assertThat(letter.reason()).isEqualTo(reason);
                    assertThat(letter.detail()).startsWith(beginning);
                }));
    }

    private void awaitScrapes(int more) {
        long before = scrapes();
        await().untilAsserted(() -> assertThat(scrapes()).isGreaterThanOrEqualTo(before + more));
    }

    private long scrapes() {
        return seen.stream()
                .map(Observation::scrape)
                .filter(scrape -> scrape != null && scrape.answered())
                .count();
    }

    private TestAuthority.Issued copy(TestAuthority.Issued issued, String name) throws Exception {
        return new TestAuthority.Issued(
                Files.copy(issued.certificate(), folder.resolve(name + "-shown.pem")),
                Files.copy(issued.key(), folder.resolve(name + "-shown-key.pem")));
    }
}
