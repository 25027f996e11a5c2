package io.quorate.jobs.causes;

import io.quorate.events.Alert;
import io.quorate.events.Alert.Evidence;
import io.quorate.events.Alert.Severity;
import io.quorate.events.Alert.Status;
import io.quorate.events.LeaderChange;
import io.quorate.events.LeaderChange.Planned;
import io.quorate.events.RuleCoverage;
import io.quorate.events.Symptom;
import io.quorate.rules.Rule;
import io.quorate.rules.RuleReader;
import io.quorate.rules.yaml.InvalidYaml;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Words for what happens to the cluster {@code prod}, in seconds. */
final class Book {

    static final Instant ZERO = Instant.parse("2026-01-01T00:00:00Z");

    /** A slow disk, a pause that a slow disk may come of, and a network. */
    static final Chains CHAINS = new Chains(List.of(
            explaining("SlowDisk", "disk", "DiskSlow", "cause: slow-disk"),
            explaining("Paused", "process", "MemberHangs", "cause: pause\n  over: [slow-disk, network]"),
            explaining("Cut", "network", "LinkFails", "cause: network"),
            storm()));

    private Book() {}

    private static Rule explaining(String name, String rank, String symptom, String explains) {
        return parse("""
                # Why it matters.
                rule: %s
                schema: rules/v1
                maturity: sandbox
                rank: %s
                reads: symptom
                per: cluster
                pattern: [ { step: it-begins, symptom: %s } ]
                within: 2m
                resolve-after: 1m
                explains:
                  %s
                  says: "something is wrong with {member} of {cluster}"
                  of: [leader-change, process]
                  ruled-out: "nothing of it was seen"
                  advice:
                    - { about: now, do: "do something soon", when: LinkFails }
                    - { about: practice, do: "do something later" }
                """.formatted(name, rank, symptom, explains));
    }

    private static Rule storm() {
        return parse("""
                # Why it matters.
                rule: Storm
                schema: rules/v1
                maturity: sandbox
                reads: leader-change
                per: cluster
                counts: { step: leader-moves }
                levels: [ { severity: critical, times: { at-least: 3 }, within: 2m } ]
                resolve-after: 15m
                alert: { summary: "{cluster} changed its leader {count} times" }
                """);
    }

    private static Rule parse(String text) {
        try {
            return RuleReader.parse("rule.yaml", text);
        } catch (InvalidYaml e) {
            throw new AssertionError(e);
        }
    }

    static Instant at(double second) {
        return ZERO.plusMillis(Math.round(second * 1000));
    }

    static Clue explained(String rule, @Nullable String member, double from) {
        return Clue.of(
                "prod",
                new Clue.Explanation(
                        rule,
                        member,
                        at(from),
                        at(from + 10),
                        List.of(new Clue.Step("it-begins", "a value of " + member, at(from)))));
    }

    static Clue symptom(String rule, @Nullable String member, double from) {
        return Clue.of(new Symptom(
                rule, "prod", null, member, null, Symptom.Kind.ONSET, at(from), at(from), at(from + 10), 3, "so much"));
    }

    static Clue moved(String from, String to, long term, double second) {
        return Clue.of(new LeaderChange(
                "prod", null, from, null, to, null, term, at(second), at(second + 0.5), Planned.NO, 3));
    }

    static Clue seen(String rule, @Nullable String member, String state, @Nullable String metric) {
        return Clue.of(new RuleCoverage(rule, "prod", null, member, null, ZERO, state, metric, null, "", "1"));
    }

    /** Of the storm that began then. */
    static Alert storm(Status status, double started, double second) {
        return alert("Storm", Severity.CRITICAL, null, status, started, second);
    }

    static Alert alert(
            String rule, Severity severity, @Nullable String member, Status status, double started, double second) {
        return new Alert(
                Alert.idOf(rule, "prod", member, at(started)),
                rule,
                severity,
                "prod",
                null,
                member,
                null,
                status,
                at(second),
                at(started),
                "it happened",
                null,
                null,
                null,
                List.of(new Evidence("count", "3", at(started))));
    }
}
