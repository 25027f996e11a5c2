package io.quorate.jobs.detection;

import io.quorate.events.Coverage.Missing;
import io.quorate.jobs.percentiles.Derived;
import io.quorate.rules.Selector;
import io.quorate.rules.Threshold;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Which rules cannot see of which members what they read, at one moment. */
final class Blindness {

    /** Why a metric is missing that this member, as it was started, never shows: no news that should wake anybody. */
    private static final Set<String> NEVER_SHOWN = Set.of("basic-metrics", "version", "no-node-exporter");

    /** Told of every member whose machine is asked, whether it answers or not. */
    static final String NODE_UP = "quorate_node_up";

    /** By member; of the cluster under no name. */
    private final Map<String, List<String>> rules = new TreeMap<>();

    /** A rule that lacks this, of a member or of the cluster. */
    void add(String rule, @Nullable String member, Missing missing) {
        if (!NEVER_SHOWN.contains(missing.why())) {
            rules.computeIfAbsent(member == null ? "" : member, who -> new ArrayList<>())
                    .add(rule + " (" + missing.metric() + ": " + missing.why() + ")");
        }
    }

    /** How many, and which: of a member, or of the cluster and all its members. */
    Measured measured(@Nullable String member) {
        List<String> names = new ArrayList<>();
        rules.forEach((who, what) -> {
            if (member == null || member.equals(who)) {
                what.forEach(rule -> names.add(member == null && !who.isEmpty() ? who + ' ' + rule : rule));
            }
        });
        return Measured.of(names.size(), String.join(", ", names));
    }

    /** What the first blind one of these lacks; null when all that were scraped show all that is read. */
    static @Nullable Missing of(Threshold.Source source, List<Selector> reads, Map<String, KnownMember> of) {
        boolean statuses = source == Threshold.Source.MEMBER_STATUS;
        boolean anyUp = of.values().stream().anyMatch(member -> member.up);
        for (Selector selector : reads) {
            String metric = selector.metric();
            for (KnownMember member : of.values()) {
                if (statuses && member.shown.contains(metric)) {
                    continue;
                }
                boolean upIsTold = metric.equals(Meter.UP) && (!statuses || !member.shown.isEmpty());
                // Of many members those that were not scraped are left out, as long as one was.
                boolean leftOut = of.size() > 1 && !member.up && anyUp;
                if (upIsTold || (leftOut && !statuses) || (leftOut && !member.shown.isEmpty())) {
                    continue;
                }
                Missing covered = covered(member, metric);
                if (covered != null
                        && !(selector.absentIsZero() && covered.why().equals("born-by-use"))) {
                    return covered;
                }
                if (!member.up) {
                    String why = statuses && member.shown.isEmpty() ? "not-polled" : "scrape-failed";
                    return new Missing(metric, why, "nothing came of the member's last poll", false);
                }
                if (member.shown.contains(metric)) {
                    continue;
                }
                if (isOfTheMachine(metric) && !member.shown.contains(NODE_UP)) {
                    return new Missing(metric, "no-node-exporter", "nobody asks the member's machine", false);
                }
                if (!selector.absentIsZero()) {
                    return new Missing(metric, "unknown", "not among the series of the last window", false);
                }
            }
        }
        return of.isEmpty() ? new Missing("", "not-scraped", "no member is known", false) : null;
    }

    /** What coverage says of it, or of what it is made of. */
    private static @Nullable Missing covered(KnownMember member, String metric) {
        Missing itself = member.missing.get(metric);
        return itself != null
                ? itself
                : member.missing.isEmpty()
                        ? null
                        : Derived.partsOf(metric).stream()
                                .map(member.missing::get)
                                .filter(Objects::nonNull)
                                .findFirst()
                                .orElse(null);
    }

    /** Whether node-exporter shows it, or it is made of what node-exporter shows. */
    static boolean isOfTheMachine(String metric) {
        return metric.startsWith("node_") || metric.startsWith("quorate_memory_");
    }
}
