package io.quorate.jobs.alerting;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How many messages one receiver is sent in any 60 s. The last of them is kept a while, for a summary of all that comes
 * meanwhile.
 */
final class Limit {

    static final Duration SPAN = Duration.ofSeconds(60);

    /** How long the last one is kept. */
    static final Duration GATHERING = Duration.ofSeconds(10);

    private final int most;
    private final Deque<Instant> sent = new ArrayDeque<>();

    Limit(int most) {
        this.most = most;
    }

    boolean isNone() {
        return most == 0;
    }

    void sent(Instant now) {
        if (!isNone()) {
            sent.addLast(now);
            while (sent.size() > most) {
                sent.removeFirst();
            }
        }
    }

    /** How many may be sent now. */
    int free(Instant now) {
        return isNone()
                ? Integer.MAX_VALUE
                : most - (int) sent.stream().filter(at -> counts(at, now)).count();
    }

    /** Whether the next one is the last for a while, and is kept for what else may come. */
    boolean keepsLast(Instant now) {
        Instant newest = sent.peekLast();
        return most > 1 && free(now) == 1 && newest != null && now.isBefore(newest.plus(GATHERING));
    }

    /** When more may be sent than now. */
    @Nullable
    Instant next(Instant now) {
        Instant newest = sent.peekLast();
        if (keepsLast(now) && newest != null) {
            return newest.plus(GATHERING);
        }
        return sent.stream()
                .filter(at -> counts(at, now))
                .findFirst()
                .map(at -> at.plus(SPAN))
                .orElse(null);
    }

    List<Instant> sent() {
        return List.copyOf(sent);
    }

    private static boolean counts(Instant at, Instant now) {
        return at.plus(SPAN).isAfter(now);
    }
}
