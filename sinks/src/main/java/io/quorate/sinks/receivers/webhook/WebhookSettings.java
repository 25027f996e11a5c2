package io.quorate.sinks.receivers.webhook;

import io.quorate.sinks.receivers.Receiver;
import io.quorate.sinks.receivers.ReceiverName;
import io.quorate.sinks.receivers.ReceiverSettings;
import io.quorate.sinks.receivers.Terms;
import io.quorate.sinks.receivers.http.WebAddress;
import io.quorate.sinks.receivers.text.PageTexts;
import java.time.Clock;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * One webhook.
 *
 * @param url secret, as many services put a token into it: never printed beyond scheme and host
 * @param secret by which messages are signed; null when they are not
 */
public record WebhookSettings(
        String name, String url, @Nullable String secret, Terms terms, PageTexts texts) implements ReceiverSettings {

    /** Its key in quorate.yaml. */
    public static final String ROOM = "webhook";

    public static final String DEFAULT_NAME = ROOM;

    public WebhookSettings {
        ReceiverName.checked(ROOM, name);
        WebAddress.checked(ROOM, url);
        Objects.requireNonNull(terms, "terms");
        Objects.requireNonNull(texts, "texts");
        if (secret != null && secret.isBlank()) {
            throw new IllegalArgumentException("webhook secret: empty, expected one, or none at all");
        }
    }

    /** With every default: five seconds per attempt, a day of attempts, resolved ones too; unsigned. */
    public static WebhookSettings at(String url) {
        return new WebhookSettings(DEFAULT_NAME, url, null, Terms.DEFAULT, PageTexts.DEFAULT);
    }

    @Override
    public Receiver open() {
        return new WebhookReceiver(this, Clock.systemUTC());
    }

    /** The url as far as it may be shown: scheme, host and port. */
    public String shownUrl() {
        return WebAddress.shown(url);
    }

    @Override
    public String reachedAt() {
        return WebAddress.hostAndPort(url);
    }

    @Override
    public String toString() {
        return "WebhookSettings[name=" + name + ", url=" + shownUrl() + (secret == null ? "" : ", secret=***")
                + ", terms=" + terms + ", texts=" + texts + ']';
    }
}
