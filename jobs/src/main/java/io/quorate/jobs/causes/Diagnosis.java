package io.quorate.jobs.causes;

import io.quorate.events.Alert;
import io.quorate.events.Alert.Evidence;
import io.quorate.events.LeaderChange;
import io.quorate.jobs.causes.Casebook.Stretch;
import io.quorate.rules.Explains;
import io.quorate.rules.Rule;
import io.quorate.rules.Rule.CausalRank;
import io.quorate.rules.StepPattern;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The cause of one alert, out of what is known of its cluster: of the patterns that explain alerts of its rank, and were
 * complete near its beginning, the one that the others come of.
 */
final class Diagnosis {

    /** What is seen by a scrape was so up to a scrape and a window earlier; scrapes may be half a minute apart. */
    private static final Duration SEEN_LATER = Duration.ofSeconds(60);

    /** A window, and what its scrapes may be late. */
    private static final Duration NEAR = Duration.ofSeconds(15);

    private static final int MOST_SIGNS = 10;

    /** Alerts of these are of the member's own making. */
    private static final Set<CausalRank> OWN =
            Set.of(CausalRank.DISK, CausalRank.NETWORK, CausalRank.PROCESS, CausalRank.COMMIT, CausalRank.APPLY);

    private final Chains chains;
    private final Casebook book;
    private final Alert alert;
    private final Instant begin;

    /** Stretches that may be the cause, by its code. */
    private final Map<String, List<Stretch>> candidates = new TreeMap<>();

    private final @Nullable Stretch root;
    private final Casebook.@Nullable Case before;

    /**
     * Of an alert that is open in this casebook.
     *
     * @param before what was said of it; null when nothing
     */
    Diagnosis(Chains chains, Casebook book, Alert alert, Casebook.@Nullable Case before) {
        this.before = before;
        this.chains = chains;
        this.book = book;
        this.alert = alert;
        this.begin = alert.evidence().stream()
                .map(Evidence::at)
                .filter(at -> at.isBefore(alert.startedAt()))
                .min(Comparator.naturalOrder())
                .orElse(alert.startedAt());
        CausalRank rank = chains.rankOf(alert.rule());
        for (Stretch stretch : book.explanations) {
            Rule rule = chains.rule(stretch.rule);
            if (rule != null
                    && explains(rule).of().contains(rank)
                    && stretch.overlaps(
                            begin.minus(within(rule)), alert.startedAt().plus(SEEN_LATER))) {
                candidates
                        .computeIfAbsent(explains(rule).cause(), cause -> new ArrayList<>())
                        .add(stretch);
            }
        }
        this.root = root();
    }

    private static Explains explains(Rule rule) {
        return Objects.requireNonNull(rule.explains(), "a chain explains");
    }

    private static Duration within(Rule rule) {
        return ((StepPattern) rule.condition()).within();
    }

    /** Whether there is one. */
    boolean isKnown() {
        return root != null;
    }

    /** Its code; null when none is known. */
    @Nullable
    String cause() {
        return root == null ? null : explains(rule(root)).cause();
    }

    /** The member at its root; null when it is the cluster, or no cause is known. */
    @Nullable
    String member() {
        return root == null ? null : member(root);
    }

    /** Of what is wrong with the cluster no member is the root, whoever shows it. */
    private @Nullable String member(Stretch stretch) {
        if (!explains(rule(stretch)).says().contains("{member}")) {
            return null;
        }
        return stretch.member == null && isOwn() ? alert.member() : stretch.member;
    }

    /** What an alert of a member's own disk or process is about is that member; what others wait for may be another's. */
    private boolean isOwn() {
        CausalRank rank = chains.rankOf(alert.rule());
        return alert.member() != null && rank != null && OWN.contains(rank);
    }

    private Rule rule(Stretch stretch) {
        return Objects.requireNonNull(chains.rule(stretch.rule), stretch.rule);
    }

    private @Nullable Stretch root() {
        String leader = leaderThen();
        return candidates.values().stream()
                .flatMap(List::stream)
                .filter(stretch -> !isSetAside(stretch))
                .min(Comparator.comparing((Stretch stretch) -> !wasTold(stretch))
                        .thenComparing(stretch -> !stretch.overlaps(begin.minus(NEAR), begin.plus(NEAR)))
                        .thenComparing(stretch -> isOwn() && !Objects.equals(alert.member(), stretch.member))
                        .thenComparing(stretch -> rule(stretch).rank())
                        .thenComparing(stretch -> stretch.member == null)
                        .thenComparing(stretch -> leader != null && !leader.equals(stretch.member))
                        .thenComparing(stretch -> -stretch.times)
                        .thenComparing(stretch -> stretch.from)
                        .thenComparing(stretch -> stretch.rule)
                        .thenComparing(stretch -> Objects.requireNonNullElse(stretch.member, "")))
                .orElse(null);
    }

    /** What was said stands until something is seen that it comes of. */
    private boolean wasTold(Stretch stretch) {
        return before != null
                && explains(rule(stretch)).cause().equals(before.cause)
                && Objects.equals(member(stretch), before.root);
    }

    /** Whether it comes of another one that was seen; not of one that the same member had only afterwards. */
    private boolean isSetAside(Stretch stretch) {
        String cause = explains(rule(stretch)).cause();
        return candidates.values().stream()
                .flatMap(List::stream)
                .anyMatch(other -> explains(rule(other)).over().contains(cause) && !ledTo(stretch, other));
    }

    /** What has been so for long is how the member is, and leads to nothing new. */
    private boolean ledTo(Stretch first, Stretch then) {
        return Objects.equals(first.member, then.member)
                && first.from.plus(NEAR).isBefore(then.from)
                && !first.from.plus(within(rule(first))).isBefore(then.from);
    }

    /** Who led before the first leader change of the alert's time; null when it did not change. */
    private @Nullable String leaderThen() {
        return book.changes.stream()
                .filter(change -> !change.observedAt().isBefore(begin.minus(SEEN_LATER))
                        && !change.observedAt().isAfter(alert.startedAt().plus(SEEN_LATER)))
                .min(Comparator.comparing(LeaderChange::observedAt).thenComparing(LeaderChange::raftTerm))
                .map(LeaderChange::from)
                .orElse(null);
    }

    /** This transition of the alert with its cause and all that speaks for it. */
    Alert told(Alert.Status status, Instant at) {
        List<Evidence> evidence = new ArrayList<>(alert.evidence());
        String cause = null;
        if (root != null) {
            Explains explains = explains(rule(root));
            cause = explains.says()
                    .replace("{cluster}", alert.cluster())
                    .replace("{member}", Objects.requireNonNullElse(member(root), alert.cluster()));
            evidence.add(new Evidence("cause", explains.cause(), root.from));
            String member = member(root);
            if (member != null) {
                evidence.add(new Evidence("root member", member, root.from));
            }
            root.steps.forEach(step -> evidence.add(new Evidence(step.name(), step.value(), step.at())));
            signs(root).forEach(evidence::add);
            others(explains.cause(), at).forEach(evidence::add);
            if (!explains.unseen().isEmpty()) {
                evidence.add(new Evidence("cannot be seen from outside", explains.unseen(), at));
            }
            for (Explains.Advice advice : explains.advice()) {
                if (advice.when() == null || isSeen(advice.when())) {
                    evidence.add(new Evidence(
                            "advice", advice.about().name().toLowerCase(Locale.ROOT) + ": " + advice.text(), at));
                }
            }
        }
        return alert.told(status, at, cause, List.copyOf(evidence));
    }

    /** What came of it, from cause to effect. */
    private List<Evidence> signs(Stretch of) {
        Comparator<Stretch> byCause = Comparator.comparing((Stretch stretch) -> stretch.from)
                .thenComparing(stretch -> chains.rankOf(stretch.rule), Comparator.nullsLast(Comparator.naturalOrder()))
                .thenComparing(stretch -> stretch.rule)
                .thenComparing(stretch -> Objects.requireNonNullElse(stretch.member, ""));
        Set<String> told = of.steps.stream().map(Clue.Step::value).collect(Collectors.toSet());
        return book.symptoms.stream()
                .filter(sign -> sign.overlaps(of.from, alert.at()))
                .filter(sign -> !(rule(of).condition() instanceof StepPattern pattern
                        && pattern.steps().stream()
                                .anyMatch(step -> step.symptoms().contains(sign.rule))
                        && Objects.equals(sign.member, of.member)))
                .sorted(byCause)
                .map(sign -> new Evidence(
                        "sign",
                        sign.rule
                                + (sign.member == null ? "" : " of " + sign.member)
                                + (sign.steps.get(0).value().isEmpty()
                                        ? ""
                                        : ": " + sign.steps.get(0).value()),
                        sign.from))
                .filter(sign -> !told.contains(sign.value()))
                .limit(MOST_SIGNS)
                .toList();
    }

    private boolean isSeen(String rule) {
        return book.symptoms.stream()
                .anyMatch(sign -> sign.rule.equals(rule)
                        && sign.overlaps(begin.minus(SEEN_LATER), alert.at().plus(SEEN_LATER)));
    }

    /** Of every other cause: ruled out, seen as well, or not known, and why. */
    private List<Evidence> others(String cause, Instant at) {
        List<Evidence> others = new ArrayList<>();
        chains.byCause().forEach((other, rules) -> {
            if (other.equals(cause)) {
                return;
            }
            List<Stretch> seen = candidates.get(other);
            if (seen != null) {
                others.add(new Evidence("seen as well", other + " (" + seen.get(0).rule + ")", seen.get(0).from));
                return;
            }
            Map<String, Set<String>> blind = new TreeMap<>();
            boolean isLookedAt = looked(rules, blind);
            String not = blind.entrySet().stream()
                    .map(lack -> lack.getKey() + members(lack.getValue()))
                    .collect(Collectors.joining("; "));
            if (isLookedAt) {
                String text = other + ": " + explains(rules.get(0)).ruledOut();
                others.add(new Evidence("ruled out", text + (not.isEmpty() ? "" : " (but " + not + ")"), at));
            } else {
                others.add(new Evidence("not known", other + ": " + (not.isEmpty() ? "nobody looked" : not), at));
            }
        });
        return others;
    }

    private static String members(Set<String> members) {
        return members.contains("") ? "" : " on " + String.join(", ", members);
    }

    /**
     * Whether of each step of these some rule could see something of the cluster.
     *
     * @param blind takes what could not be seen, and of whom
     */
    private boolean looked(List<Rule> rules, Map<String, Set<String>> blind) {
        boolean all = true;
        for (Rule rule : rules) {
            for (StepPattern.Step step : ((StepPattern) rule.condition()).steps()) {
                boolean any = step.isChange();
                for (String symptom : step.symptoms()) {
                    any |= looked(symptom, blind);
                }
                all &= any;
            }
        }
        return all;
    }

    private boolean looked(String symptom, Map<String, Set<String>> blind) {
        boolean any = false;
        for (Map.Entry<String, Casebook.Cell> cell : book.cells.entrySet()) {
            if (cell.getKey().startsWith(symptom + '\n')) {
                String lacks = cell.getValue().lacks();
                any |= lacks.isEmpty();
                if (!lacks.isEmpty()) {
                    blind.computeIfAbsent(symptom + " is " + lacks, lack -> new TreeSet<>())
                            .add(cell.getKey().substring(symptom.length() + 1));
                }
            }
        }
        return any;
    }
}
