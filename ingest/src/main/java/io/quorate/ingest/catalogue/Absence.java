package io.quorate.ingest.catalogue;

import java.util.Locale;

/**
 * Why a member shows no series of a metric.
 *
 * @param detail in words; for what is a fault also what to do
 */
public record Absence(Reason reason, String detail) {

    /** The classes of absence. */
    public enum Reason {
        /** etcd runs with {@code --metrics=basic}, its default. */
        BASIC_METRICS,
        /** The member's version is older than the metric. */
        VERSION,
        /** The member is known, but no scrape of it came. */
        NOT_SCRAPED,
        SCRAPE_FAILED,
        /** Whoever scrapes may not. */
        AUTH,
        /** Appears with its first event: no fault. */
        BORN_BY_USE,
        UNKNOWN;

        /** As events and tables carry it: {@code basic-metrics}. */
        public String word() {
            return name().toLowerCase(Locale.ROOT).replace('_', '-');
        }
    }
}
