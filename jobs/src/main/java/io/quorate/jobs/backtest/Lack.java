package io.quorate.jobs.backtest;

import java.util.Objects;

/**
 * A rule that does not say on a history what it said live.
 *
 * @param why in words for people, what it does instead and what it misses
 */
public record Lack(String rule, String why) {

    public Lack {
        Objects.requireNonNull(rule, "rule");
        Objects.requireNonNull(why, "why");
    }
}
