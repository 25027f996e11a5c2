package io.quorate.rules;

import io.quorate.events.Alert.Severity;
import io.quorate.events.Alert.Status;
import io.quorate.rules.RuleTest.Expected;
import io.quorate.rules.RuleTest.Given;
import io.quorate.rules.yaml.Durations;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Reads the tests that stand in a rule's file; what happens in them is in the language of what the rule reads. */
final class TestReader {

    private static final String DEFAULT_PROFILE = "fleet";

    private final Draft draft;
    private final Rule.Condition condition;
    private final Map<String, Rule.Condition> profiles;
    private final Set<String> runsIn;

    private TestReader(
            Draft draft, Rule.Condition condition, Map<String, Rule.Condition> profiles, Set<String> runsIn) {
        this.draft = draft;
        this.condition = condition;
        this.profiles = profiles;
        this.runsIn = runsIn;
    }

    /** Every test that can be read; what is wrong with the others is told. */
    static List<RuleTest> read(
            Draft draft, Rule.Condition condition, Map<String, Rule.Condition> profiles, Set<String> runsIn) {
        TestReader reader = new TestReader(draft, condition, profiles, runsIn);
        List<RuleTest> tests = new ArrayList<>();
        for (int i = 0; i < draft.at("/tests").size(); i++) {
            if (draft.isSound("/tests/" + i)) {
                tests.add(reader.test("/tests/" + i));
            }
        }
        return tests;
    }

    private RuleTest test(String at) {
        String profile = draft.at(at + "/profile").asText(defaultProfile());
        checkProfile(at, profile);
        int members = draft.at(at + "/members").asInt(3);
        Duration until = draft.duration(at + "/until");
        return new RuleTest(
                draft.text(at + "/it"),
                profile,
                members,
                draft.has(at + "/order") ? RuleTest.Order.SHUFFLED : RuleTest.Order.OF_TIME,
                given(at + "/given", members),
                until,
                expected(at + "/expect", profile, members, until));
    }

    private String defaultProfile() {
        return runsIn.isEmpty() || runsIn.contains(DEFAULT_PROFILE)
                ? DEFAULT_PROFILE
                : runsIn.iterator().next();
    }

    private void checkProfile(String at, String profile) {
        boolean isKnown = profile.equals(DEFAULT_PROFILE) || profiles.containsKey(profile) || runsIn.contains(profile);
        if (!isKnown) {
            Set<String> others = new TreeSet<>(profiles.keySet());
            others.addAll(runsIn);
            others.remove(DEFAULT_PROFILE);
            draft.problem(
                    at + "/profile",
                    "'" + profile + "' is no profile of this rule; expected fleet"
                            + (others.isEmpty() ? "" : " or one of " + others));
        } else if (!runsIn.isEmpty() && !runsIn.contains(profile)) {
            draft.problem(at + "/profile", "the rule does not run in '" + profile + "'; expected one of " + runsIn);
        }
    }

    private List<Given> given(String at, int members) {
        Lines lines = lines(members);
        for (int i = 0; i < draft.at(at).size(); i++) {
            try {
                lines.add(draft.text(at + "/" + i));
            } catch (Misread e) {
                draft.problem(at + "/" + i, e.getMessage());
            }
        }
        return lines.given();
    }

    private Lines lines(int members) {
        if (condition instanceof Rule.CountedChanges) {
            return new MoveLines();
        }
        if (condition instanceof StepPattern) {
            return new SymptomLines(
                    members, conditions().map(StepPattern.class::cast).toList());
        }
        if (condition instanceof Threshold threshold && threshold.reads() == Threshold.Source.MEMBER_STATUS) {
            return new StatusLines(members);
        }
        return new WindowLines(members, SeriesRead.of(conditions().toList()));
    }

    private Stream<Rule.Condition> conditions() {
        return Stream.concat(Stream.of(condition), profiles.values().stream());
    }

    private List<Expected> expected(String at, String profile, int members, Duration until) {
        List<Expected> expected = new ArrayList<>();
        Rule.Condition judged = profiles.getOrDefault(profile, condition);
        for (int i = 0; i < draft.at(at).size(); i++) {
            String one = at + "/" + i;
            Expected alert = new Expected(
                    Durations.parse(draft.text(one + "/at")),
                    Status.valueOf(draft.constant(one + "/status")),
                    Severity.valueOf(draft.constant(one + "/severity")),
                    draft.at(one + "/count").asInt(),
                    draft.has(one + "/member") ? draft.text(one + "/member") : null);
            check(one, alert, judged, profile, members, until);
            expected.add(alert);
        }
        return expected;
    }

    private void check(String at, Expected alert, Rule.Condition judged, String profile, int members, Duration until) {
        Collection<Severity> severities = severities(judged);
        if (!severities.contains(alert.severity())) {
            draft.problem(
                    at + "/severity",
                    "'" + lower(alert.severity()) + "' is no severity of this rule under " + profile + "; expected "
                            + severities.stream().map(TestReader::lower).collect(Collectors.joining(" or ")));
        }
        if (alert.after().compareTo(until) > 0) {
            draft.problem(
                    at + "/at",
                    "expected at " + draft.text(at + "/at") + ", when the test has ended; expected a later 'until'");
        }
        if (alert.member() != null && Integer.parseInt(alert.member().substring(1)) > members) {
            draft.problem(
                    at + "/member",
                    "'" + alert.member() + "' is none of m1 to m" + members
                            + "; expected one of them, or more members");
        }
        if (judged instanceof Threshold threshold) {
            checkWhom(at, threshold, alert.member());
        }
    }

    private void checkWhom(String at, Threshold threshold, @Nullable String member) {
        if (threshold.perCluster() && member != null) {
            draft.problem(at + "/member", "a member, of a rule that judges the cluster; expected no member");
        } else if (!threshold.perCluster() && member == null) {
            draft.problem(at, "no member, of a rule that judges each of them; expected one, such as member: m1");
        }
    }

    private static Collection<Severity> severities(Rule.Condition condition) {
        if (condition instanceof Rule.CountedChanges counted) {
            return counted.levels().stream().map(Rule.Level::severity).toList();
        }
        if (condition instanceof Rule.Regression regression) {
            return List.of(regression.severity());
        }
        return condition instanceof Threshold threshold
                ? threshold.limits().stream().map(Threshold.Limit::severity).toList()
                : List.of(((StepPattern) condition).severity());
    }

    private static String lower(Severity severity) {
        return severity.name().toLowerCase(Locale.ROOT);
    }
}
