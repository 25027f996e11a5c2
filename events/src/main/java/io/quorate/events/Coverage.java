package io.quorate.events;

import java.time.Instant;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Which metrics of the catalogue one member shows, and why it shows no others.
 *
 * @param cluster name
 * @param clusterId lower-case hex, when known
 * @param member name, or the address it is scraped at until the name is known
 * @param memberId lower-case hex, when known
 * @param version of etcd, when known
 * @param observedAt up to when the member was looked at
 * @param present base names, in the order of the catalogue
 */
public record Coverage(
        String cluster,
        @Nullable String clusterId,
        String member,
        @Nullable String memberId,
        @Nullable String version,
        Instant observedAt,
        List<String> present,
        List<Missing> missing) {

    public Coverage {
        Objects.requireNonNull(cluster, "cluster");
        Objects.requireNonNull(member, "member");
        Objects.requireNonNull(observedAt, "observedAt");
        present = present == null ? List.of() : present;
        missing = missing == null ? List.of() : missing;
    }

    /**
     * A metric that is not there.
     *
     * @param metric base name
     * @param why {@code basic-metrics}, {@code version}, {@code not-scraped}, {@code scrape-failed}, {@code auth}, {@code
     *     born-by-use} or {@code unknown}
     * @param detail in words, for people
     * @param required one of the critical metrics
     */
    public record Missing(String metric, String why, String detail, boolean required) {

        public Missing {
            Objects.requireNonNull(metric, "metric");
            Objects.requireNonNull(why, "why");
            detail = detail == null ? "" : detail;
        }
    }
}
