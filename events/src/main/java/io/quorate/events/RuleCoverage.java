package io.quorate.events;

import java.time.Instant;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Whether one rule can speak of one member, or of one cluster, and if not, why. Told when it changes, and every ten minutes.
 *
 * @param member name; null when the rule is about the cluster
 * @param observedAt the end of the window that was judged last
 * @param state {@link #EVALUATED}, {@link #BLIND}, {@link #TOO_FEW}, {@link #SILENCED}, {@link #SHADOW} or {@link #OFF}
 * @param metric that is missing; null unless blind
 * @param why as {@link Coverage.Missing} says it; null unless blind
 * @param detail in words, for people
 * @param version of the rule
 */
public record RuleCoverage(
        String rule,
        String cluster,
        @Nullable String clusterId,
        @Nullable String member,
        @Nullable String memberId,
        Instant observedAt,
        String state,
        @Nullable String metric,
        @Nullable String why,
        String detail,
        String version) {

    /** There was a verdict: ok, breach or undecided. */
    public static final String EVALUATED = "evaluated";

    /** A metric that the rule reads is not there. */
    public static final String BLIND = "blind";

    /** It is there, with fewer operations than the rule asks for. */
    public static final String TOO_FEW = "too-few";

    /** There is a verdict, and somebody asked not to be told of it. */
    public static final String SILENCED = "silenced";

    /** There is a verdict, of a rule that does not notify. */
    public static final String SHADOW = "shadow";

    /** The rule is off here: by its profiles or an override. */
    public static final String OFF = "off";

    public RuleCoverage {
        Objects.requireNonNull(rule, "rule");
        Objects.requireNonNull(cluster, "cluster");
        Objects.requireNonNull(observedAt, "observedAt");
        Objects.requireNonNull(state, "state");
        detail = detail == null ? "" : detail;
        version = version == null ? "" : version;
    }
}
