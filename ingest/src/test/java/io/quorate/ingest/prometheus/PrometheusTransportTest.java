package io.quorate.ingest.prometheus;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.quorate.events.DeadLetter;
import io.quorate.ingest.poll.FakePollContext;
import io.quorate.ingest.transport.BasicLogin;
import io.quorate.ingest.transport.BearerToken;
import io.quorate.ingest.transport.HttpProxy;
import io.quorate.ingest.transport.Tls;
import io.quorate.ingest.transport.TlsFiles;
import io.quorate.ingest.transport.Transport;
import io.quorate.testkit.TestAuthority;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** How a Prometheus is reached: trusted or not, shown what, through whom. */
class PrometheusTransportTest {

    private static final Duration OFTEN = Duration.ofMillis(500);

    @TempDir
    static Path certificates;

    private static TestAuthority authority;
    private static TestAuthority.Issued server;
    private static TestAuthority.Issued client;

    private FakePollContext context = new FakePollContext();

    @TempDir
    Path folder;

    @BeforeAll
    static void issue() {
        authority = new TestAuthority(certificates, "ours");
        server = authority.issue("prometheus.example");
        client = authority.issue("client");
    }

    @AfterEach
    void close() {
        context.close();
    }

    @Test
    void isTrustedByTheCaOfTheSettings() throws Exception {
        try (FakePrometheus prometheus = serving(server);
                PrometheusPoller poller = poller(prometheus.url(), trusting(null))) {
            poller.start();
            awaitScrapes(1);
        }
        assertThat(context.letters()).extracting(DeadLetter::reason).allMatch("timeout"::equals);
    }

    @Test
    void isNotTrustedWithoutItAndTheKeyThatMendsItIsNamed() throws Exception {
        assertRefused(
                server,
                new Tls(new TestAuthority(folder, "other").certificate().toString(), null, null, null, false),
                "certificate not trusted: ",
                "set tls.ca");
        assertRefused(server, null, "certificate not trusted: ", "set tls.ca");
    }

    @Test
    void isNamedWhenItsCertificateHasExpired() throws Exception {
        assertRefused(authority.issueExpired("old.example"), trusting(null), "certificate expired: ", "renew it");
    }

    @Test
    void isKnownUnderTheNameOfItsCertificateOnly() throws Exception {
        TestAuthority.Issued elsewhere = authority.issueForNameAlone("elsewhere.example");
        assertRefused(elsewhere, trusting(null), "certificate of another name: ", "set tls.server-name");
        assertRefused(server, trusting("wrong.example"), "certificate of another name: ", "set tls.server-name");

        begin();
        try (FakePrometheus prometheus = serving(elsewhere);
                PrometheusPoller poller = poller(prometheus.url(), trusting("elsewhere.example"))) {
            poller.start();
            awaitScrapes(1);
        }
    }

    @Test
    void isBelievedWhoeverItIsWhenInsecure() throws Exception {
        try (FakePrometheus prometheus = serving(authority.issueExpired("stale.example"));
                PrometheusPoller poller = poller(prometheus.url(), new Tls(null, null, null, "nobody.example", true))) {
            poller.start();
            awaitScrapes(1);
        }
        assertThat(Transport.of(new Tls(null, null, null, null, true)).cautions(List.of("https://p:9090")))
                .singleElement()
                .asString()
                .contains("tls.insecure is true", "set tls.ca");
    }

    @Test
    void seesAChangedCertificateOfOursWithoutANewStart() throws Exception {
        Path certificate = Files.copy(server.certificate(), folder.resolve("client.pem"));
        Path key = Files.copy(client.key(), folder.resolve("client-key.pem"));
        TestAuthority.Issued shown = new TestAuthority.Issued(certificate, key);
        Tls tls = new Tls(authority.certificate().toString(), certificate.toString(), key.toString(), null, false);
        SSLContext picky = new TlsFiles(new Tls(
                        authority.certificate().toString(),
                        server.certificate().toString(),
                        server.key().toString(),
                        null,
                        false))
                .current()
                .context();
        try (FakePrometheus prometheus = scraped(new FakePrometheus(picky, true));
                PrometheusPoller poller = poller(prometheus.url(), tls)) {
            poller.start();
            // The certificate is another one's: as while somebody writes the two files.
            awaitLetter("tls", "tls.key " + key + " is not the key of the certificate in ");
            client.replace(shown);
            awaitScrapes(1);

            // Half a file: what was there before stays in force.
            Files.writeString(certificate, Files.readString(certificate).substring(0, 100));
            int before = context.polls.get();
            context.parcels.clear();
            await().until(() -> context.polls.get() > before + 6);
            assertThat(context.letters()).extracting(DeadLetter::reason).allMatch("timeout"::equals);
        }
    }

    @Test
    void asksForACertificateOfOurs() throws Exception {
        Tls shown = new Tls(
                authority.certificate().toString(),
                server.certificate().toString(),
                server.key().toString(),
                null,
                false);
        try (FakePrometheus prometheus =
                        scraped(new FakePrometheus(new TlsFiles(shown).current().context(), true));
                PrometheusPoller poller = poller(prometheus.url(), trusting(null))) {
            poller.start();
            awaitLetter("tls", "certificate refused: ");
            assertThat(context.letters())
                    .anyMatch(letter -> letter.detail().contains("set tls.certificate and tls.key"));
            assertThat(prometheus.questions).isEmpty();
        }
    }

    @Test
    void isShownUserAndPassword() {
        try (FakePrometheus prometheus = scraped(new FakePrometheus());
                PrometheusPoller poller = poller(prometheus.url(), Transport.of(BasicLogin.of("me", "s3cret")))) {
            poller.start();
            awaitScrapes(1);
            assertThat(prometheus.authorizations).containsOnly("Basic bWU6czNjcmV0");
        }
    }

    @Test
    void isShownATokenThatTurnsAndTheOldOneWhileTheFileIsEmpty() throws Exception {
        Path token = Files.writeString(folder.resolve("token"), "first\n");
        try (FakePrometheus prometheus = scraped(new FakePrometheus());
                PrometheusPoller poller =
                        poller(prometheus.url(), Transport.of(BearerToken.inFile(token.toString())))) {
            poller.start();
            await().until(() -> prometheus.authorizations.contains("Bearer first"));

            Files.writeString(token, "");
            int before = context.polls.get();
            await().until(() -> context.polls.get() > before + 4);
            Files.writeString(token, "second\n");
            await().until(() -> prometheus.authorizations.contains("Bearer second"));
            assertThat(prometheus.authorizations).containsOnly("Bearer first", "Bearer second");
        }
    }

    @Test
    void isAskedThroughAProxy() {
        try (FakePrometheus proxy = scraped(new FakePrometheus());
                PrometheusPoller poller = poller(
                        "http://prometheus.invalid:9090", new Transport(null, null, HttpProxy.at(proxy.url())))) {
            poller.start();
            awaitScrapes(1);
        }
    }

    private void assertRefused(TestAuthority.Issued shown, Tls tls, String what, String next) throws Exception {
        begin();
        try (FakePrometheus prometheus = serving(shown);
                PrometheusPoller poller = poller(prometheus.url(), new Transport(tls, null, null))) {
            poller.start();
            awaitLetter("tls", what);
            assertThat(context.letters())
                    .filteredOn(letter -> letter.reason().equals("tls"))
                    .allSatisfy(letter -> assertThat(letter.detail())
                            .startsWith(what + prometheus.url().substring("https://".length()))
                            .contains(next));
            assertThat(prometheus.questions).isEmpty();
        }
    }

    /** Anew: a reader's clock goes on for pollers that are closed. */
    private void begin() {
        context.close();
        context = new FakePollContext();
    }

    private void awaitLetter(String reason, String beginning) {
        await().untilAsserted(() -> assertThat(context.letters()).anySatisfy(letter -> {
            assertThat(letter.reason()).isEqualTo(reason);
            assertThat(letter.detail()).startsWith(beginning);
        }));
    }

    private void awaitScrapes(int scrapes) {
        await().untilAsserted(() -> assertThat(context.scrapes())
                .as(() -> String.valueOf(context.letters().stream().findFirst()))
                .hasSizeGreaterThanOrEqualTo(scrapes));
    }

    private static Tls trusting(String serverName) {
        return new Tls(authority.certificate().toString(), null, null, serverName, false);
    }

    private static FakePrometheus serving(TestAuthority.Issued shown) throws Exception {
        Tls tls = new Tls(null, shown.certificate().toString(), shown.key().toString(), null, false);
        return scraped(new FakePrometheus(new TlsFiles(tls).current().context(), false));
    }

    private static FakePrometheus scraped(FakePrometheus prometheus) {
        String whose = ",cluster=c,job=etcd,instance=i1:2379,member=m1";
        long at = System.currentTimeMillis() - 1_000;
        return prometheus
                .sample("__name__=etcd_server_id,server_id=ab12" + whose, at, "1")
                .sample("__name__=process_start_time_seconds" + whose, at, "1.7e+09")
                .sample("__name__=up" + whose, at, "1");
    }

    private PrometheusPoller poller(String url, Tls tls) {
        return poller(url, Transport.of(tls));
    }

    private PrometheusPoller poller(String url, Transport transport) {
        return new PrometheusPoller(
                new PrometheusSettings(url, "{}", "cluster", null, null, OFTEN, OFTEN, transport, List.of()),
                Map.of(),
                context);
    }
}
