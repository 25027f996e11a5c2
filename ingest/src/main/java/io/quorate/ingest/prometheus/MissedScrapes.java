package io.quorate.ingest.prometheus;

import io.quorate.events.MemberScrape;
import io.quorate.ingest.Observation;
import io.quorate.ingest.poll.Parcel;
import io.quorate.ingest.poll.PollSplit;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import okhttp3.HttpUrl;

/**
 * The scrapes of a member that were due while nobody polled it, as failed ones: a window that lacks them must not look whole. A
 * Prometheus needs none of these, as it is asked for what it scraped meanwhile.
 */
final class MissedScrapes {

    /** What is a minute old the ingest job refuses as not of now; so long an absence shows by itself. */
    private static final Duration FURTHEST_BACK = Duration.ofSeconds(55);

    private MissedScrapes() {}

    /** Those since the split's checkpoint; none for one that was never polled. */
    static List<Parcel> of(PollSplit split, Duration interval, Instant now) {
        Instant knownUntil = split.knownUntil();
        if (knownUntil == null) {
            return List.of();
        }
        Map<String, String> labels = split.target().labels();
        String source = Objects.requireNonNull(
                        HttpUrl.parse(split.target().addresses().get(0)), "address")
                .toString();
        List<Parcel> missed = new ArrayList<>();
        for (Instant due = knownUntil.plus(interval); due.isBefore(now); due = due.plus(interval)) {
            if (due.isAfter(now.minus(FURTHEST_BACK))) {
                missed.add(Parcel.plain(Observation.of(MemberScrape.failed(
                        labels.getOrDefault("cluster", ""),
                        labels.getOrDefault("member", ""),
                        source,
                        due,
                        now,
                        "not-polled: nothing is known from " + knownUntil + " until " + now
                                + ", as the ingest job began anew"))));
            }
        }
        return missed;
    }
}
