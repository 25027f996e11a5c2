package io.quorate.jobs.settings;

import io.quorate.sinks.receivers.ReceiverSettings;
import io.quorate.sinks.receivers.Retry;
import io.quorate.sinks.receivers.Terms;
import io.quorate.sinks.receivers.alertmanager.AlertmanagerSettings;
import io.quorate.sinks.receivers.email.EmailSettings;
import io.quorate.sinks.receivers.kafka.KafkaTopicSettings;
import io.quorate.sinks.receivers.log.LogSettings;
import io.quorate.sinks.receivers.pagerduty.PagerDutySettings;
import io.quorate.sinks.receivers.slack.SlackSettings;
import io.quorate.sinks.receivers.sms.SmsSettings;
import io.quorate.sinks.receivers.text.PageTexts;
import io.quorate.sinks.receivers.webhook.WebhookSettings;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Reads {@code alerting.receivers}: an entry each, with what it speaks as its one key. */
final class ReceiverReader {

    private static final List<String> KINDS =
            List.of("webhook", "slack", "pagerduty", "email", "sms", "alertmanager", "kafka", "log");
    private static final Duration RESEND = Duration.ofMinutes(1);

    private final Reading reading;
    private final SecretAddresses addresses;
    private final PageTexts texts;
    private final @Nullable String bootstrap;
    private final KnownReceivers known;

    /**
     * @param bootstrap of the broker that the settings name; null when they name none
     */
    ReceiverReader(Reading reading, SecretAddresses addresses, PageTexts texts, @Nullable String bootstrap) {
        this.reading = reading;
        this.addresses = addresses;
        this.texts = texts;
        this.bootstrap = bootstrap;
        this.known = new KnownReceivers(reading);
    }

    KnownReceivers known() {
        return known;
    }

    /** Those that can be used. */
    List<ReceiverSettings> receivers(Room alerting) {
        if (!alerting.has("receivers")) {
            if (alerting.means("receivers")) {
                known.hidesOne();
            }
            return List.of();
        }
        List<Room> entries = alerting.rooms("receivers");
        if (entries.size() < reading.file().root().at(alerting.at("receivers")).size()) {
            known.hidesOne();
        }
        List<ReceiverSettings> receivers = new ArrayList<>();
        for (Room entry : entries) {
            ReceiverSettings receiver = receiver(entry);
            if (receiver != null) {
                receivers.add(receiver);
            }
        }
        known.judgeFallbacks();
        return receivers;
    }

    private @Nullable ReceiverSettings receiver(Room entry) {
        Optional<String> kind = KINDS.stream().filter(entry::has).findFirst();
        if (kind.isEmpty()) {
            known.hidesOne();
            return null;
        }
        Room room = entry.room(kind.get());
        String name = room.text("name", kind.get());
        if (room.spoilt("name") || !known.add(name, room)) {
            known.hidesOne();
        }
        reading.once(
                room,
                List.of("name"),
                "receiver " + name,
                "'name' is " + name + " a second time; expected a 'name' each");
        return switch (kind.get()) {
            case "webhook" -> webhook(room, name);
            case "slack" -> slack(room, name);
            case "pagerduty" -> pagerDuty(room, name);
            case "email" -> email(room, name);
            case "sms" -> sms(room, name);
            case "alertmanager" -> alertmanager(room, name);
            case "kafka" -> kafka(room, name);
            default -> log(room, name);
        };
    }

    private @Nullable ReceiverSettings webhook(Room room, String name) {
        String url = addresses.read(room, "webhook");
        Room.Secret secret = room.secret("secret");
        Terms terms = terms(room, Terms.DEFAULT);
        return reading.built(room.pointer(), () -> new WebhookSettings(name, url, value(secret), terms, texts));
    }

    private @Nullable ReceiverSettings slack(Room room, String name) {
        String url = addresses.read(room, "slack");
        Terms terms = terms(room, Terms.DEFAULT);
        return reading.built(room.pointer(), () -> new SlackSettings(name, url, terms, texts));
    }

    private @Nullable ReceiverSettings pagerDuty(Room room, String name) {
        String key = needed(room, "routing-key");
        String url = room.text("url", PagerDutySettings.DEFAULT_URL);
        Terms terms = terms(room, Terms.DEFAULT);
        return reading.built(room.pointer(), () -> new PagerDutySettings(name, key, url, terms, texts));
    }

    private @Nullable ReceiverSettings email(Room room, String name) {
        String host = room.text("host", "refused");
        EmailSettings.Security security =
                EmailSettings.Security.valueOf(room.text("security", "starttls").toUpperCase(Locale.ROOT));
        int port = room.number(
                "port",
                switch (security) {
                    case STARTTLS -> 587;
                    case TLS -> 465;
                    case NONE -> 25;
                });
        Room.Secret password = password(room);
        String user = password == null ? null : room.text("user");
        String from = room.text("from", "refused@refused.example");
        List<String> to = atLeastOne(room, "to", "refused@refused.example");
        Terms terms = terms(room, Terms.DEFAULT);
        return reading.built(
                room.pointer(),
                () -> new EmailSettings(name, host, port, security, user, value(password), from, to, terms, texts));
    }

    private @Nullable ReceiverSettings sms(Room room, String name) {
        SmsSettings.Form form =
                SmsSettings.Form.valueOf(room.text("form", "generic").toUpperCase(Locale.ROOT));
        boolean isTwilio = form == SmsSettings.Form.TWILIO;
        if (!isTwilio && !room.spoilt("form") && !room.means("url")) {
            reading.problem(room.pointer(), "'url' is missing; expected it where form is generic");
        }
        if (isTwilio && !room.means("account")) {
            reading.problem(room.pointer(), "'account' is missing; expected it where form is twilio");
        }
        String url = room.text("url", isTwilio ? SmsSettings.DEFAULT_TWILIO_URL : SettingsReader.STAND_IN);
        String account = isTwilio ? room.text("account", "refused") : room.text("account");
        String token = isTwilio ? needed(room, "token") : value(room.secret("token"));
        String from = room.text("from", "refused");
        List<String> to = atLeastOne(room, "to", "+00000");
        Terms terms = terms(room, Terms.DEFAULT);
        return reading.built(
                room.pointer(), () -> new SmsSettings(name, form, url, account, token, from, to, terms, texts));
    }

    private @Nullable ReceiverSettings alertmanager(Room room, String name) {
        List<String> urls = atLeastOne(room, "urls", SettingsReader.STAND_IN);
        Room.Secret password = password(room);
        String user = password == null ? null : room.text("user");
        Duration resend = room.duration("resend", RESEND);
        Terms terms = terms(room, Terms.UNLIMITED);
        return reading.built(
                room.pointer(),
                () -> new AlertmanagerSettings(name, urls, user, value(password), resend, terms, texts));
    }

    private @Nullable ReceiverSettings kafka(Room room, String name) {
        String topic = room.text("topic", "refused");
        String broker = bootstrap == null || room.has("bootstrap") ? room.text("bootstrap") : bootstrap;
        if (broker == null && !room.means("bootstrap")) {
            reading.problem(
                    room.pointer(),
                    "'bootstrap' is missing; expected it here, or a section 'kafka' that names a broker");
        }
        Terms terms = terms(room, Terms.UNLIMITED);
        return broker == null
                ? null
                : reading.built(room.pointer(), () -> new KafkaTopicSettings(name, broker, topic, terms));
    }

    private @Nullable ReceiverSettings log(Room room, String name) {
        Terms terms = terms(room, Terms.UNLIMITED);
        return reading.built(room.pointer(), () -> new LogSettings(name, terms));
    }

    /** On which terms it is told, whatever it speaks. */
    private Terms terms(Room room, Terms usual) {
        Duration timeout = room.duration("timeout", usual.timeout());
        Duration retryFor = room.duration("retry-for", usual.retry().budget());
        boolean sendResolved = room.flag("send-resolved", usual.sendResolved());
        int perMinute = room.number("per-minute", usual.perMinute());
        String fallback = room.text("fallback");
        if (room.has("fallback-after") && !room.means("fallback")) {
            reading.problem(
                    room.at("fallback-after"), "'fallback-after' stands without 'fallback'; expected both or neither");
        }
        Duration after =
                room.has("fallback") ? room.duration("fallback-after", usual.fallbackAfter()) : usual.fallbackAfter();
        boolean allowPrivate = room.flag("allow-private", usual.allowPrivate());
        Terms terms = reading.built(
                room.pointer(),
                () -> new Terms(
                        timeout,
                        Retry.DEFAULT.within(retryFor),
                        sendResolved,
                        perMinute,
                        fallback,
                        after,
                        allowPrivate));
        return terms == null ? usual : terms;
    }

    /** A secret without which nothing goes. */
    private String needed(Room room, String slot) {
        Room.Secret secret = room.secret(slot);
        if (secret == null && !room.means(slot + "-file") && !room.means(slot + "-env")) {
            reading.problem(
                    room.pointer(), "'" + slot + "' is missing; expected " + slot + "-file or " + slot + "-env");
        }
        return secret == null ? "refused" : secret.value();
    }

    /** Beside {@code user}, both or neither. */
    private Room.@Nullable Secret password(Room room) {
        Room.Secret password = room.secret("password");
        boolean means = room.means("password-file") || room.means("password-env");
        if (room.has("user") && !means) {
            reading.problem(
                    room.at("user"), "'user' stands without a password; expected password-file or password-env");
        }
        if (means && !room.means("user")) {
            String key = room.has("password-env") ? "password-env" : "password-file";
            reading.problem(room.at(key), "'" + key + "' stands without 'user'; expected both or neither");
            return null;
        }
        return password;
    }

    private static @Nullable String value(Room.@Nullable Secret secret) {
        return secret == null ? null : secret.value();
    }

    /** What stands for those that were refused is judged by nobody. */
    private List<String> atLeastOne(Room room, String key, String standIn) {
        List<String> texts = room.texts(key);
        for (int i = 0; i < texts.size(); i++) {
            if (reading.spoilt(room.at(key) + "/" + i)) {
                texts.set(i, standIn);
            }
        }
        return texts.isEmpty() ? List.of(standIn) : texts;
    }
}
