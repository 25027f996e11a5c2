package io.quorate.sinks.receivers.alertmanager;

import io.quorate.sinks.receivers.Receiver;
import io.quorate.sinks.receivers.ReceiverName;
import io.quorate.sinks.receivers.ReceiverSettings;
import io.quorate.sinks.receivers.Terms;
import io.quorate.sinks.receivers.http.WebAddress;
import io.quorate.sinks.receivers.text.PageTexts;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * One Alertmanager, or the members of one that runs on several: they tell repeats apart among themselves.
 *
 * @param urls without {@code /api}
 * @param user null when nobody must be told who asks
 * @param password secret
 * @param resend how often what fires is said again; without it for four times as long, an Alertmanager takes it for over
 */
public record AlertmanagerSettings(
        String name,
        List<String> urls,
        @Nullable String user,
        @Nullable String password,
        Duration resend,
        Terms terms,
        PageTexts texts)
        implements ReceiverSettings {

    /** Its key in quorate.yaml. */
    public static final String ROOM = "alertmanager";

    public static final Duration DEFAULT_RESEND = Duration.ofMinutes(1);

    public AlertmanagerSettings {
        ReceiverName.checked(ROOM, name);
        urls = List.copyOf(urls);
        if (urls.isEmpty()) {
            throw new IllegalArgumentException("alertmanager urls: none, expected one or more");
        }
        urls.forEach(url -> WebAddress.checked(ROOM, url));
        if (resend.isZero() || resend.isNegative()) {
            throw new IllegalArgumentException(
                    "alertmanager resend: " + resend.toMillis() + "ms, expected more than 0");
        }
        if ((user == null) != (password == null)) {
            throw new IllegalArgumentException(
                    "alertmanager: user and password are not both there, expected both or none");
        }
        Objects.requireNonNull(terms, "terms");
        Objects.requireNonNull(texts, "texts");
    }

    @Override
    public Receiver open() {
        return new AlertmanagerReceiver(this, Clock.systemUTC());
    }

    @Override
    public String reachedAt() {
        return WebAddress.hostAndPort(urls.get(0));
    }

    @Override
    public boolean tellsEach() {
        return true;
    }

    @Override
    public Duration refresh() {
        return resend;
    }

    @Override
    public String toString() {
        return "AlertmanagerSettings[name=" + name + ", urls="
                + urls.stream().map(WebAddress::shown).collect(Collectors.joining(", ", "[", "]"))
                + (user == null ? "" : ", user=" + user + ", password=***") + ", resend=" + resend + ", terms=" + terms
                + ", texts=" + texts + ']';
    }
}
