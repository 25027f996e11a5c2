package io.quorate.jobs.causes;

import io.quorate.events.Alert;
import io.quorate.events.LeaderChange;
import io.quorate.events.RuleCoverage;
import io.quorate.events.Symptom;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** What is known of one cluster that may tell causes; a Flink POJO, as it is keyed state. */
public class Casebook {

    /** What was seen longer ago explains nothing that begins now. */
    private static final Duration REMEMBERED = Duration.ofMinutes(15);

    /** Scrapes may be half a minute apart, and windows between them tell nothing. */
    private static final Duration JOINED = Duration.ofMinutes(1);

    /** A rule's state is told every ten minutes; what is not told for longer is of a member that is no more. */
    private static final Duration TOLD = Duration.ofMinutes(30);

    /** Bounds what a cluster that is never well can take. */
    private static final int MOST = 200;

    /** Alerts that are open, by id. */
    public Map<String, Case> cases = new TreeMap<>();

    /** When patterns explained, in the order in which that began. */
    public List<Stretch> explanations = new ArrayList<>();

    /** When symptoms were true, in the order in which that began. */
    public List<Stretch> symptoms = new ArrayList<>();

    public List<LeaderChange> changes = new ArrayList<>();

    /** By rule and member, whether the rule could see. */
    public Map<String, Cell> cells = new TreeMap<>();

    /**
     * Whether a rule could see.
     *
     * @param lacks what it lacked, in words; empty when nothing
     */
    public record Cell(String lacks, Instant at) {

        public Cell {
            Objects.requireNonNull(lacks, "lacks");
            Objects.requireNonNull(at, "at");
        }
    }

    /** An alert that is open, and what was said of its cause. */
    public static class Case {
        public @Nullable Alert last;

        /** The worst that was passed at once. */
        public int worst = Integer.MIN_VALUE;

        public @Nullable String cause;
        public @Nullable String root;

        /** In words: what explained may be forgotten before the alert is over. */
        public @Nullable String says;
    }

    /** From the first to the last time that something was seen, without a longer pause. */
    public static class Stretch {
        public String rule = "";
        public @Nullable String member;
        public Instant from = Instant.EPOCH;
        public Instant until = Instant.EPOCH;
        public int times;

        /** In words, of the first time. */
        public List<Clue.Step> steps = new ArrayList<>();

        void extend(Instant begin, Instant end, List<Clue.Step> told) {
            if (times == 0) {
                steps = new ArrayList<>(told);
            }
            from = begin.isBefore(from) ? begin : from;
            until = end.isAfter(until) ? end : until;
            times++;
        }

        boolean overlaps(Instant begin, Instant end) {
            return !from.isAfter(end) && !until.isBefore(begin);
        }
    }

    void add(Clue clue) {
        Clue.Explanation explanation = clue.explanation();
        Symptom symptom = clue.symptom();
        RuleCoverage seen = clue.seen();
        if (explanation != null) {
            Stretch stretch = extended(explanations, explanation.rule(), explanation.member(), explanation.from());
            stretch.extend(explanation.from(), explanation.until(), explanation.steps());
        } else if (symptom != null && symptom.kind() != Symptom.Kind.CLEAR) {
            Stretch stretch = extended(symptoms, symptom.rule(), symptom.member(), symptom.from());
            stretch.extend(
                    symptom.from(),
                    symptom.until(),
                    List.of(new Clue.Step(symptom.rule(), symptom.value(), symptom.from())));
        } else if (clue.change() != null && changes.stream().noneMatch(clue.change()::equals)) {
            changes.add(clue.change());
            cut(changes);
        } else if (seen != null) {
            boolean sees = !Set.of(RuleCoverage.BLIND, RuleCoverage.OFF).contains(seen.state());
            String lacks = seen.metric() == null ? seen.state() : seen.state() + " for lack of " + seen.metric();
            cells.put(key(seen.rule(), seen.member()), new Cell(sees ? "" : lacks, seen.observedAt()));
        }
    }

    static String key(String rule, @Nullable String member) {
        return rule + '\n' + (member == null ? "" : member);
    }

    /** The newest stretch of this, when the pause since is short; else a new one. */
    private static Stretch extended(List<Stretch> all, String rule, @Nullable String member, Instant from) {
        for (int i = all.size() - 1; i >= 0; i--) {
            Stretch known = all.get(i);
            if (known.rule.equals(rule)
                    && Objects.equals(known.member, member)
                    && !known.until.plus(JOINED).isBefore(from)) {
                return known;
            }
        }
        Stretch stretch = new Stretch();
        stretch.rule = rule;
        stretch.member = member;
        stretch.from = from;
        all.add(stretch);
        cut(all);
        return stretch;
    }

    private static void cut(List<?> all) {
        if (all.size() > MOST) {
            all.remove(0);
        }
    }

    /** Lets go of what explains nothing any more. */
    void forget(Instant now) {
        Instant oldest = now.minus(REMEMBERED);
        explanations.removeIf(stretch -> stretch.until.isBefore(oldest));
        symptoms.removeIf(stretch -> stretch.until.isBefore(oldest));
        changes.removeIf(change -> change.observedAt().isBefore(oldest));
        cells.values().removeIf(cell -> cell.at().plus(TOLD).isBefore(now));
    }

    boolean isEmpty() {
        return cases.isEmpty() && explanations.isEmpty() && symptoms.isEmpty() && changes.isEmpty() && cells.isEmpty();
    }
}
