package io.quorate.sinks.receivers.email;

import io.quorate.sinks.receivers.Answer;
import io.quorate.sinks.receivers.Message;
import io.quorate.sinks.receivers.http.DestinationRefused;
import io.quorate.sinks.receivers.http.Destinations;
import io.quorate.sinks.receivers.http.Secrets;
import jakarta.mail.Address;
import jakarta.mail.MessagingException;
import jakarta.mail.Session;
import jakarta.mail.Transport;
import jakarta.mail.internet.InternetAddress;
import java.io.IOException;
import java.net.ConnectException;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.net.SocketFactory;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/** One connection to the server of mail, and what it said of each recipient. */
final class Conversation implements AutoCloseable {

    /** What a server's answers begin with: 4 is for not now, 5 for never. */
    private static final Pattern CODE = Pattern.compile("(?:^|\\s)([45]\\d\\d)[ -]");

    private final EmailSettings settings;
    private final Secrets secrets;
    private final Session session;

    /** The one that the mail client has asked for last. */
    private volatile @Nullable Socket socket;

    Conversation(EmailSettings settings) {
        this.settings = settings;
        String password = settings.password();
        this.secrets = Secrets.of(password == null ? List.of() : List.of(password));
        this.session = Session.getInstance(how());
    }

    /** What became of it, by recipient. */
    Map<String, Answer> tell(Message message, List<String> recipients) {
        Map<String, Answer> answers = new LinkedHashMap<>();
        try (Transport transport = session.getTransport("smtp")) {
            Letter letter = Letter.of(message, settings, session);
            transport.connect(settings.host(), settings.port(), settings.user(), settings.password());
            for (String recipient : recipients) {
                answers.put(recipient, tell(transport, letter, recipient));
            }
        } catch (MessagingException e) {
            Answer answer = judge(e);
            recipients.forEach(recipient -> answers.putIfAbsent(recipient, answer));
        }
        return answers;
    }

    /** Ends it, whatever it waits for. */
    void cutOff() {
        Socket open = socket;
        if (open != null) {
            try {
                open.close();
            } catch (IOException e) {
                // It is closed as far as it can be.
            }
        }
    }

    @Override
    public void close() {
        cutOff();
    }

    /** Each in an envelope of their own: one unknown address takes the mail from nobody else. */
    private Answer tell(Transport transport, Letter letter, String recipient) {
        try {
            transport.sendMessage(letter, new Address[] {new InternetAddress(recipient)});
            return new Answer.Delivered(null, null);
        } catch (MessagingException e) {
            return judge(e);
        }
    }

    private Answer judge(MessagingException failure) {
        String said = "";
        for (Throwable cause = failure; cause != null; cause = next(cause)) {
            if (cause instanceof IOException io) {
                DestinationRefused refused = DestinationRefused.in(io);
                return refused != null
                        ? new Answer.Refused(null, String.valueOf(refused.getMessage()))
                        : new Answer.WorthRetrying(null, "no answer: " + words(io), null);
            }
            Matcher code = CODE.matcher(String.valueOf(cause.getMessage()));
            if (code.find()) {
                String detail = "SMTP "
                        + secrets.maskedIn(String.valueOf(cause.getMessage()).substring(code.start(1)));
                return code.group(1).charAt(0) == '4'
                        ? new Answer.WorthRetrying(null, detail, null)
                        : new Answer.Refused(null, detail);
            }
            said = cause.getClass().getSimpleName();
        }
        // Such as a server without STARTTLS: its next version may have it, and the fallback does not wait for that.
        return new Answer.WorthRetrying(null, "the conversation failed: " + said, null);
    }

    private static @Nullable Throwable next(Throwable failure) {
        return failure instanceof MessagingException messaging && messaging.getNextException() != null
                ? messaging.getNextException()
                : failure.getCause();
    }

    private static String words(IOException failure) {
        if (failure instanceof SSLException) {
            return "TLS failed, so it is not known to be who it says";
        }
        if (failure instanceof UnknownHostException) {
            return "the name of its host was not found";
        }
        if (failure instanceof ConnectException) {
            return "nobody listens there";
        }
        return failure instanceof SocketTimeoutException
                ? "it fell silent"
                : failure.getClass().getSimpleName();
    }

    private Properties how() {
        String timeout = String.valueOf(settings.terms().timeout().toMillis());
        SocketFactory sockets =
                Destinations.of(settings.host(), settings.terms()).sockets(made -> socket = made);
        Properties how = new Properties();
        how.put("mail.smtp.connectiontimeout", timeout);
        how.put("mail.smtp.timeout", timeout);
        how.put("mail.smtp.socketFactory", sockets);
        how.put("mail.smtp.socketFactory.fallback", "false");
        how.put("mail.smtp.ssl.socketFactory", new CheckedTls(sockets));
        how.put("mail.smtp.ssl.socketFactory.fallback", "false");
        how.put("mail.smtp.ssl.checkserveridentity", "true");
        how.put("mail.smtp.auth", String.valueOf(settings.user() != null));
        how.put("mail.smtp.from", settings.from());
        switch (settings.security()) {
            case STARTTLS -> {
                how.put("mail.smtp.starttls.enable", "true");
                how.put("mail.smtp.starttls.required", "true");
            }
            case TLS -> how.put("mail.smtp.ssl.enable", "true");
            case NONE -> how.put("mail.smtp.starttls.enable", "false");
        }
        return how;
    }
}
