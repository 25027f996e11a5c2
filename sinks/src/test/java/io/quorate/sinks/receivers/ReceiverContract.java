package io.quorate.sinks.receivers;

import static org.assertj.core.api.Assertions.assertThat;

import io.quorate.sinks.receivers.FakeEndpoint.Reply;
import io.quorate.sinks.receivers.FakeEndpoint.Request;
import io.quorate.testkit.BadTarget;
import java.io.ObjectOutputStream;
import java.io.OutputStream;
import java.net.ServerSocket;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What every receiver that speaks HTTP must do, shown on real sockets. */
public abstract class ReceiverContract {

    /** Stands in every slot for a secret that the receiver has. */
    protected static final String SECRET = "s3cr3t-canary";

    protected static final Terms PATIENT = Terms.DEFAULT.patient(Duration.ofSeconds(5), Retry.DEFAULT);
    private static final Terms HASTY = Terms.DEFAULT.patient(Duration.ofMillis(300), Retry.DEFAULT);

    protected FakeEndpoint endpoint;

    /** The receiver under test, with {@link #SECRET} wherever it has one, aimed at {@code http://host:port}. */
    protected abstract ReceiverSettings aimedAt(String server, Terms terms);

    /** By what the other side tells a repeat of a message. */
    protected Object identity(Request request) {
        return request.headers().get("idempotency-key");
    }

    @BeforeEach
    void openEndpoint() throws Exception {
        endpoint = new FakeEndpoint();
    }

    @AfterEach
    void closeEndpoint() {
        endpoint.close();
    }

    @Test
    void tellsOnce() {
        assertThat(tell(Messages.firing("a1"))).isInstanceOf(Answer.Delivered.class);
        assertThat(endpoint.requests()).hasSize(1);
    }

    @Test
    void saysTheSameWithTheSameIdentityAtEveryAttempt() {
        endpoint.replies(Reply.of(500), Reply.of(503));
        for (int attempt = 1; attempt <= 3; attempt++) {
            tell(Messages.firing("a1"));
        }
        assertThat(endpoint.requests()).extracting(this::identity).hasSize(3).containsOnly(identity(request(0)));
        assertThat(identity(request(0))).isNotNull();
        assertThat(endpoint.requests())
                .extracting(Request::path)
                .containsOnly(request(0).path());
    }

    @Test
    void tellsAnotherMessageApart() {
        tell(Messages.firing("a1"));
        tell(Messages.resolved("a1"));
        assertThat(identity(request(0))).isNotEqualTo(identity(request(1)));
    }

    @ParameterizedTest
    @ValueSource(ints = {408, 429, 500, 503})
    void findsWorthRetryingWhatMayPass(int status) {
        endpoint.replies(Reply.of(status).saying("upstream is away"));
        assertThat(tell(Messages.firing("a1"))).isInstanceOfSatisfying(Answer.WorthRetrying.class, answer -> {
            assertThat(answer.httpStatus()).isEqualTo(status);
            assertThat(answer.detail()).endsWith("HTTP " + status + ": upstream is away");
            assertThat(answer.after()).isNull();
        });
        assertThat(endpoint.requests()).hasSize(1);
    }

    @ParameterizedTest
    @ValueSource(ints = {429, 503})
    void waitsAsLongAsItIsAskedTo(int status) {
        endpoint.replies(Reply.of(status).with("Retry-After", "7"));
        assertThat(tell(Messages.firing("a1")))
                .isInstanceOfSatisfying(
                        Answer.WorthRetrying.class,
                        answer -> assertThat(answer.after()).isEqualTo(Duration.ofSeconds(7)));
    }

    /** The HTTP client would, by itself. */
    @Test
    void sendsOnceEvenWhenItIsAskedToSendAgainAtOnce() {
        endpoint.replies(Reply.of(503).with("Retry-After", "0"));
        assertThat(tell(Messages.firing("a1"))).isInstanceOf(Answer.WorthRetrying.class);
        assertThat(endpoint.requests()).hasSize(1);
    }

    @ParameterizedTest
    @ValueSource(ints = {400, 401, 403, 404, 410})
    void takesNoForAnAnswer(int status) {
        endpoint.replies(Reply.of(status).saying("no such team"));
        assertThat(tell(Messages.firing("a1"))).isInstanceOfSatisfying(Answer.Refused.class, answer -> {
            assertThat(answer.httpStatus()).isEqualTo(status);
            assertThat(answer.detail()).endsWith("HTTP " + status + ": no such team");
        });
    }

    @ParameterizedTest
    @ValueSource(ints = {301, 302, 307, 308})
    void followsNoRedirect(int status) {
        endpoint.replies(Reply.of(status).with("Location", endpoint.url("/elsewhere?" + SECRET)));
        assertThat(tell(Messages.firing("a1"))).isInstanceOfSatisfying(Answer.Refused.class, answer -> {
            assertThat(answer.httpStatus()).isEqualTo(status);
            assertThat(answer.detail())
                    .contains("sends elsewhere, to 127.0.0.1")
                    .doesNotContain("/elsewhere");
        });
        assertThat(endpoint.requests()).hasSize(1);
    }

    @Test
    void endsInTimeWhenNoAnswerComes() {
        endpoint.replies(Reply.silence());
        Instant asked = Instant.now();
        assertThat(tell(HASTY, endpoint.url(""), Messages.firing("a1")))
                .isInstanceOfSatisfying(Answer.WorthRetrying.class, answer -> {
                    assertThat(answer.httpStatus()).isNull();
                    assertThat(answer.detail()).endsWith("no answer in time");
                });
        assertThat(Duration.between(asked, Instant.now())).isLessThan(Duration.ofSeconds(2));
    }

    @Test
    void judgesAHundredMebibytesByTheirStatusAlone() {
        try (BadTarget large = BadTarget.answeringMebibytes("ok", 100)) {
            Instant asked = Instant.now();
            assertThat(tell(PATIENT, large.url(), Messages.firing("a1"))).isInstanceOf(Answer.Delivered.class);
            assertThat(Duration.between(asked, Instant.now())).isLessThan(Duration.ofSeconds(2));
        }
    }

    @Test
    void triesAgainWhereNobodyListens() throws Exception {
        int port;
        try (ServerSocket free = new ServerSocket(0)) {
            port = free.getLocalPort();
        }
        assertThat(tell(PATIENT, "http://127.0.0.1:" + port, Messages.firing("a1")))
                .isInstanceOfSatisfying(
                        Answer.WorthRetrying.class,
                        answer -> assertThat(answer.detail()).endsWith("no answer: nobody listens there"));
    }

    @Test
    void triesAgainWhereTheNameIsNotFound() {
        assertThat(tell(HASTY, "http://receiver.invalid", Messages.firing("a1")))
                .isInstanceOf(Answer.WorthRetrying.class);
    }

    @Test
    void keepsItsSecretsEvenWhenTheOtherSideRepeatsAllItGot() {
        endpoint.repliesBy(
                request -> Reply.of(400).saying(request.path() + request.headers() + "\r\n" + request.body()));
        Answer answer = tell(Messages.firing("a1"));
        assertThat(answer.detail()).doesNotContain(SECRET).doesNotContain("\n");
        assertThat(aimedAt(endpoint.url(""), PATIENT)).asString().doesNotContain(SECRET);
    }

    @Test
    void travelsWithTheJobAndSaysWhereItIsReached() throws Exception {
        ReceiverSettings settings = aimedAt("http://receiver.example:8080", PATIENT);
        new ObjectOutputStream(OutputStream.nullOutputStream()).writeObject(settings);
        assertThat(settings.reachedAt()).isEqualTo("receiver.example:8080");
    }

    protected final Answer tell(Message message) {
        return tell(PATIENT, endpoint.url(""), message);
    }

    protected final Request request(int number) {
        return endpoint.requests().get(number);
    }

    private Answer tell(Terms terms, String server, Message message) {
        try (Receiver receiver = aimedAt(server, terms).open()) {
            return receiver.send(message).orTimeout(10, TimeUnit.SECONDS).join();
        }
    }
}
