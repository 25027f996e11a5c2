package io.quorate.jobs.detection;

import io.quorate.events.Control;
import io.quorate.rules.Maintenance;
import io.quorate.rules.OverrideReader;
import io.quorate.rules.Rule;
import io.quorate.rules.RuleOverride;
import io.quorate.rules.RuleReader;
import io.quorate.rules.Threshold;
import io.quorate.rules.yaml.InvalidYaml;
import java.io.Serializable;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.BiConsumer;

/**
 * The rules that a job began with, and what was said to it since.
 *
 * @param rules as they read under the profile, without their tests: they travel to every operator
 * @param maintenance as the settings have it; nobody can say one yet while a job runs
 */
public record Controls(List<Rule> rules, List<RuleOverride> overrides, List<Maintenance> maintenance, String profile)
        implements Serializable {

    public Controls {
        rules = rules.stream().map(Rule::untested).toList();
    }

    /** Without a maintenance. */
    public Controls(List<Rule> rules, List<RuleOverride> overrides, String profile) {
        this(rules, overrides, List.of(), profile);
    }

    /** Why something that was said cannot be done. */
    public static final class Refused extends Exception {

        Refused(String why) {
            super(why);
        }
    }

    /**
     * What is to be evaluated after all of this was said. What cannot be read is left out: a job that begins with other rules
     * or another profile than the one that let it pass must not fail of it.
     *
     * @param left takes what was left out, and why
     */
    RuleSet after(Collection<Control> said, Threshold.Source source, Duration step, BiConsumer<String, String> left) {
        Map<String, Rule> active = new TreeMap<>();
        Map<String, Rule> shadow = new TreeMap<>();
        rules.forEach(rule -> active.put(rule.name(), rule));
        for (Control control : said) {
            if (control.kind().equals(Control.RULE) && control.text() != null) {
                attempt(control.key(), left, () -> {
                    Rule rule = rule(control);
                    if (rule.runsIn(profile)) {
                        (isActive(control) ? active : shadow).put(control.id(), rule);
                    }
                });
            }
        }
        List<Rule> all = new ArrayList<>(active.values());
        shadow.values().stream()
                .filter(rule -> !active.containsKey(rule.name()))
                .forEach(all::add);
        List<RuleOverride> overriding = new ArrayList<>();
        List<RuleOverride> shadowOverriding = new ArrayList<>();
        for (RuleOverride override : overrides) {
            // Its rule may have changed since: what it leaves as it is must be what the rule says now.
            attempt(
                    override.name(),
                    left,
                    () -> overriding.add(OverrideReader.parse(override.name(), override.text(), all, profile)));
        }
        for (Control control : said) {
            if (control.kind().equals(Control.OVERRIDE) && control.text() != null) {
                attempt(control.key(), left, () -> {
                    RuleOverride read =
                            OverrideReader.parse(control.key(), String.valueOf(control.text()), all, profile);
                    overriding.removeIf(
                            override -> isActive(control) && override.name().equals(control.id()));
                    (isActive(control) ? overriding : shadowOverriding).add(read);
                });
            }
        }
        return new RuleSet(source, step, active, shadow, overriding, shadowOverriding);
    }

    /** Every metric of members' windows of this length that a rule or an override looks at, as windows name it. */
    public Set<String> metricsRead(Duration window) {
        RuleSet running = after(List.of(), Threshold.Source.MEMBER_WINDOW, window, (what, why) -> {});
        Set<String> metrics = new TreeSet<>(running.metrics());
        // Every etcd shows these: by a gauge a window is one that was scraped, and without any series it would be none.
        metrics.addAll(List.of("etcd_server_has_leader", "etcd_server_proposals_committed_total"));
        for (Rule rule : rules) {
            if (rule.condition() instanceof Rule.Regression regression) {
                metrics.add(regression.metric());
            }
        }
        return metrics;
    }

    private interface Read {
        void run() throws InvalidYaml;
    }

    private static void attempt(String what, BiConsumer<String, String> left, Read read) {
        try {
            read.run();
        } catch (InvalidYaml e) {
            left.accept(what, String.valueOf(e.getMessage()));
        }
    }

    private static boolean isActive(Control control) {
        return control.mode().equals(Control.ACTIVE);
    }

    /**
     * Whether this can be done, before it is remembered.
     *
     * @param said what is in force
     * @throws Refused with every reason, and what to do
     */
    void check(Control control, Collection<Control> said) throws Refused {
        boolean isRemoved = control.mode().equals(Control.REMOVED);
        if (!isRemoved && !isActive(control) && !control.mode().equals(Control.SHADOW)) {
            throw new Refused("mode is '" + control.mode() + "'; expected shadow, active or removed");
        }
        if (!isRemoved && control.text() == null) {
            throw new Refused("no text; expected the YAML of a " + control.kind());
        }
        if (!isRemoved && control.kind().equals(Control.RULE)) {
            try {
                check(control.id(), rule(control));
            } catch (InvalidYaml e) {
                throw new Refused(String.valueOf(e.getMessage()));
            }
        }
        Map<String, Control> now = new TreeMap<>();
        said.forEach(other -> now.put(other.key(), other));
        Map<String, Control> then = new TreeMap<>(now);
        then.values().removeIf(control::supersedes);
        then.put(control.key(), control);
        // An override may be of a rule that goes, or set what a rule no longer has.
        Map<String, String> before = left(now.values());
        Map<String, String> after = left(then.values());
        after.keySet().removeAll(before.keySet());
        if (!after.isEmpty()) {
            throw new Refused(String.join("; ", after.values()));
        }
    }

    private Map<String, String> left(Collection<Control> said) {
        Map<String, String> left = new TreeMap<>();
        after(said, Threshold.Source.MEMBER_WINDOW, ClusterFacts.SIZE, left::put);
        return left;
    }

    private void check(String id, Rule rule) throws Refused {
        if (!rule.name().equals(id)) {
            throw new Refused("the rule is " + rule.name() + ", said of " + id + "; expected one name for both");
        }
        if (!(rule.condition() instanceof Threshold) || !isThreshold(id)) {
            throw new Refused(id + " is no threshold and is fixed when the job is built;"
                    + " deploy it: stop the job with a savepoint, start it with the new rule");
        }
    }

    private boolean isThreshold(String name) {
        return rules.stream()
                .filter(rule -> rule.name().equals(name))
                .allMatch(rule -> rule.condition() instanceof Threshold);
    }

    private Rule rule(Control control) throws InvalidYaml {
        return RuleReader.parse(control.key(), String.valueOf(control.text())).under(profile);
    }
}
