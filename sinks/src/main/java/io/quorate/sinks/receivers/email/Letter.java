package io.quorate.sinks.receivers.email;

import io.quorate.sinks.receivers.Message;
import io.quorate.sinks.receivers.text.PageTexts;
import jakarta.mail.MessagingException;
import jakarta.mail.Session;
import jakarta.mail.internet.InternetAddress;
import jakarta.mail.internet.MimeBodyPart;
import jakarta.mail.internet.MimeMessage;
import jakarta.mail.internet.MimeMultipart;
import java.nio.charset.StandardCharsets;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;

/**
 * A page as a mail, the same at every attempt: mail servers and readers tell repeats by its id, and put those of one group
 * into one thread.
 */
final class Letter extends MimeMessage {

    private static final String UTF_8 = StandardCharsets.UTF_8.name();
    private static final DateTimeFormatter DATE = DateTimeFormatter.ofPattern("EEE, d MMM uuuu HH:mm:ss Z", Locale.ROOT)
            .withZone(ZoneOffset.UTC);

    private final String id;

    private Letter(Session session, String id) {
        super(session);
        this.id = id;
    }

    static Letter of(Message message, EmailSettings settings, Session session) throws MessagingException {
        PageTexts texts = settings.texts();
        String domain = settings.from().substring(settings.from().indexOf('@') + 1);
        Letter letter = new Letter(session, id(message.key(), domain));
        letter.setFrom(new InternetAddress(settings.from()));
        for (String to : settings.to()) {
            letter.addRecipient(RecipientType.TO, new InternetAddress(to));
        }
        letter.setSubject(texts.title(message), UTF_8);
        letter.setHeader("Date", DATE.format(message.at()));
        String thread = id(message.group(), domain);
        letter.setHeader("In-Reply-To", thread);
        letter.setHeader("References", thread);
        // So that nobody's absence is answered to us.
        letter.setHeader("Auto-Submitted", "auto-generated");
        MimeBodyPart text = new MimeBodyPart();
        text.setText(texts.text(message), UTF_8, "plain");
        MimeBodyPart html = new MimeBodyPart();
        html.setText(texts.html(message), UTF_8, "html");
        letter.setContent(new MimeMultipart("alternative", text, html));
        letter.saveChanges();
        return letter;
    }

    @Override
    protected void updateMessageID() throws MessagingException {
        setHeader("Message-ID", id);
    }

    private static String id(String key, String domain) {
        return '<' + key.replaceAll("[^A-Za-z0-9.-]+", "_") + '@' + domain + '>';
    }
}
