package io.quorate.events;

import java.time.Instant;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * One member, one closed window {@code [windowStart, windowEnd)}: what each of its series saw.
 *
 * @param gap a scrape inside was missed or the process restarted: what happened then is lost, not zero
 * @param version counts the corrections that late readings made; a higher one replaces a lower one
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
}
