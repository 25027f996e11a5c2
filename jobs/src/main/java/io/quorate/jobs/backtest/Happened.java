package io.quorate.jobs.backtest;

import io.quorate.events.ClusterRoster;
import io.quorate.events.Control;
import io.quorate.events.Coverage;
import io.quorate.events.MemberScrape;
import io.quorate.events.MemberStatus;
import io.quorate.events.MemberWindow;
import java.time.Instant;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** One thing that the live jobs heard: exactly one of these, the others null. */
public record Happened(
        @Nullable MemberScrape scrape,
        @Nullable MemberStatus status,
        @Nullable MemberWindow window,
        @Nullable ClusterRoster roster,
        @Nullable Coverage coverage,
        @Nullable Control control) {

    public Happened {
        long given = Stream.of(scrape, status, window, roster, coverage, control)
                .filter(Objects::nonNull)
                .count();
        if (given != 1) {
            throw new IllegalArgumentException("exactly one thing happens at a time, not " + given);
        }
    }

    public static Happened of(MemberScrape scrape) {
        return new Happened(scrape, null, null, null, null, null);
    }

    public static Happened of(MemberStatus status) {
        return new Happened(null, status, null, null, null, null);
    }

    public static Happened of(MemberWindow window) {
        return new Happened(null, null, window, null, null, null);
    }

    public static Happened of(ClusterRoster roster) {
        return new Happened(null, null, null, roster, null, null);
    }

    public static Happened of(Coverage coverage) {
        return new Happened(null, null, null, null, coverage, null);
    }

    public static Happened of(Control control) {
        return new Happened(null, null, null, null, null, control);
    }

    /** Of a window, its end; of all else, when it was observed or said. */
    public Instant at() {
        if (scrape != null) {
            return scrape.observedAt();
        }
        if (status != null) {
            return status.observedAt();
        }
        if (window != null) {
            return window.windowEnd();
        }
        if (roster != null) {
            return roster.observedAt();
        }
        return coverage != null
                ? coverage.observedAt()
                : Objects.requireNonNull(control).at();
    }

    /** Null of what people said: that is for all. */
    public @Nullable String cluster() {
        if (scrape != null) {
            return scrape.cluster();
        }
        if (status != null) {
            return status.cluster();
        }
        if (window != null) {
            return window.cluster();
        }
        if (roster != null) {
            return roster.cluster();
        }
        return coverage == null ? null : coverage.cluster();
    }
}
