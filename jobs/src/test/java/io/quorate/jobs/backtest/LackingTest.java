package io.quorate.jobs.backtest;

import static org.assertj.core.api.Assertions.assertThat;

import io.quorate.jobs.backtest.History.Kind;
import io.quorate.rules.Rule;
import io.quorate.rules.RuleReader;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** The shipped rules, by the words of their own files. */
class LackingTest {

    private static final List<Rule> SHIPPED = RuleReader.shipped();

    @Test
    void namesNobodyWhereNothingLacks() {
        assertThat(Lacking.of(SHIPPED, EnumSet.allOf(Kind.class))).isEmpty();
    }

    @Test
    void silencesWithoutStatusesWhatReadsThemAndWhatCountsLeaderChanges() {
        Map<String, String> lacks = without(Kind.STATUSES);

        Set<String> expected = saying("reads: member-status");
        expected.addAll(saying("reads: leader-change"));
        assertThat(expected).hasSizeGreaterThan(20).contains("EtcdElectionStorm", "EtcdMemberDown");
        expected.addAll(Set.of("EtcdCausePause", "EtcdCauseDiskStall"));
        assertThat(silent(lacks)).isEqualTo(expected);
        assertThat(lacks.get("EtcdElectionStorm"))
                .isEqualTo("says nothing: it counts leader changes, which only the statuses of members show; there are"
                        + " none");
        assertThat(lacks.get("EtcdMemberDown"))
                .isEqualTo("says nothing: it reads the statuses of members (failed_polls); there are none");
        assertThat(lacks.get("EtcdCausePause"))
                .isEqualTo("says nothing: its step member-hangs is never seen: EtcdMemberHangs says nothing: it reads"
                        + " the statuses of members (failed_polls); there are none");
    }

    @Test
    void letsAPatternSayLessThatSeesSomeOfItsSymptoms() {
        Map<String, String> lacks = without(Kind.STATUSES);
        lacks.keySet().removeAll(silent(lacks));
        lacks.keySet().removeAll(explainedOtherwise(lacks));

        assertThat(lacks).containsOnlyKeys("EtcdCauseRestart", "EtcdCauseNetwork", "EtcdCauseQuota");
        assertThat(lacks.get("EtcdCauseQuota"))
                .startsWith(
                        "says less: its step database-is-full is not seen as it was: EtcdNospaceAlarm says nothing:")
                .doesNotContain("EtcdDatabaseAtQuota");
    }

    @Test
    void silencesWithoutWindowsWhatReadsThem() {
        Set<String> silent = silent(without(Kind.WINDOWS));

        assertThat(silent)
                .containsAll(saying("reads: member-window"))
                .contains("EtcdWalFsyncRegression", "EtcdCauseSlowDisk", "EtcdCauseCpu")
                .doesNotContainAnyElementsOf(saying("reads: member-status"))
                .doesNotContain("EtcdElectionStorm", "EtcdCauseDiskStall");
    }

    @Test
    void silencesWithoutMachinesWhatReadsTheirMetrics() {
        Map<String, String> lacks = without(Kind.MACHINES);

        Set<String> expected = saying("node_");
        expected.addAll(saying("quorate_memory_"));
        assertThat(expected).hasSize(7);
        assertThat(silent(lacks)).isEqualTo(expected);
        assertThat(lacks.get("EtcdWalFsyncSlow"))
                .startsWith("may tell other signs of its cause: not seen as they were are ");
        lacks.keySet().removeAll(explainedOtherwise(lacks));
        assertThat(lacks).containsOnlyKeys(expected);
        assertThat(lacks.get("EtcdMemoryHigh"))
                .isEqualTo("says nothing: it reads metrics of the members' machines (node_memory_MemAvailable_bytes,"
                        + " node_memory_MemTotal_bytes); there are none");
    }

    @Test
    void saysWithoutMemberListsWhoTakesThoseThatWereSeenForAll() {
        assertThat(without(Kind.ROSTERS))
                .containsOnlyKeys(
                        "EtcdInsufficientMembers",
                        "EtcdMembersDown",
                        "EtcdQuorumLost",
                        "EtcdRulesBlind",
                        "EtcdStatusRulesBlind")
                .containsEntry(
                        "EtcdMembersDown",
                        "may say otherwise: there are no member lists, so it takes the members that were seen for all"
                                + " voters")
                .containsEntry(
                        "EtcdRulesBlind",
                        "says less: there are no member lists, so it knows nothing of members that never answered");
    }

    @Test
    void saysWithoutCoverageThatWindowsAreJudgedAsSoonAsTheyComeBack() {
        Map<String, String> lacks = without(Kind.COVERAGE);

        Set<String> reading = saying("reads: member-window");
        assertThat(reading).contains("EtcdRulesBlind", "EtcdWalFsyncSlow");
        assertThat(lacks).containsKeys(reading.toArray(String[]::new));
        assertThat(lacks.get("EtcdWalFsyncSlow"))
                .startsWith(
                        "may say otherwise: it is not told what members lacked, and why, so it judges a member as soon"
                                + " as its windows come back")
                .doesNotContain("never shows");
        assertThat(lacks.get("EtcdRulesBlind")).contains("never shows");
        assertThat(lacks.get("EtcdCauseSlowDisk"))
                .startsWith("may say otherwise: its step disk-is-slow is not seen as it was: ");
        assertThat(explainedOtherwise(lacks))
                .contains("EtcdElectionStorm", "EtcdMemberDown", "EtcdStatusRulesBlind", "EtcdWalFsyncRegression");
    }

    /** Windows tell of fsyncs what they told live; why they were slow, other rules saw in statuses. */
    @Test
    void saysOfWhatIsExplainedWhenWhatExplainsItIsNotSeenAsItWas() {
        Map<String, String> lacks = without(Kind.STATUSES);

        assertThat(lacks)
                .containsEntry(
                        "EtcdWalFsyncSlow",
                        "may tell another cause: it is explained by what is not seen as it was, EtcdCauseDiskStall,"
                                + " EtcdCauseNetwork, EtcdCausePause, EtcdCauseRestart");
        // Nothing that explains what has no causes, and no cause of what is not said.
        assertThat(lacks).doesNotContainKey("EtcdFsyncsSlow");
        assertThat(lacks.get("EtcdElectionStorm")).doesNotContain("cause");
    }

    @Test
    void judgesAnAbsenceThatCannotBeSeenAsWhatMaySayMore() throws Exception {
        Rule pattern = RuleReader.parse("slow-though-it-answers.yaml", """
                # Slow, though nothing hangs.
                rule: EtcdSlowThoughItAnswers
                schema: rules/v1
                maturity: sandbox
                reads: symptom
                per: cluster
                pattern:
                  - { step: disk-is-slow, symptom: EtcdFsyncsSlow }
                  - { step: member-hangs, symptom: EtcdMemberHangs, absent: true }
                within: 2m
                resolve-after: 1m
                alert: { severity: warning, summary: "{cluster}: {steps}" }
                tests:
                  - it: is silent
                    given: [ "13s m1->m2 term 8" ]
                    until: 10m
                    expect: []
                """);
        Rule slow = RuleReader.shipped("EtcdFsyncsSlow");
        Rule hangs = RuleReader.shipped("EtcdMemberHangs");

        List<Lack> lacks = Lacking.of(List.of(slow, hangs, pattern), told(Kind.STATUSES));

        assertThat(lacks).extracting(Lack::rule).containsExactly("EtcdMemberHangs", "EtcdSlowThoughItAnswers");
        assertThat(lacks.get(1).why())
                .startsWith("may say otherwise: its step member-hangs is not seen as it was: EtcdMemberHangs says");
    }

    private static Map<String, String> without(Kind kind) {
        return Lacking.of(SHIPPED, told(kind)).stream().collect(Collectors.toMap(Lack::rule, Lack::why));
    }

    private static Set<Kind> told(Kind but) {
        return EnumSet.complementOf(EnumSet.of(but));
    }

    private static Set<String> silent(Map<String, String> lacks) {
        return lacks.entrySet().stream()
                .filter(lack -> lack.getValue().startsWith("says nothing: "))
                .map(Map.Entry::getKey)
                .collect(Collectors.toCollection(TreeSet::new));
    }

    private static Set<String> explainedOtherwise(Map<String, String> lacks) {
        return lacks.entrySet().stream()
                .filter(lack -> lack.getValue().matches("may tell (another cause|other signs of its cause): .*"))
                .map(Map.Entry::getKey)
                .collect(Collectors.toCollection(TreeSet::new));
    }

    /** The rules in whose files a line says this, before their words and tests. */
    private static Set<String> saying(String words) {
        return SHIPPED.stream()
                .filter(rule -> rule.text()
                        .lines()
                        .takeWhile(line -> !line.startsWith("alert:") && !line.startsWith("tests:"))
                        .map(line -> line.replaceFirst("#.*", ""))
                        .anyMatch(line -> line.contains(words)))
                .map(Rule::name)
                .collect(Collectors.toCollection(TreeSet::new));
    }
}
