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
        Map<String, Rule> active = new TreeMap<>();
        Map<String, Rule> shadow = new TreeMap<>();
        rules.forEach(rule -> active.put(rule.name(), rule));
        List<RuleOverride> overriding = new ArrayList<>(overrides);
        List<RuleOverride> shadowOverriding = new ArrayList<>();
        try {
            for (Control control : said) {
                if (control.kind().equals(Control.RULE) && control.text() != null) {
                    Map<String, Rule> place = control.mode().equals(Control.ACTIVE) ? active : shadow;
                    place.put(control.id(), rule(control));
                }
            }
            List<Rule> all = new ArrayList<>(active.values());
            for (Control control : said) {
                if (control.kind().equals(Control.OVERRIDE) && control.text() != null) {
                    List<RuleOverride> place = control.mode().equals(Control.ACTIVE) ? overriding : shadowOverriding;
                    overriding.removeIf(override -> control.mode().equals(Control.ACTIVE)
                            && override.name().equals(control.id()));
                    place.add(override(control, all));
                }
            }
        } catch (InvalidYaml e) {
            throw new IllegalStateException("what was let pass cannot be read: " + e.getMessage(), e);
        }
        return new RuleSet(source, step, active, shadow, overriding, shadowOverriding);
    }

    /**
     * Whether this can be done, before it is remembered.
     *
     * @throws Refused with every reason, and what to do
     */
    void check(Control control, Collection<Control> said) throws Refused {
        boolean knownMode =
                List.of(Control.SHADOW, Control.ACTIVE, Control.REMOVED).contains(control.mode());
        if (!knownMode) {
            throw new Refused("mode is '" + control.mode() + "'; expected shadow, active or removed");
        }
        if (control.mode().equals(Control.REMOVED)) {
            return;
        }
        if (control.text() == null) {
            throw new Refused("no text; expected the YAML of a " + control.kind());
        }
        try {
            if (control.kind().equals(Control.RULE)) {
                Rule rule = rule(control);
                if (!rule.name().equals(control.id())) {
                    throw new Refused("the rule is " + rule.name() + ", said of " + control.id()
                            + "; expected one name for both");
                }
                if (!(rule.condition() instanceof Threshold) || !isThreshold(control.id())) {
                    throw new Refused(control.id() + " is no threshold and is fixed when the job is built;"
                            + " deploy it: stop the job with a savepoint, start it with the new rule");
                }
            } else if (control.kind().equals(Control.OVERRIDE)) {
                List<Rule> all = new ArrayList<>(rules);
                for (Control other : said) {
                    if (other.kind().equals(Control.RULE) && other.text() != null) {
                        all.add(rule(other));
                    }
                }
                override(control, all);
            }
        } catch (InvalidYaml e) {
            throw new Refused(String.valueOf(e.getMessage()));
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

    private RuleOverride override(Control control, List<Rule> all) throws InvalidYaml {
        return OverrideReader.parse(control.key(), String.valueOf(control.text()), all, profile);
    }
}
