package io.quorate.events;

import java.time.Instant;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * One window of many members together, each series the integer sum of the level below.
 *
 * @param cluster name, at cluster scope; else null
 * @param group the labels that the clusters share, as {@link Labels} writes them, at group scope; else null
 * @param members how many members' windows stand in the sum
 * @param gap one of them has a gap
 * @param version 0 while the window is open and more may come, 1 when it has closed, then one more for each correction; a
 *     higher one replaces a lower one
 */
public record ScopeWindow(
        Scope scope,
        @Nullable String cluster,
        @Nullable String clusterId,
        @Nullable String group,
        Instant windowStart,
        Instant windowEnd,
        int members,
        boolean gap,
        int version,
        Measures measures) {

    /** How wide; a {@link MemberWindow} is the narrowest. */
    public enum Scope {
        CLUSTER,
        GROUP,
        FLEET
    }

    public ScopeWindow {
        Objects.requireNonNull(scope, "scope");
        Objects.requireNonNull(windowStart, "windowStart");
        Objects.requireNonNull(windowEnd, "windowEnd");
        measures = measures == null ? Measures.NONE : measures;
    }

    /** Told before the window closed. */
    public boolean isEarly() {
        return version == 0;
    }
}
