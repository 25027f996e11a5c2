package io.quorate.jobs.ledger;

import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a sweep came to: one point for each value. All is of the swept rule alone, but what is said to be of all.
 *
 * @param address of the number, {@code RULE.PARAM}
 * @param asIs what the rule says; null when it says nothing of it
 */
public record Curve(String address, @Nullable String asIs, List<Point> points) {

    /**
     * One value.
     *
     * @param number the value in its base unit: seconds, bytes, a ratio, a count
     * @param episodes that fired
     * @param notifications of them, those that tell somebody
     * @param pagesOfAll of every rule: others may read what this one says
     * @param recall the share of the incidents that this rule finds, or at whose beginning it fires already: a rule that
     *     fires later must not seem to find more; null without a truth, or without an incident
     * @param precision null without a truth, or without an episode
     * @param delaySeconds the median, see {@link Score}; null without a truth, or when no delay is known
     */
    public record Point(
            String value,
            double number,
            int episodes,
            int notifications,
            int pages,
            int warnings,
            double pagesPerClusterMonth,
            int pagesOfAll,
            @Nullable Double recall,
            @Nullable Double precision,
            @Nullable Double delaySeconds) {}

    public Curve {
        points = List.copyOf(points);
    }

    public static Curve of(Sweep sweep, List<Point> points) {
        return new Curve(sweep.address(), sweep.asIs(), points);
    }

    /**
     * The point of one run.
     *
     * @param noise of the run, for its span and its clusters
     * @param truth null without one
     */
    public static Point point(
            Sweep sweep, Sweep.Value value, Ledger ledger, Noise noise, @Nullable Truth truth, Duration reach) {
        Ledger alone = new Ledger(ledger.episodes().stream()
                .filter(episode -> episode.rule().equals(sweep.rule()))
                .toList());
        Score score = truth == null ? null : Score.of(truth, alone, reach);
        Spread delay = score == null ? null : score.delay();
        return new Point(
                value.text(),
                value.number(),
                alone.fired().size(),
                alone.notifying(),
                alone.pages(),
                alone.warnings(),
                alone.pages() / noise.clusterMonths(),
                ledger.pages(),
                score == null ? null : score.awake(),
                score == null ? null : score.precision(),
                delay == null ? null : delay.p50());
    }
}
