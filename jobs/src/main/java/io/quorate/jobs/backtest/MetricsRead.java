package io.quorate.jobs.backtest;

import io.quorate.jobs.detection.Controls;
import io.quorate.jobs.percentiles.Derived;
import io.quorate.rules.Rule;
import io.quorate.rules.RuleOverride;
import io.quorate.rules.Selector;
import io.quorate.rules.Signal;
import io.quorate.rules.Threshold;
import io.quorate.rules.Threshold.Source;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.stream.Stream;

/** Which metrics of members and their machines rules look at, by base name: a replay needs no others. */
public final class MetricsRead {

    /** Told of every window, and by no series. */
    private static final String UP = "up";

    private MetricsRead() {}

    /** By the rules and their overrides; of what is derived, what it is made of. */
    public static SortedSet<String> by(Controls controls) {
        SortedSet<String> read = new TreeSet<>();
        Stream.concat(
                        controls.rules().stream().map(Rule::condition),
                        controls.overrides().stream()
                                .map(RuleOverride::condition)
                                .filter(Objects::nonNull))
                .forEach(condition -> read.addAll(by(condition)));
        return read;
    }

    /** By one condition; nothing by one that reads statuses alone. */
    static SortedSet<String> by(Rule.Condition condition) {
        SortedSet<String> read = new TreeSet<>();
        if (condition instanceof Rule.Regression regression) {
            read.add(regression.metric());
        }
        if (condition instanceof Threshold threshold && threshold.reads() == Source.MEMBER_WINDOW) {
            for (Signal signal : signals(threshold)) {
                for (Selector selector : signal.reads()) {
                    List<String> madeOf = Derived.partsOf(selector.metric());
                    read.addAll(madeOf.isEmpty() ? Set.of(selector.metric()) : madeOf);
                }
            }
        }
        read.remove(UP);
        return read;
    }

    /** What a threshold is held against, and what must hold as well. */
    static List<Signal> signals(Threshold threshold) {
        List<Signal> signals = new ArrayList<>(List.of(threshold.signal()));
        if (threshold.guard() != null) {
            signals.add(threshold.guard().signal());
        }
        return signals;
    }
}
