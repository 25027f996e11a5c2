package io.quorate.sinks.receivers.sms;

import io.quorate.sinks.receivers.Answer;
import io.quorate.sinks.receivers.Message;
import io.quorate.sinks.receivers.Receiver;
import io.quorate.sinks.receivers.Recipients;
import io.quorate.sinks.receivers.http.Poster;
import io.quorate.sinks.receivers.sms.SmsSettings.Form;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

/** One call per number. Neither service is known to tell repeats apart, so who has a message is not called for it again. */
final class SmsReceiver implements Receiver {

    private final SmsSettings settings;
    private final Recipients recipients;
    private final Poster poster;

    SmsReceiver(SmsSettings settings) {
        this.settings = settings;
        this.recipients = new Recipients(settings.to());
        List<String> secrets = new ArrayList<>();
        if (settings.token() != null) {
            secrets.add(settings.token());
            secrets.add(settings.account() + ":" + settings.token());
        }
        this.poster = new Poster(address(settings), settings.terms(), secrets);
    }

    @Override
    public CompletableFuture<Answer> send(Message message) {
        String text = settings.texts().sms(message);
        Map<String, CompletableFuture<Answer>> sent = new LinkedHashMap<>();
        recipients.waiting(message.key()).forEach(number -> sent.put(number, call(number, text, message.key())));
        return CompletableFuture.allOf(sent.values().toArray(CompletableFuture[]::new))
                .thenApply(all -> {
                    Map<String, Answer> answers = new LinkedHashMap<>();
                    sent.forEach((number, answer) -> answers.put(number, answer.join()));
                    return recipients.judge(message.key(), answers);
                });
    }

    @Override
    public void close() {
        poster.close();
    }

    private CompletableFuture<Answer> call(String number, String text, String key) {
        Map<String, String> fields = new LinkedHashMap<>();
        if (settings.form() == Form.TWILIO) {
            fields.put("To", number);
            fields.put("From", settings.from());
            fields.put("Body", text);
            String both = settings.account() + ":" + settings.token();
            String token = Base64.getEncoder().encodeToString(both.getBytes(StandardCharsets.UTF_8));
            return poster.form(Map.of("Authorization", "Basic " + token), fields);
        }
        fields.put("to", number);
        fields.put("from", settings.from());
        fields.put("text", text);
        fields.put("key", key);
        Map<String, String> headers = new LinkedHashMap<>();
        headers.put("Idempotency-Key", key);
        if (settings.token() != null) {
            headers.put("Authorization", "Bearer " + settings.token());
        }
        return poster.json(headers, fields);
    }

    private static String address(SmsSettings settings) {
        if (settings.form() == Form.GENERIC) {
            return settings.url();
        }
        String base = settings.url().endsWith("/") ? settings.url() : settings.url() + '/';
        return base + "2010-04-01/Accounts/"
                + URLEncoder.encode(String.valueOf(settings.account()), StandardCharsets.UTF_8) + "/Messages.json";
    }
}
