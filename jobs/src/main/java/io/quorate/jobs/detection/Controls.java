package io.quorate.jobs.detection;

import io.quorate.events.Control;
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
import java.util.TreeMap;

/**
 * The rules that a job began with, and what was said to it since.
 *
 * @param rules as they read under the profile
 */
public record Controls(List<Rule> rules, List<RuleOverride> overrides, String profile) implements Serializable {

    /** Why something that was said cannot be done. */
    public static final class Refused extends Exception {

        Refused(String why) {
            super(why);
        }
    }

    /** What is to be evaluated after all of this was said, each of which {@link #check} let pass. */
    RuleSet after(Collection<Control> said, Threshold.Source source, Duration step) {
        try {
            return rulesAfter(said, source, step);
        } catch (InvalidYaml e) {
            throw new IllegalStateException("what was let pass cannot be read: " + e.getMessage(), e);
        }
    }

    private RuleSet rulesAfter(Collection<Control> said, Threshold.Source source, Duration step) throws InvalidYaml {
        Map<String, Rule> active = new TreeMap<>();
        Map<String, Rule> shadow = new TreeMap<>();
        rules.forEach(rule -> active.put(rule.name(), rule));
        for (Control control : said) {
            if (control.kind().equals(Control.RULE) && control.text() != null) {
                (isActive(control) ? active : shadow).put(control.id(), rule(control));
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
            overriding.add(OverrideReader.parse(override.name(), override.text(), all, profile));
        }
        for (Control control : said) {
            if (control.kind().equals(Control.OVERRIDE) && control.text() != null) {
                overriding.removeIf(
                        override -> isActive(control) && override.name().equals(control.id()));
                (isActive(control) ? overriding : shadowOverriding)
                        .add(OverrideReader.parse(control.key(), control.text(), all, profile));
            }
        }
        return new RuleSet(source, step, active, shadow, overriding, shadowOverriding);
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
        try {
            if (!isRemoved && control.kind().equals(Control.RULE)) {
                check(control.id(), rule(control));
            }
            Map<String, Control> then = new TreeMap<>();
            said.stream().filter(other -> !control.supersedes(other)).forEach(other -> then.put(other.key(), other));
            then.put(control.key(), control);
            // An override may be of a rule that goes, or set what a rule no longer has.
            rulesAfter(then.values(), Threshold.Source.MEMBER_WINDOW, StatusWindows.SIZE);
        } catch (InvalidYaml e) {
            throw new Refused(String.valueOf(e.getMessage()));
        }
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
