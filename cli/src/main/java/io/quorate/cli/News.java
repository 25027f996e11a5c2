package io.quorate.cli;

import io.quorate.cli.stack.TopicFollower;
import io.quorate.events.Alert;
import io.quorate.events.DeadLetter;
import io.quorate.events.MemberStatus;
import io.quorate.events.MemberWindow;
import io.quorate.events.codec.Topic;
import io.quorate.jobs.kafka.KafkaSettings;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;

/**
 * What a person beside a run wants to hear, a line each: the first windows, alerts, members that fall silent and come back,
 * kinds of dead letters. At most twenty lines a minute: a fleet has more to say than a terminal shows.
 */
final class News {

    private static final Duration NO_WINDOWS = Duration.ofSeconds(60);
    private static final int LINES_A_MINUTE = 20;
    /** One answer may be late on a busy machine. */
    private static final int SILENT_AFTER = 3;

    private static final int SHOWN_CHARACTERS = 200;
    private static final DateTimeFormatter CLOCK =
            DateTimeFormatter.ofPattern("HH:mm:ss", Locale.ROOT).withZone(ZoneId.systemDefault());

    private final Consumer<String> out;
    private final Clock clock;
    private final Instant begunAt;
    private final Set<String> clusters = new HashSet<>();
    private final Set<String> letters = new HashSet<>();
    private final Map<String, Integer> failures = new HashMap<>();
    private boolean hinted;
    private Instant minute;
    private int lines;
    private int heldBack;

    News(Consumer<String> out, Clock clock) {
        this.out = out;
        this.clock = clock;
        this.begunAt = clock.instant();
        this.minute = begunAt;
    }

    /** Reads what was written from this time on, until it is closed. */
    TopicFollower follow(KafkaSettings kafka, Instant from) {
        return new TopicFollower(kafka)
                .on(Topic.MEMBER_WINDOW, this::see)
                .on(Topic.MEMBER_STATUS, this::see)
                .on(Topic.ALERT, this::see)
                .on(Topic.DEAD_LETTER, this::see)
                .start(from);
    }

    /** The absence of news is news, too. */
    synchronized void tick() {
        if (!hinted && clusters.isEmpty() && clock.instant().isAfter(begunAt.plus(NO_WINDOWS))) {
            hinted = true;
            say("no windows yet after " + NO_WINDOWS.toSeconds()
                    + " s; see: quorate doctor --config FILE, quorate dead-letters");
        }
    }

    synchronized void see(MemberWindow window) {
        if (clusters.add(window.cluster())) {
            say("first window of " + window.cluster());
        }
    }

    synchronized void see(MemberStatus status) {
        String who = status.member() + " of " + status.cluster() + " (" + status.endpoint() + ")";
        int soFar = failures.getOrDefault(status.endpoint(), 0);
        if (status.answered()) {
            failures.remove(status.endpoint());
            if (soFar >= SILENT_AFTER) {
                say(who + " answers again");
            }
            return;
        }
        failures.put(status.endpoint(), soFar + 1);
        if (soFar + 1 == SILENT_AFTER) {
            say(who + " does not answer: " + status.failure() + ", " + cut(String.valueOf(status.failureDetail())));
        }
    }

    synchronized void see(Alert alert) {
        if (alert.status() == Alert.Status.FIRING || alert.status() == Alert.Status.RESOLVED) {
            say(alert.status().name().toLowerCase(Locale.ROOT) + "  "
                    + alert.severity().name().toLowerCase(Locale.ROOT) + "  " + alert.rule() + "  " + alert.summary());
        }
    }

    synchronized void see(DeadLetter letter) {
        String source = letter.source().replaceFirst("/\\d+@\\d+$", "");
        if (letters.add(letter.reason() + ' ' + source)) {
            say("dead letter, " + letter.reason() + ", " + source + ": " + cut(letter.detail())
                    + "; more of the kind are not told here, see: quorate dead-letters");
        }
    }

    private void say(String news) {
        Instant now = clock.instant();
        if (now.isAfter(minute.plus(Duration.ofMinutes(1)))) {
            if (heldBack > 0) {
                out.accept(CLOCK.format(now) + "  " + heldBack + " lines more were held back");
            }
            minute = now;
            lines = 0;
            heldBack = 0;
        }
        if (lines < LINES_A_MINUTE) {
            lines++;
            out.accept(CLOCK.format(now) + "  " + news);
        } else {
            heldBack++;
        }
    }

    private static String cut(String text) {
        return text.length() <= SHOWN_CHARACTERS ? text : text.substring(0, SHOWN_CHARACTERS) + " ...";
    }
}
