package io.quorate.sinks.receivers.webhook;

import io.quorate.sinks.receivers.Answer;
import io.quorate.sinks.receivers.Message;
import io.quorate.sinks.receivers.Receiver;
import io.quorate.sinks.receivers.http.Poster;
import java.time.Clock;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

/** Posts what is new to one address, signed where there is a secret. */
final class WebhookReceiver implements Receiver {

    private final WebhookSettings settings;
    private final Clock clock;
    private final Poster poster;

    WebhookReceiver(WebhookSettings settings, Clock clock) {
        this.settings = settings;
        this.clock = clock;
        String secret = settings.secret();
        this.poster = new Poster(settings.url(), settings.terms(), secret == null ? List.of() : List.of(secret));
    }

    @Override
    public CompletableFuture<Answer> send(Message message) {
        byte[] body = Poster.bytes(WebhookMessage.of(message, settings.name(), settings.texts()));
        Map<String, String> headers = new LinkedHashMap<>();
        headers.put("Idempotency-Key", message.key());
        String secret = settings.secret();
        if (secret != null) {
            headers.putAll(Signature.of(secret, clock.instant(), body).headers());
        }
        return poster.json(headers, body);
    }

    @Override
    public void close() {
        poster.close();
    }
}
