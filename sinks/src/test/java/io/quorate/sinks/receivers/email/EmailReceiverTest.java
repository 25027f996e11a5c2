package io.quorate.sinks.receivers.email;

import static org.assertj.core.api.Assertions.assertThat;

import com.icegreen.greenmail.util.GreenMail;
import com.icegreen.greenmail.util.ServerSetup;
import io.quorate.events.Alert;
import io.quorate.events.Alert.Severity;
import io.quorate.events.Alert.Status;
import io.quorate.sinks.receivers.Answer;
import io.quorate.sinks.receivers.Message;
import io.quorate.sinks.receivers.Message.Kind;
import io.quorate.sinks.receivers.Messages;
import io.quorate.sinks.receivers.Receiver;
import io.quorate.sinks.receivers.Retry;
import io.quorate.sinks.receivers.Terms;
import io.quorate.sinks.receivers.Trust;
import io.quorate.sinks.receivers.email.EmailSettings.Security;
import io.quorate.sinks.receivers.text.PageTexts;
import io.quorate.testkit.BadTarget;
import io.quorate.testkit.TestAuthority;
import jakarta.mail.internet.MimeMessage;
import jakarta.mail.internet.MimeMultipart;
import java.io.ObjectOutputStream;
import java.io.OutputStream;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Against a real SMTP server on loopback, and against scripted ones where a real one would have to fail. */
class EmailReceiverTest {

    private static final String SECRET = "s3cr3t-canary";
    private static final Terms PATIENT = Terms.DEFAULT;

    private GreenMail server;

    @BeforeEach
    void startServer() {
        server = new GreenMail(new ServerSetup(0, "127.0.0.1", ServerSetup.PROTOCOL_SMTP));
        server.start();
    }

    @AfterEach
    void stopServer() {
        server.stop();
    }

    @Test
    void mailsTextAndHtmlToEverybodyOnce() throws Exception {
        assertThat(tell(port(), Messages.firing("a1"))).isEqualTo(new Answer.Delivered(null, null));
        MimeMessage[] mails = server.getReceivedMessages();
        assertThat(mails).hasSize(2);
        MimeMessage mail = mails[0];
        assertThat(mail.getSubject())
                .isEqualTo("[FIRING critical] EtcdElectionStorm prod: three leader changes in ten minutes");
        assertThat(mail.getHeader("From", null)).isEqualTo("quorate@example.org");
        assertThat(mail.getHeader("To", null)).contains("oncall@example.org", "boss@example.org");
        assertThat(mail.getHeader("Message-ID", null)).isEqualTo("<g-a1-firing@example.org>");
        assertThat(mail.getHeader("References", null)).isEqualTo("<g-a1@example.org>");
        assertThat(mail.getHeader("Date", null)).isEqualTo("Sun, 29 Mar 2026 01:01:11 +0000");
        MimeMultipart parts = (MimeMultipart) mail.getContent();
        assertThat(mail.getContentType()).startsWith("multipart/alternative");
        assertThat(parts.getBodyPart(0).getContentType()).isEqualTo("text/plain; charset=UTF-8");
        assertThat(parts.getBodyPart(0).getContent().toString().replace("\r\n", "\n"))
                .isEqualTo(PageTexts.DEFAULT.text(Messages.firing("a1")));
        assertThat(parts.getBodyPart(1).getContentType()).isEqualTo("text/html; charset=UTF-8");
    }

    @Test
    void putsAllMessagesOfAGroupIntoOneThreadAndRepeatsUnderOneId() throws Exception {
        EmailSettings toOne = settings(port(), Security.NONE, null, List.of("oncall@example.org"), PATIENT);
        try (Receiver receiver = toOne.open()) {
            for (Message message : List.of(Messages.firing("a1"), Messages.firing("a1"), Messages.resolved("a1"))) {
                assertThat(receiver.send(message).join()).isInstanceOf(Answer.Delivered.class);
            }
        }
        List<MimeMessage> mails = List.of(server.getReceivedMessages());
        assertThat(mails)
                .extracting(mail -> mail.getHeader("Message-ID", null))
                .containsExactly(
                        "<g-a1-firing@example.org>", "<g-a1-firing@example.org>", "<g-a1-resolved@example.org>");
        assertThat(mails).extracting(mail -> mail.getHeader("References", null)).containsOnly("<g-a1@example.org>");
    }

    @Test
    void letsNoAlertWriteHeaders() throws Exception {
        Alert alert = Messages.saying(
                "x\r\nBcc: all@example.org\r\n\r\n\u00e4", Messages.storm("a1", Status.FIRING, Messages.AT));
        Message message =
                Messages.of(Kind.FIRING, "g>\r\nBcc: x@y", List.of(Severity.CRITICAL), Messages.placed(alert));
        assertThat(tell(port(), message)).isInstanceOf(Answer.Delivered.class);
        MimeMessage mail = server.getReceivedMessages()[0];
        assertThat(mail.getHeader("Bcc")).isNull();
        assertThat(mail.getSubject()).endsWith(": x Bcc: all@example.org \u00e4");
        assertThat(mail.getHeader("References", null)).isEqualTo("<g_Bcc_x_y@example.org>");
    }

    @Test
    void speaksTlsFromTheFirstByteToAServerThatIsWhoItSays(@TempDir Path folder) throws Exception {
        TestAuthority authority = new TestAuthority(folder, "mail");
        try (FakeSmtp right = new FakeSmtp(authority.issue("mail.example").context(), false);
                FakeSmtp other = new FakeSmtp(
                        authority.issueForNameAlone("other.example").context(), false)) {
            Trust.in(authority, folder, () -> {
                assertThat(tell(right.port(), Security.TLS, SECRET)).isEqualTo(new Answer.Delivered(null, null));
                assertThat(right.heard()).anyMatch(line -> line.startsWith("AUTH"));
                assertTlsFailed(tell(other.port(), Security.TLS, SECRET));
                assertThat(other.heard()).isEmpty();
            });
            assertTlsFailed(tell(right.port(), Security.TLS, SECRET));
        }
    }

    @Test
    void startsTlsBeforeItSaysAnything(@TempDir Path folder) throws Exception {
        TestAuthority authority = new TestAuthority(folder, "mail");
        try (FakeSmtp right = new FakeSmtp(authority.issue("mail.example").context(), true);
                FakeSmtp other = new FakeSmtp(
                        authority.issueForNameAlone("other.example").context(), true)) {
            Trust.in(authority, folder, () -> {
                assertThat(tell(right.port(), Security.STARTTLS, SECRET)).isEqualTo(new Answer.Delivered(null, null));
                assertThat(right.heard()).anyMatch(line -> line.startsWith("AUTH"));
                assertThat(right.heardInTheClear())
                        .allMatch(line -> line.startsWith("EHLO") || line.equals("STARTTLS"));
                assertTlsFailed(tell(other.port(), Security.STARTTLS, SECRET));
                assertThat(other.heard()).noneMatch(line -> line.startsWith("AUTH"));
            });
        }
    }

    @Test
    void neverFallsBackToTheClear() {
        assertThat(tell(port(), Security.STARTTLS, SECRET)).isInstanceOf(Answer.WorthRetrying.class);
        assertThat(server.getReceivedMessages()).isEmpty();
    }

    @Test
    void judgesByTheServersCodes() throws Exception {
        try (FakeSmtp smtp = new FakeSmtp(null, false)) {
            smtp.answers("MAIL", "451 4.3.0 try later, said " + SECRET);
            assertThat(tell(smtp.port(), Messages.firing("a1")))
                    .isInstanceOfSatisfying(
                            Answer.WorthRetrying.class,
                            answer -> assertThat(answer.detail()).contains("SMTP 451 4.3.0 try later"));
            smtp.answers("MAIL", "554 5.7.1 go away");
            assertThat(tell(smtp.port(), Messages.firing("a1")))
                    .isInstanceOfSatisfying(
                            Answer.Refused.class,
                            answer -> assertThat(answer.detail()).contains("SMTP 554 5.7.1 go away"));
        }
    }

    @Test
    void tellsThoseWhoCanBeToldAndThenOnlyTheOthers() throws Exception {
        try (FakeSmtp smtp = new FakeSmtp(null, false);
                Receiver receiver = settings(
                                smtp.port(),
                                Security.NONE,
                                null,
                                List.of("oncall@example.org", "boss@example.org"),
                                PATIENT)
                        .open()) {
            smtp.answers("RCPT TO:<boss", "450 4.2.1 mailbox busy");
            assertThat(receiver.send(Messages.firing("a1")).join())
                    .isInstanceOfSatisfying(
                            Answer.WorthRetrying.class,
                            answer -> assertThat(answer.detail()).startsWith("1 of 2 have it; SMTP 450"));
            smtp.answers("RCPT TO:<boss", "250 ok");
            assertThat(receiver.send(Messages.firing("a1")).join()).isInstanceOf(Answer.Delivered.class);
            assertThat(smtp.heard().stream().filter(line -> line.startsWith("RCPT TO:<oncall")))
                    .hasSize(1);
        }
    }

    @Test
    void tellsTheOthersWhenOneAddressIsUnknownForEver() throws Exception {
        try (FakeSmtp smtp = new FakeSmtp(null, false)) {
            smtp.answers("RCPT TO:<boss", "550 5.1.1 no such user");
            assertThat(tell(smtp.port(), Messages.firing("a1")))
                    .isInstanceOfSatisfying(
                            Answer.Delivered.class,
                            answer -> assertThat(answer.detail()).startsWith("1 of 2 have it; SMTP 550"));
            smtp.answers("RCPT TO:<oncall", "550 5.1.1 no such user");
            assertThat(tell(smtp.port(), Messages.firing("a1"))).isInstanceOf(Answer.Refused.class);
        }
    }

    @Test
    void keepsItsPasswordEvenWhenTheServerRepeatsIt(@TempDir Path folder) throws Exception {
        TestAuthority authority = new TestAuthority(folder, "mail");
        try (FakeSmtp smtp = new FakeSmtp(authority.issue("mail.example").context(), false)) {
            smtp.answers("AUTH", "535 5.7.8 wrong: " + SECRET);
            Trust.in(
                    authority,
                    folder,
                    () -> assertThat(tell(smtp.port(), Security.TLS, SECRET))
                            .isInstanceOfSatisfying(
                                    Answer.Refused.class,
                                    answer -> assertThat(answer.detail()).isEqualTo("SMTP 535 5.7.8 wrong: ***")));
        }
    }

    @Test
    void endsInTimeWhenTheServerSaysNothing() throws Exception {
        try (BadTarget silent = BadTarget.silent()) {
            Terms hasty = PATIENT.patient(Duration.ofMillis(300), Retry.DEFAULT);
            int port =
                    Integer.parseInt(silent.address().substring(silent.address().indexOf(':') + 1));
            Instant asked = Instant.now();
            try (Receiver receiver =
                    settings(port, Security.NONE, null, List.of("a@b"), hasty).open()) {
                assertThat(receiver.send(Messages.firing("a1")).get(5, TimeUnit.SECONDS))
                        .isEqualTo(new Answer.WorthRetrying(null, "no answer in time", null));
            }
            assertThat(Duration.between(asked, Instant.now())).isLessThan(Duration.ofSeconds(2));
        }
    }

    @Test
    void connectsToNoMetadataAddressAndTriesAgainWhereNobodyListens() {
        assertThat(tell("169.254.169.254", 25))
                .isInstanceOfSatisfying(
                        Answer.Refused.class,
                        answer -> assertThat(answer.detail()).contains("where no receiver is"));
        int port = port();
        server.stop();
        assertThat(tell("127.0.0.1", port))
                .isEqualTo(new Answer.WorthRetrying(null, "no answer: nobody listens there", null));
        assertThat(tell("mail.invalid", 25)).isInstanceOf(Answer.WorthRetrying.class);
    }

    @Test
    void travelsWithTheJobAndShowsNoPassword() throws Exception {
        EmailSettings settings = settings(25, Security.TLS, SECRET, List.of("a@b"), PATIENT);
        new ObjectOutputStream(OutputStream.nullOutputStream()).writeObject(settings);
        assertThat(settings).asString().doesNotContain(SECRET);
        assertThat(settings.reachedAt()).isEqualTo("127.0.0.1:25");
    }

    private static void assertTlsFailed(Answer answer) {
        assertThat(answer)
                .isEqualTo(new Answer.WorthRetrying(
                        null, "no answer: TLS failed, so it is not known to be who it says", null));
    }

    private int port() {
        return server.getSmtp().getPort();
    }

    private static Answer tell(int port, Message message) {
        try (Receiver receiver = settings(
                        port, Security.NONE, null, List.of("oncall@example.org", "boss@example.org"), PATIENT)
                .open()) {
            return receiver.send(message).join();
        }
    }

    private static Answer tell(int port, Security security, String password) {
        try (Receiver receiver = settings(port, security, password, List.of("oncall@example.org"), PATIENT)
                .open()) {
            return receiver.send(Messages.firing("a1")).join();
        }
    }

    private static Answer tell(String host, int port) {
        EmailSettings settings = new EmailSettings(
                "mail",
                host,
                port,
                Security.NONE,
                null,
                null,
                "quorate@example.org",
                List.of("oncall@example.org"),
                PATIENT,
                PageTexts.DEFAULT);
        try (Receiver receiver = settings.open()) {
            return receiver.send(Messages.firing("a1")).join();
        }
    }

    private static EmailSettings settings(int port, Security security, String password, List<String> to, Terms terms) {
        return new EmailSettings(
                "mail",
                "127.0.0.1",
                port,
                security,
                password == null ? null : "quorate",
                password,
                "quorate@example.org",
                to,
                terms,
                PageTexts.DEFAULT);
    }
}
