package io.quorate.jobs.percentiles;

import io.quorate.events.MemberScrape;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The one source whose scrapes of a member count, where several bring them: an HA pair of Prometheus, or a direct scrape
 * beside one. The others' are set aside, until the elected one has brought no answer for so long that another one is
 * elected. Judged by the scrapes' own times alone, so that a replay elects as the live job did.
 *
 * <p>A difference from one replica's reading to another's is as good as any: both read the same counters of the same
 * process, the later one later. That order would only be wrong if their clocks were further apart than the silence that
 * comes before every switch; {@link Readings} counts nothing of a series that shrinks across a switch.
 *
 * @param source that is elected, as {@link MemberScrape#source()}
 * @param answeredAt when it last brought an answer
 * @param seenAt when it last brought anything, a failed scrape too
 * @param intervalMillis the shorter of the last two from one of its scrapes to the next; 0 while unknown
 * @param lastIntervalMillis the last of them
 */
public record Replica(String source, Instant answeredAt, Instant seenAt, long intervalMillis, long lastIntervalMillis) {

    /** So long at least must it be silent: a restart of Prometheus takes less. */
    static final Duration PATIENCE = Duration.ofSeconds(30);

    /** What lies further apart is an outage: Prometheus itself looks back no further. */
    private static final Duration LONGEST_INTERVAL = Duration.ofMinutes(5);

    public Replica {
        Objects.requireNonNull(source, "source");
        Objects.requireNonNull(answeredAt, "answeredAt");
        Objects.requireNonNull(seenAt, "seenAt");
    }

    /**
     * Whose scrapes count.
     *
     * @param elected at the end; null while nobody answered
     * @param counting the scrapes that count, in order of time
     */
    record Election(@Nullable Replica elected, List<MemberScrape> counting) {

        /** Goes through scrapes of one member, in order of time and source, from what was elected before them. */
        static Election over(@Nullable Replica before, List<MemberScrape> scrapes) {
            Replica elected = before;
            List<MemberScrape> counting = new ArrayList<>(scrapes.size());
            for (MemberScrape scrape : scrapes) {
                if (elected == null) {
                    elected = scrape.answered() ? first(scrape) : null;
                } else if (scrape.source().equals(elected.source)) {
                    elected = elected.after(scrape);
                } else if (scrape.answered() && elected.silentAt(scrape.observedAt())) {
                    elected = first(scrape);
                } else {
                    continue;
                }
                counting.add(scrape);
            }
            return new Election(elected, counting);
        }
    }

    private static Replica first(MemberScrape scrape) {
        return new Replica(scrape.source(), scrape.observedAt(), scrape.observedAt(), 0, 0);
    }

    private Replica after(MemberScrape scrape) {
        Instant at = scrape.observedAt();
        if (!at.isAfter(seenAt)) {
            return this;
        }
        long gap = Duration.between(seenAt, at).toMillis();
        boolean outage = gap > LONGEST_INTERVAL.toMillis();
        long shorter = lastIntervalMillis == 0 ? gap : Math.min(gap, lastIntervalMillis);
        return new Replica(
                source,
                scrape.answered() ? at : answeredAt,
                at,
                outage ? intervalMillis : shorter,
                outage ? lastIntervalMillis : gap);
    }

    private boolean silentAt(Instant time) {
        long patience = Math.max(PATIENCE.toMillis(), 2 * intervalMillis);
        return time.isAfter(answeredAt.plusMillis(patience));
    }
}
