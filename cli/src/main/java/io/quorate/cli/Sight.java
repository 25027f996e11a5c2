package io.quorate.cli;

import io.quorate.ingest.catalogue.Absence;
import io.quorate.ingest.catalogue.Catalogue;
import io.quorate.ingest.catalogue.Metric;
import io.quorate.ingest.catalogue.Shown;
import io.quorate.rules.Rule;
import io.quorate.rules.Threshold;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Which of the required metrics the members of one cluster lack, why, and which rules that blinds. */
final class Sight {

    /** As {@link io.quorate.ingest.etcd.EtcdProbe} words it. */
    static final String NO_LEADER = "sees no leader";

    /** Of so many rules that are blind the names are told. */
    private static final int NAMED = 5;

    /** Of its quota: etcd raises NOSPACE a little before it is reached. */
    static final double NEARLY_FULL = 0.8;

    private Sight() {}

    private record Lack(String metric, Absence absence) {}

    /**
     * One finding per metric and reason.
     *
     * @param members what each shows, by name
     */
    static List<Finding> of(String cluster, SortedMap<String, Shown> members, List<Rule> rules) {
        String part = "coverage " + cluster;
        Map<Lack, List<String>> lacking = new TreeMap<>(Comparator.comparing(Lack::metric)
                .thenComparing(lack -> lack.absence().reason())
                .thenComparing(lack -> lack.absence().detail()));
        List<Metric> required =
                Catalogue.shipped().metrics().stream().filter(Metric::required).toList();
        // One that shows nothing lacks all for one reason.
        Map<Absence, List<String>> dark = new LinkedHashMap<>();
        members.forEach((member, shown) -> {
            List<Lack> lacks = new ArrayList<>();
            for (Metric metric : required) {
                Absence absence = shown.absence(metric);
                if (absence != null && absence.reason() != Absence.Reason.BORN_BY_USE) {
                    lacks.add(new Lack(metric.name(), absence));
                }
            }
            if (lacks.size() == required.size()) {
                dark.computeIfAbsent(lacks.get(0).absence(), unseen -> new ArrayList<>())
                        .add(member);
            } else {
                lacks.forEach(lack -> lacking.computeIfAbsent(lack, unseen -> new ArrayList<>())
                        .add(member));
            }
        });
        List<Finding> findings = new ArrayList<>();
        dark.forEach((absence, who) -> findings.add(Finding.note(
                        part,
                        "no required metric of " + String.join(", ", who) + " ("
                                + absence.reason().word() + "): " + absence.detail() + "; blinds "
                                + blinded(rules, null))
                .because(absence.reason().word())));
        lacking.forEach((lack, who) -> findings.add(Finding.note(
                        part,
                        lack.metric() + " is missing of " + String.join(", ", who) + " ("
                                + lack.absence().reason().word() + "): "
                                + lack.absence().detail() + "; blinds "
                                + blinded(rules, lack.metric()))
                .because(lack.absence().reason().word())
                .alikeTo(lack.metric() + " (" + lack.absence().reason().word() + ")")));
        if (findings.isEmpty() && !members.isEmpty()) {
            findings.add(Finding.ok(
                            part,
                            "all " + required.size() + " required metrics of "
                                    + members.size() + (members.size() == 1 ? " member" : " members")
                                    + " are there, or appear with their first event")
                    .alikeTo("clusters show all that is required"));
        }
        return findings;
    }

    /** Of a member whose database takes this share of its quota. */
    static Finding nearlyFull(String cluster, String member, double share) {
        return Finding.note(
                        "etcd " + cluster,
                        "the database of " + member + " takes " + Math.round(100 * share)
                                + " % of its quota; compact and defragment, or raise --quota-backend-bytes")
                .alikeTo("databases nearly full");
    }

    /** Rules that read this metric; any metric when it is null. */
    private static String blinded(List<Rule> rules, @Nullable String metric) {
        List<String> blind = rules.stream()
                .filter(rule -> rule.alert() != null && reads(rule, metric))
                .map(Rule::name)
                .toList();
        String first = blind.stream().limit(NAMED).collect(Collectors.joining(", "));
        return blind.isEmpty()
                ? "no rule"
                : blind.size() > NAMED ? first + " and " + (blind.size() - NAMED) + " more" : first;
    }

    private static boolean reads(Rule rule, @Nullable String metric) {
        if (rule.condition() instanceof Rule.Regression regression) {
            return metric == null || regression.metric().equals(metric);
        }
        return rule.condition() instanceof Threshold threshold
                && threshold.reads() == Threshold.Source.MEMBER_WINDOW
                && threshold.signal().reads().stream()
                        .anyMatch(selector -> !selector.absentIsZero()
                                && (metric == null || selector.metric().equals(metric)));
    }
}
