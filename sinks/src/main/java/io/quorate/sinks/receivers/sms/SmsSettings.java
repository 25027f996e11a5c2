package io.quorate.sinks.receivers.sms;

import io.quorate.sinks.receivers.Receiver;
import io.quorate.sinks.receivers.ReceiverName;
import io.quorate.sinks.receivers.ReceiverSettings;
import io.quorate.sinks.receivers.Terms;
import io.quorate.sinks.receivers.http.WebAddress;
import io.quorate.sinks.receivers.text.PageTexts;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Text messages to some telephones.
 *
 * @param url of the service, {@link #DEFAULT_TWILIO_URL} or another one; to a generic one, all of it
 * @param account Twilio's; null for a generic one
 * @param token secret: Twilio's auth token, or what a generic service takes as bearer token
 * @param from number or sender id
 * @param to numbers
 */
public record SmsSettings(
        String name,
        Form form,
        String url,
        @Nullable String account,
        @Nullable String token,
        String from,
        List<String> to,
        Terms terms,
        PageTexts texts)
        implements ReceiverSettings {

    /** Its key in quorate.yaml. */
    public static final String ROOM = "sms";

    public static final String DEFAULT_TWILIO_URL = "https://api.twilio.com";

    /** Which interface the service speaks. */
    public enum Form {
        /** As Twilio publishes it: a form per number. */
        TWILIO,
        /** JSON with {@code to}, {@code from}, {@code text} and {@code key}, per number. */
        GENERIC
    }

    public SmsSettings {
        ReceiverName.checked(ROOM, name);
        Objects.requireNonNull(form, "form");
        WebAddress.checked(ROOM, url);
        to = List.copyOf(to);
        Objects.requireNonNull(terms, "terms");
        Objects.requireNonNull(texts, "texts");
        if (from.isBlank()) {
            throw new IllegalArgumentException("sms from: empty, expected a number or sender id");
        }
        if (to.isEmpty() || to.stream().anyMatch(String::isBlank)) {
            throw new IllegalArgumentException("sms to: " + to + ", expected one number or more");
        }
        if (form == Form.TWILIO && (account == null || account.isBlank() || token == null || token.isBlank())) {
            throw new IllegalArgumentException("sms: Twilio takes nothing without an account and a token");
        }
    }

    @Override
    public Receiver open() {
        return new SmsReceiver(this);
    }

    @Override
    public String reachedAt() {
        return WebAddress.hostAndPort(url);
    }

    @Override
    public String toString() {
        return "SmsSettings[name=" + name + ", form=" + form + ", url=" + WebAddress.shown(url)
                + (account == null ? "" : ", account=***") + (token == null ? "" : ", token=***") + ", from=" + from
                + ", to=" + to + ", terms=" + terms + ", texts=" + texts + ']';
    }
}
