package io.quorate.sinks.receivers;

import static org.assertj.core.api.Assertions.assertThat;

import io.quorate.sinks.receivers.FakeEndpoint.Reply;
import io.quorate.sinks.receivers.text.PageTexts;
import io.quorate.sinks.receivers.webhook.WebhookSettings;
import io.quorate.testkit.BadTarget;
import io.quorate.testkit.TestAuthority;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What becomes of a message to a receiver that is broken, or that is none: the outcome of each. */
class HostileReceiversTest {

    private static final Duration TIMEOUT = Duration.ofSeconds(20);
    private static final Terms PATIENT = Terms.DEFAULT.patient(TIMEOUT, Retry.DEFAULT);
    private static final Duration SHORT = Duration.ofMillis(500);
    private static final Terms HASTY = Terms.DEFAULT.patient(SHORT, Retry.DEFAULT);

    @Test
    void slowLorisIsLeftWhenTheTimeIsOverAndTriedAgain() throws Exception {
        try (ServerSocket loris = new ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
            CompletableFuture<Void> drips = CompletableFuture.runAsync(() -> drip(loris));
            Answer answer = tell("http://127.0.0.1:" + loris.getLocalPort(), HASTY);
            assertThat(answer).isEqualTo(new Answer.WorthRetrying(null, "no answer in time", null));
            drips.get(5, TimeUnit.SECONDS);
        }
    }

    @Test
    void silenceIsLeftWhenTheTimeIsOverAndTriedAgain() {
        try (BadTarget silent = BadTarget.silent()) {
            Answer answer = tell(silent.url(), HASTY);
            assertThat(answer).isEqualTo(new Answer.WorthRetrying(null, "no answer in time", null));
        }
    }

    /** The status came, and with it the answer to whether it is taken. */
    @Test
    void aGoodStatusWithABodyThatDripsIsDelivered() {
        try (BadTarget dripping = BadTarget.dripping("ok")) {
            Answer answer = tell(dripping.url());
            assertThat(answer).isEqualTo(new Answer.Delivered(200, null));
        }
    }

    @Test
    void aHundredMebibytesAreNotReadAndTheStatusDecides() {
        try (BadTarget large = BadTarget.answeringMebibytes("ok", 100);
                BadTarget bomb = BadTarget.answeringPackedMebibytes("ok", 10_240)) {
            assertThat(tell(large.url())).isEqualTo(new Answer.Delivered(200, null));
            assertThat(large.mostSent()).isLessThan(10 << 20);
            assertThat(tell(bomb.url())).isEqualTo(new Answer.Delivered(200, null));
        }
    }

    @Test
    void aLongErrorIsReadToSixtyFourKibibytes() {
        try (BadTarget target = BadTarget.answering("500 Internal Server Error", "x".repeat(20 << 20))) {
            Answer answer = tell(target.url());
            assertThat(answer).isInstanceOf(Answer.WorthRetrying.class);
            assertThat(answer.detail()).hasSizeLessThan(330);
            assertThat(target.mostSent())
                    .as("head alone, as the body goes at once or not")
                    .isLessThan(1 << 20);
        }
    }

    @Test
    void aNameThatIsNotFoundIsTriedAgain() {
        Answer answer = tell("http://receiver.invalid/");
        assertThat(answer)
                .isEqualTo(new Answer.WorthRetrying(null, "no answer: the name of its host was not found", null));
    }

    @ParameterizedTest
    @ValueSource(strings = {"http://169.254.169.254/latest/meta-data", "http://[fd00:ec2::254]/", "//169.254.169.254"})
    void aRedirectToAMetadataAddressIsRefusedAndNotFollowed(String location) throws Exception {
        try (FakeEndpoint endpoint = new FakeEndpoint()) {
            endpoint.replies(Reply.of(307).with("Location", location));
            Answer answer = tell(endpoint.url("/"));
            assertThat(answer).isInstanceOfSatisfying(Answer.Refused.class, refused -> {
                assertThat(refused.httpStatus()).isEqualTo(307);
                assertThat(refused.detail()).contains("not followed").doesNotContain("meta-data");
            });
            assertThat(endpoint.requests()).hasSize(1);
        }
    }

    /** Refused at once: nothing is connected, or it would end by the time-out here. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "http://169.254.169.254/",
                "http://2852039166/",
                "http://[::ffff:169.254.169.254]/",
                "http://[64:ff9b::a9fe:a9fe]/",
                "http://[fe80::1]/"
            })
    void aMetadataOrLinkLocalAddressIsRefusedInEveryNotation(String url) {
        Answer answer = tell(url);
        assertThat(answer)
                .isInstanceOfSatisfying(
                        Answer.Refused.class,
                        refused -> assertThat(refused.detail()).contains("where no receiver is"));
    }

    /** As what a name leads to is found out only by asking; a number that only Java takes for one is such a name. */
    @Test
    void aNameThatLeadsToLoopbackIsRefusedUnlessThatIsAllowed() throws Exception {
        try (FakeEndpoint endpoint = new FakeEndpoint()) {
            String url = endpoint.url("/").replace("127.0.0.1", "2130706433");
            assertThat(tell(url))
                    .isInstanceOfSatisfying(
                            Answer.Refused.class,
                            answer -> assertThat(answer.detail()).contains("set allow-private: true"));
            assertThat(endpoint.requests()).isEmpty();
            Terms allowing = new Terms(TIMEOUT, Retry.DEFAULT, true, 0, null, Duration.ofMinutes(2), true);
            assertThat(tell(url, allowing)).isInstanceOf(Answer.Delivered.class);
        }
    }

    @Test
    void tlsOfAnUnknownAuthorityIsToldNothingAndTriedAgain(@TempDir Path folder) {
        TestAuthority unknown = new TestAuthority(folder, "unknown");
        try (BadTarget target =
                BadTarget.answering(unknown.issue("hooks.example").context(), "200 OK", "ok")) {
            assertThat(tell(target.url()))
                    .isInstanceOfSatisfying(
                            Answer.WorthRetrying.class,
                            answer -> assertThat(answer.detail()).startsWith("no answer: TLS failed"));
            assertThat(target.asked()).isZero();
        }
    }

    @Test
    void tlsOfAnotherHostIsToldNothingAndTriedAgain(@TempDir Path folder) throws Exception {
        TestAuthority known = new TestAuthority(folder, "known");
        Trust.in(known, folder, () -> {
            try (BadTarget other = BadTarget.answering(
                            known.issueForNameAlone("other.example").context(), "200 OK", "ok");
                    BadTarget right =
                            BadTarget.answering(known.issue("hooks.example").context(), "200 OK", "ok")) {
                assertThat(tell(other.url()))
                        .isEqualTo(
                                new Answer.WorthRetrying(null, "no answer: its certificate is for another host", null));
                assertThat(other.asked()).isZero();
                assertThat(tell(right.url())).isInstanceOf(Answer.Delivered.class);
            }
        });
    }

    private static Answer tell(String url) {
        return tell(url, PATIENT);
    }

    private static Answer tell(String url, Terms terms) {
        try (Receiver receiver = new WebhookSettings("hook", url, null, terms, PageTexts.DEFAULT).open()) {
            return receiver.send(Messages.firing("a1"))
                    .orTimeout(40, TimeUnit.SECONDS)
                    .join();
        }
    }

    /** A byte of the head every 50 ms, so that no silence is ever long. */
    private static void drip(ServerSocket server) {
        try (Socket asked = server.accept()) {
            for (int letter : ("HTTP/1.1 200 OK\r\nX-Head: " + "x".repeat(400)).getBytes(StandardCharsets.US_ASCII)) {
                asked.getOutputStream().write(letter);
                LockSupport.parkNanos(Duration.ofMillis(50).toNanos());
            }
        } catch (IOException hungUp) {
            // Whoever asked had enough.
        }
    }
}
