package io.quorate.events;

import java.time.Instant;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * One poll of one member's metrics, answered or not: the catalogue's histograms, counters and gauges, cumulative as the
 * member shows them.
 *
 * @param cluster name
 * @param clusterId lower-case hex, when known
 * @param member name
 * @param memberId lower-case hex, when known
 * @param source who was asked, such as {@code http://prometheus:9090}
 * @param observedAt the samples' own time
 * @param ingestedAt when Quorate had them
 * @param processStartSeconds since the epoch, when known: a move by more than 2 s is a restart
 * @param failure why there is no answer; null when there is one
 */
public record MemberScrape(
        String cluster,
        @Nullable String clusterId,
        String member,
        @Nullable String memberId,
        String source,
        Instant observedAt,
        Instant ingestedAt,
        @Nullable Double processStartSeconds,
        @Nullable String failure,
        List<Histogram> histograms,
        List<Sample> counters,
        List<Sample> gauges) {

    public MemberScrape {
        Objects.requireNonNull(cluster, "cluster");
        Objects.requireNonNull(member, "member");
        Objects.requireNonNull(source, "source");
        Objects.requireNonNull(observedAt, "observedAt");
        Objects.requireNonNull(ingestedAt, "ingestedAt");
        histograms = histograms == null ? List.of() : histograms;
        counters = counters == null ? List.of() : counters;
        gauges = gauges == null ? List.of() : gauges;
    }

    /** A poll that brought nothing, with the reason. */
    public static MemberScrape failed(
            String cluster, String member, String source, Instant observedAt, Instant ingestedAt, String failure) {
        return new MemberScrape(
                cluster,
                null,
                member,
                null,
                source,
                observedAt,
                ingestedAt,
                null,
                failure,
                List.of(),
                List.of(),
                List.of());
    }

    public boolean answered() {
        return failure == null;
    }
}
