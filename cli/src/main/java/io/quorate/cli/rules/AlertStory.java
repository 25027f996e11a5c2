package io.quorate.cli.rules;

import io.quorate.events.Alert;
import io.quorate.events.Alert.Evidence;
import io.quorate.events.Alert.Status;
import io.quorate.rules.Rule;
import io.quorate.rules.RuleOverride;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** One alert from beginning to end, for a person who asks why it came. */
final class AlertStory {

    /** How long a window is at least: what lasted so long is told in whole ones. */
    private static final Duration STEP = Duration.ofSeconds(10);

    /**
     * One transition.
     *
     * @param inShadow of a rule that notifies nobody
     */
    record Told(Alert alert, boolean inShadow) {}

    private final List<Told> told;
    private final @Nullable Rule rule;
    private final List<RuleOverride> overrides;

    /**
     * The story of these transitions.
     *
     * @param told in the order of time, at least one
     * @param rule as it reads now under the profile; null when there is none of that name
     * @param overrides that are set now
     */
    AlertStory(List<Told> told, @Nullable Rule rule, List<RuleOverride> overrides) {
        this.told = told;
        this.rule = rule;
        this.overrides = overrides;
    }

    List<String> lines() {
        List<String> lines = new ArrayList<>();
        Alert last = last();
        lines.add(last.id() + " " + last.rule() + " of " + who(last) + ", since " + last.startedAt()
                + (told.get(0).inShadow() ? ", in shadow: nobody was notified" : ""));
        for (Told each : told) {
            Alert alert = each.alert();
            lines.add("  %s  %-8s  %-8s  %s"
                    .formatted(alert.at(), lower(alert.status()), lower(alert.severity()), alert.summary()));
        }
        if (last.cause() != null) {
            lines.add("  cause: " + last.cause());
        }
        if (last.partOf() != null) {
            lines.add("  part of: " + last.partOf());
        }
        if (last.runbook() != null) {
            lines.add("  runbook: " + last.runbook());
        }
        addEvidence(lines);
        lines.add("what would have silenced it:");
        new Silencing(told.stream().map(Told::alert).toList(), rule, overrides)
                .lines()
                .forEach(line -> lines.add("  " + line));
        return lines;
    }

    /** Of each transition what it tells for the first time. */
    private void addEvidence(List<String> lines) {
        List<Evidence> known = new ArrayList<>();
        for (Told each : told) {
            List<Evidence> fresh = each.alert().evidence().stream()
                    .filter(evidence -> !known.contains(evidence))
                    .toList();
            if (!fresh.isEmpty()) {
                lines.add("numbers, " + lower(each.alert().status()) + " at "
                        + each.alert().at() + ":");
                fresh.forEach(evidence -> lines.add("  " + evidence.what() + ": " + evidence.value()
                        + (evidence.at().equals(each.alert().at()) ? "" : " (" + evidence.at() + ")")));
                known.addAll(fresh);
            }
        }
        Rule now = rule;
        if (now != null && known.stream().anyMatch(evidence -> isOther(evidence, now))) {
            lines.add("  the rule reads otherwise now: version " + now.version());
        }
    }

    private static boolean isOther(Evidence evidence, Rule now) {
        return evidence.what().equals("rule version") && !evidence.value().startsWith(now.version());
    }

    /** How long the episode was; null while it goes on. */
    static @Nullable Duration lasted(List<Alert> alerts) {
        Alert last = alerts.get(alerts.size() - 1);
        if (last.status() != Status.RESOLVED) {
            return null;
        }
        Duration exactly = Duration.between(last.startedAt(), last.at());
        long steps = -Math.floorDiv(-exactly.toMillis(), STEP.toMillis());
        return STEP.multipliedBy(Math.max(1, steps));
    }

    static String who(Alert alert) {
        return alert.member() == null ? alert.cluster() : alert.cluster() + "/" + alert.member();
    }

    static String lower(Enum<?> word) {
        return word.name().toLowerCase(Locale.ROOT);
    }

    private Alert last() {
        return told.get(told.size() - 1).alert();
    }
}
