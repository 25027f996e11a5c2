package io.quorate.ingest.etcd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.quorate.desk.EtcdCluster;
import io.quorate.desk.Home;
import io.quorate.events.MemberStatus;
import io.quorate.ingest.poll.FakePollContext;
import io.quorate.ingest.transport.BasicLogin;
import io.quorate.ingest.transport.Transport;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A login costs the cluster a proposal: it comes when it is asked for, and then once. */
class LoginTest {

    private static final Duration SECOND = Duration.ofSeconds(1);

    @AutoClose
    private final FakePollContext context = new FakePollContext();

    @TempDir
    Path folder;

    @Test
    void comesOnceWhenACallIsRefusedAndItsTokenServesAllThatFollow() {
        try (FakeEtcd etcd = new FakeEtcd();
                EtcdPoller poller = poller(etcd.url(), BasicLogin.of("watcher", "s3cret"))) {
            poller.start();
            await().until(() -> answered() >= 4);

            assertThat(etcd.logins).containsExactly("watcher:s3cret");
            assertThat(etcd.calls).startsWith("MemberList", "Authenticate", "MemberList", "Status");
        }
    }

    @Test
    void neverComesWhereNobodyAsksForIt() {
        try (FakeEtcd etcd = new FakeEtcd().openToEverybody();
                EtcdPoller poller = poller(etcd.url(), BasicLogin.of("watcher", "s3cret"))) {
            poller.start();
            await().until(() -> answered() >= 3);

            assertThat(etcd.logins).isEmpty();
        }
    }

    @Test
    void isNotTriedAgainAtEveryPollWithAWrongPassword() {
        try (FakeEtcd etcd = new FakeEtcd();
                EtcdPoller poller = poller(etcd.url(), BasicLogin.of("watcher", "wr0ng"))) {
            poller.start();
            await().until(() -> context.statuses().size() >= 4);

            assertThat(etcd.logins).hasSize(1);
            assertThat(context.statuses()).allSatisfy(status -> {
                assertThat(status.failure()).isEqualTo("auth");
                assertThat(status.failureDetail())
                        .contains("takes no login of user 'watcher'", "check ingest.etcd.user")
                        .doesNotContain("wr0ng");
            });
        }
    }

    @Test
    void isAskedForInWordsWhereThereIsNone() {
        try (FakeEtcd etcd = new FakeEtcd();
                EtcdPoller poller = poller(etcd.url(), null)) {
            poller.start();
            await().until(() -> !context.statuses().isEmpty());

            assertThat(context.statuses().get(0).failure()).isEqualTo("auth");
            assertThat(context.statuses().get(0).failureDetail())
                    .contains("user name is empty", "set tls.certificate and tls.key, or user and password-file");
        }
    }

    @Test
    @Tag("slow")
    void comesAgainWhenTheTokenIsForgotten() {
        try (FakeEtcd etcd = new FakeEtcd();
                EtcdPoller poller = poller(etcd.url(), BasicLogin.of("watcher", "s3cret"))) {
            poller.start();
            await().until(() -> answered() >= 1);
            etcd.forgetTokens();
            await().until(() -> context.statuses().stream().anyMatch(status -> "auth".equals(status.failure())));
            long before = answered();

            await().atMost(Duration.ofSeconds(60)).until(() -> answered() > before);
            assertThat(etcd.logins).hasSize(2);
        }
    }

    /** With authentication on, these lines answer status and member list to everybody; and a login works where it is made. */
    @ParameterizedTest
    @Tag("slow")
    @ValueSource(strings = {"any", "3.5"})
    void isNotNeededByARealEtcdThoughItsAuthenticationIsOn(String line) throws Exception {
        Home home = Home.current().withState(folder);
        EtcdCluster.Options options = EtcdCluster.Options.standard();
        try (EtcdCluster etcd =
                EtcdCluster.start(home, "etcd", "c1", 1, line.equals("any") ? options : options.withLine(line))) {
            String url = etcd.endpoints().get(0);
            post(url + "/v3/auth/user/add", "{\"name\":\"root\",\"password\":\"s3cret\"}");
            post(url + "/v3/auth/role/add", "{\"name\":\"root\"}");
            post(url + "/v3/auth/user/grant", "{\"user\":\"root\",\"role\":\"root\"}");
            post(url + "/v3/auth/enable", "{}");
            try (EtcdPoller poller = poller(url, BasicLogin.of("root", "s3cret"))) {
                poller.start();
                await().until(() -> answered() >= 5);
            }
            assertThat(logins(url)).isZero();

            assertThat(loggedIn(url, "s3cret").token()).isNotEmpty();
            assertThat(loggedIn(url, "wr0ng").refused().detail()).contains("takes no login of user 'root'");
            assertThat(logins(url)).isEqualTo(2);
        }
    }

    private static Login loggedIn(String url, String password) throws Exception {
        Transport transport = Transport.of(BasicLogin.of("root", password));
        Login login = Login.of(transport);
        CompletableFuture<Boolean> settled = new CompletableFuture<>();
        try (Endpoint endpoint = new Endpoint(url, transport, null)) {
            login.renew(endpoint, Duration.ofSeconds(5), null, Runnable::run, settled::complete);
            settled.get(10, TimeUnit.SECONDS);
        }
        return login;
    }

    private static void post(String url, String body) throws Exception {
        HttpResponse<String> answer = HttpClient.newHttpClient()
                .send(
                        HttpRequest.newBuilder(URI.create(url))
                                .POST(HttpRequest.BodyPublishers.ofString(body))
                                .build(),
                        HttpResponse.BodyHandlers.ofString());
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
    }

    private static long logins(String url) throws Exception {
        return HttpClient.newHttpClient()
                .send(
                        HttpRequest.newBuilder(URI.create(url + "/metrics")).build(),
                        HttpResponse.BodyHandlers.ofString())
                .body()
                .lines()
                .filter(line -> line.startsWith("grpc_server_started_total{grpc_method=\"Authenticate\""))
                .mapToLong(line -> Long.parseLong(line.replaceAll(".* ", "")))
                .sum();
    }

    private EtcdPoller poller(String url, BasicLogin login) {
        return new EtcdPoller(
                new EtcdSettings(
                        "c1",
                        List.of(url),
                        SECOND,
                        SECOND,
                        SECOND.multipliedBy(10),
                        new Transport(null, login, null),
                        Map.of()),
                context);
    }

    private long answered() {
        return context.statuses().stream().filter(MemberStatus::answered).count();
    }
}
