package io.quorate.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.HttpTimeoutException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.cert.CertificateExpiredException;
import java.security.cert.CertificateFactory;
import java.time.Duration;
import java.util.zip.GZIPInputStream;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BadTargetsTest {

    private static final int MEBIBYTE = 1 << 20;
    private static final Duration SHORT = Duration.ofMillis(1500);

    @TempDir
    static Path folder;

    private static BadTargets targets;

    @BeforeAll
    static void start() {
        targets = BadTargets.start(folder);
    }

    @AfterAll
    static void stop() {
        targets.close();
    }

    @Test
    void areSevenWithAnAddressEach() {
        assertThat(targets.byName().keySet())
                .containsExactly("hanging", "large", "bomb", "garbage", "dripping", "expired", "unauthorized");
        assertThat(targets.byName().values()).extracting(BadTarget::address).doesNotHaveDuplicates();
    }

    @Test
    void oneIsAskedAndNeverAnswers() {
        assertThatThrownBy(() -> HttpClient.newHttpClient()
                        .send(
                                HttpRequest.newBuilder(
                                                URI.create(targets.hanging().url()))
                                        .timeout(SHORT)
                                        .build(),
                                BodyHandlers.discarding()))
                .isInstanceOf(HttpTimeoutException.class);
        assertThat(targets.hanging().asked()).isPositive();
        assertThat(targets.hanging().mostSent()).isZero();
    }

    @Test
    void oneServesAHundredMebibytes() throws Exception {
        HttpResponse<InputStream> answer = ask(targets.large());
        byte[] beginning = answer.body().readNBytes(25);

        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(new String(beginning, StandardCharsets.US_ASCII)).isEqualTo("etcd_server_has_leader 1\n");
        answer.body().skipNBytes(100 * MEBIBYTE);
        assertThat(answer.body().read()).isNegative();
        assertThat(targets.large().mostSent()).isGreaterThan(100 * MEBIBYTE);
    }

    @Test
    void oneServesABombThatUnpacksToAThousandTimesItsSize() throws Exception {
        HttpResponse<InputStream> answer = ask(targets.bomb());

        assertThat(answer.headers().firstValue("Content-Encoding")).contains("gzip");
        assertThat(answer.headers().firstValueAsLong("Content-Length").orElseThrow())
                .isBetween(5L * MEBIBYTE, 11L * MEBIBYTE);
        try (InputStream unpacked = new GZIPInputStream(answer.body())) {
            assertThat(new String(unpacked.readNBytes(24), StandardCharsets.US_ASCII))
                    .isEqualTo("etcd_server_has_leader 1");
            unpacked.skipNBytes(200 * MEBIBYTE);
            assertThat(unpacked.read()).isEqualTo(' ');
        }
    }

    @Test
    void oneServesWhatIsNoText() throws Exception {
        byte[] garbage = ask(targets.garbage()).body().readAllBytes();

        assertThat(garbage).hasSize(4096);
        assertThat(new String(garbage, StandardCharsets.UTF_8)).contains("\uFFFD");
    }

    @Test
    void oneServesItsHeadAtOnceAndAByteASecond() throws Exception {
        HttpResponse<InputStream> answer = ask(targets.dripping());
        long before = System.nanoTime();
        byte[] three = answer.body().readNBytes(3);

        assertThat(new String(three, StandardCharsets.US_ASCII)).isEqualTo("etc");
        // The first may have come with the head.
        assertThat(Duration.ofNanos(System.nanoTime() - before)).isGreaterThan(Duration.ofMillis(1500));
        answer.body().close();
    }

    @Test
    void oneShowsACertificateThatHasExpiredAndIsTrustedOtherwise() throws Exception {
        HttpClient trusting = HttpClient.newBuilder().sslContext(trusting()).build();

        assertThatThrownBy(() -> trusting.send(
                        HttpRequest.newBuilder(URI.create(targets.expired().url()))
                                .build(),
                        BodyHandlers.discarding()))
                .hasRootCauseInstanceOf(CertificateExpiredException.class);
    }

    @Test
    void oneAnswers401() throws Exception {
        assertThat(ask(targets.unauthorized()).statusCode()).isEqualTo(401);
    }

    private static HttpResponse<InputStream> ask(BadTarget target) throws Exception {
        return HttpClient.newHttpClient()
                .send(HttpRequest.newBuilder(URI.create(target.url())).build(), BodyHandlers.ofInputStream());
    }

    private static SSLContext trusting() throws Exception {
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, null);
        try (InputStream pem = Files.newInputStream(targets.ca())) {
            store.setCertificateEntry(
                    "ca", CertificateFactory.getInstance("X.509").generateCertificate(pem));
        }
        TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trust.init(store);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(null, trust.getTrustManagers(), null);
        return context;
    }
}
