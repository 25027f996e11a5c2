package io.quorate.events;

import java.time.Instant;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * One member, one window {@code [windowStart, windowEnd)}: what each of its series saw.
 *
 * @param gap a scrape inside was missed or the process restarted: what happened then is lost, not zero
 * @param version 0 while the window is open and more may come, 1 when it is told at its end, then one more for each correction by
 *     late readings; a higher one replaces a lower one
 */
public record MemberWindow(
        String cluster,
        @Nullable String clusterId,
        String member,
        @Nullable String memberId,
        Instant windowStart,
        Instant windowEnd,
        boolean gap,
        int version,
        Measures measures) {

    public MemberWindow {
        Objects.requireNonNull(cluster, "cluster");
        Objects.requireNonNull(member, "member");
        Objects.requireNonNull(windowStart, "windowStart");
        Objects.requireNonNull(windowEnd, "windowEnd");
        measures = measures == null ? Measures.NONE : measures;
    }

    /** Told before the window closed. */
    public boolean isEarly() {
        return version == 0;
    }
}
