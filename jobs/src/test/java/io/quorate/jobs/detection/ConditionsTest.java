package io.quorate.jobs.detection;

import static org.assertj.core.api.Assertions.assertThat;

import io.quorate.events.Alert;
import io.quorate.events.BucketVector;
import io.quorate.events.ClusterRoster;
import io.quorate.events.Control;
import io.quorate.events.Coverage;
import io.quorate.events.DeadLetter;
import io.quorate.events.Histogram;
import io.quorate.events.Measures;
import io.quorate.events.Measures.GaugeRange;
import io.quorate.events.MemberWindow;
import io.quorate.rules.Buckets;
import io.quorate.rules.OverrideReader;
import io.quorate.rules.Rule;
import io.quorate.rules.RuleOverride;
import io.quorate.rules.RuleReader;
import io.quorate.rules.Threshold;
import io.quorate.rules.yaml.InvalidYaml;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.runtime.state.heap.HeapKeyedStateBackend;
import org.apache.flink.streaming.api.operators.AbstractStreamOperator;
import org.apache.flink.streaming.api.operators.co.CoBroadcastWithKeyedOperator;
import org.apache.flink.streaming.api.watermark.Watermark;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.streaming.util.KeyedBroadcastOperatorTestHarness;
import org.apache.flink.types.PojoTestUtils;
import org.apache.flink.util.OutputTag;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What the rules' own tests cannot say: what people say while it runs, who is blind, restarts, what is left behind. */
class ConditionsTest {

    private static final Instant ZERO = Instant.parse("2026-01-01T00:00:00Z");
    private static final Duration STEP = Duration.ofSeconds(10);

    private KeyedBroadcastOperatorTestHarness<String, Heard, Control, Alert> conditions = harness(List.of());

    @AfterEach
    void close() throws Exception {
        conditions.close();
    }

    @Test
    void saysThatARuleFiresAfterItsTimeAndResolvesOnceTheValueIsBelowTheBoundToClear() throws Exception {
        open(rule("above: 100, clear: 50, for: 20s"));

        pending(10, 120);
        pending(20, 120);
        pending(30, 120);
        pending(40, 80);
        pending(50, 40);

        assertThat(said(alerts())).containsExactly("pending 10 m1", "firing 30 m1", "resolved 50 m1");
        assertThat(alerts().stream().map(Alert::id).distinct()).hasSize(1);
    }

    @Test
    void countsNoTimeInWhichItCouldNotTell() throws Exception {
        open(rule("above: 100, for: 20s"));

        pending(10, 120);
        window(20, "m1", List.of());
        window(30, "m1", List.of());
        pending(40, 120);
        pending(50, 120);

        assertThat(said(alerts())).containsExactly("pending 10 m1");
        pending(60, 120);
        assertThat(said(alerts())).containsExactly("pending 10 m1", "firing 60 m1");
    }

    @Test
    void resolvesNothingForWantOfData() throws Exception {
        open(rule("above: 100"));

        pending(10, 120);
        window(20, "m1", List.of());
        silence(60);

        assertThat(said(alerts())).containsExactly("firing 10 m1");
    }

    @Test
    void goesOnAsOneEpisodeWhenItGetsWorseAndBetter() throws Exception {
        open(rule("above: 200", "above: 100, for: 10m"));

        pending(10, 120);
        pending(20, 300);
        pending(30, 120);
        pending(40, 10);

        assertThat(said(alerts())).containsExactly("pending 10 m1", "firing 20 m1", "updated 30 m1", "resolved 40 m1");
        assertThat(alerts().stream().map(Alert::severity))
                .containsExactly(
                        Alert.Severity.WARNING,
                        Alert.Severity.CRITICAL,
                        Alert.Severity.WARNING,
                        Alert.Severity.WARNING);
        assertThat(alerts().stream().map(Alert::id).distinct()).hasSize(1);
    }

    @Test
    void setsTheMostSpecificOverrideOfAClusterByItsLabels() throws Exception {
        Rule rule = rule("above: 100");
        open(
                List.of(rule),
                override(rule, "dev", "{ env: dev }", "{ levels: [ { severity: warning, above: 1000 } ] }"),
                override(rule, "m2", "{ member: m2 }", "{ off: true }"));
        labels(0, Map.of("env", "dev"));

        window(10, "m1", pendingProposals(500));
        window(10, "m2", pendingProposals(5000));
        silence(10);
        assertThat(alerts()).isEmpty();
        assertThat(cells()).contains("QueueLong m2 off", "QueueLong m1 evaluated");

        labels(10, Map.of("env", "prod"));
        window(20, "m1", pendingProposals(500));
        silence(20);
        assertThat(said(alerts())).containsExactly("firing 20 m1");
    }

    @Test
    void saysWhichOverrideAndWhichVersionOfTheRuleApplied() throws Exception {
        Rule rule = rule("above: 100");
        open(List.of(rule), override(rule, "low", "{ cluster: c }", "{ levels: [ { severity: info, above: 10 } ] }"));

        pending(10, 50);

        assertThat(alerts().get(0).evidence().stream().map(line -> line.what() + ": " + line.value()))
                .contains(
                        "value: 50",
                        "limit: info above 10",
                        "rule version: " + rule.version() + ", profile fleet",
                        "override: low");
    }

    @Test
    void triesAThresholdInShadowAndThenForRealWithoutWaitingForTheNextWindow() throws Exception {
        open(rule("above: 100"));
        pending(10, 50);

        say(1, Control.SHADOW, text("above: 40"));
        assertThat(alerts()).isEmpty();
        assertThat(said(shadowAlerts())).containsExactly("firing 10 m1");

        say(2, Control.ACTIVE, text("above: 40"));
        assertThat(said(alerts())).containsExactly("firing 10 m1");
        assertThat(said(shadowAlerts())).containsExactly("firing 10 m1", "resolved 10 m1");
    }

    @Test
    void refusesABrokenRuleAndKeepsTheOldOne() throws Exception {
        open(rule("above: 100"));

        say(1, Control.ACTIVE, text("above: much"));
        say(2, Control.ACTIVE, text("above: 40").replace("QueueLong", "QueueShort"));
        pending(10, 120);

        assertThat(said(alerts())).containsExactly("firing 10 m1");
        assertThat(aside(Conditions.REFUSED))
                .hasSize(2)
                .allSatisfy(letter -> assertThat(letter.reason()).isEqualTo("refused"))
                .first()
                .extracting(DeadLetter::detail)
                .asString()
                .contains("rule/QueueLong:", "'above' is \"much\"", "what was in force before still is");
    }

    @Test
    void fallsBackToTheFileWhenWhatWasSaidIsRemoved() throws Exception {
        open(rule("above: 100"));
        say(1, Control.ACTIVE, text("above: 40"));
        pending(10, 50);

        say(2, Control.REMOVED, null);

        assertThat(said(alerts())).containsExactly("firing 10 m1", "resolved 10 m1");
    }

    @Test
    void ignoresWhatWasSaidBeforeWhatItKnows() throws Exception {
        open(rule("above: 100"));
        say(2, Control.ACTIVE, text("above: 40"));
        say(1, Control.ACTIVE, text("above: 1"));

        pending(10, 20);

        assertThat(alerts()).isEmpty();
    }

    @Test
    void resolvesWhatARemovedRuleHadFired() throws Exception {
        open(rule("above: 100"));
        String other = text("above: 10").replace("QueueLong", "QueueOther");
        say("QueueOther", 1, Control.ACTIVE, other);
        pending(10, 50);
        assertThat(alerts()).hasSize(1);

        say("QueueOther", 2, Control.REMOVED, null);

        assertThat(said(alerts())).containsExactly("firing 10 m1", "resolved 10 m1");
        assertThat(alerts().get(1).evidence()).extracting("value").contains("the rule was removed");
    }

    @Test
    void turnsExactlyTheCellsBlindThatReadAMissingMetricAndSaysWhy() throws Exception {
        Rule queue = rule("above: 100");
        Rule leader = parse(text("above: 100")
                .replace("QueueLong", "NoLeader")
                .replace("etcd_server_proposals_pending", "etcd_server_has_leader")
                .replace("above: 100", "below: 1"));
        open(List.of(queue, leader));
        List<GaugeRange> both = List.of(gauge("etcd_server_proposals_pending", 1), gauge("etcd_server_has_leader", 1));
        window(10, "m1", both);
        window(10, "m2", both);
        silence(10);
        assertThat(cells())
                .containsExactlyInAnyOrder(
                        "QueueLong m1 evaluated",
                        "QueueLong m2 evaluated",
                        "NoLeader m1 evaluated",
                        "NoLeader m2 evaluated");
        forget(Conditions.COVERAGE);

        coverage(
                15,
                "m2",
                new Coverage.Missing("etcd_server_has_leader", "not-scraped", "dropped by relabelling", true));
        window(20, "m1", both);
        window(20, "m2", List.of(gauge("etcd_server_proposals_pending", 1)));
        silence(20);

        assertThat(aside(Conditions.COVERAGE)).singleElement().satisfies(cell -> {
            assertThat(cell.rule() + ' ' + cell.member() + ' ' + cell.state()).isEqualTo("NoLeader m2 blind");
            assertThat(cell.metric()).isEqualTo("etcd_server_has_leader");
            assertThat(cell.why()).isEqualTo("not-scraped");
            assertThat(cell.detail()).isEqualTo("dropped by relabelling");
        });
    }

    @Test
    void alertsThatRulesAreBlind() throws Exception {
        Rule blind = parse(text("above: 0, for: 10s")
                .replace("QueueLong", "RulesBlind")
                .replaceAll("(?m)^  gauge:.*$", "  blind-rules: {}"));
        open(List.of(rule("above: 100"), blind));
        pending(10, 1);
        window(20, "m1", List.of(gauge("etcd_server_has_leader", 1)));
        window(30, "m1", List.of(gauge("etcd_server_has_leader", 1)));
        silence(30);

        assertThat(said(alerts())).containsExactly("pending 20 m1", "firing 30 m1");
        assertThat(alerts().get(1).evidence())
                .extracting("value")
                .contains("QueueLong (etcd_server_proposals_pending: unknown)");
    }

    @Test
    void hearsOfAMemberThatFellSilent() throws Exception {
        Rule down = parse(text("below: members")
                .replaceAll("(?m)^per: member$", "per: cluster")
                .replace(", member: m1", "")
                .replaceAll("(?m)^  gauge:.*$", "  gauge: { of: up }"));
        open(List.of(down));
        for (String member : List.of("m1", "m2", "m3")) {
            window(10, member, pendingProposals(1));
        }
        window(20, "m1", pendingProposals(1));
        window(20, "m2", pendingProposals(1));
        conditions.processElement(Heard.of(missed(20, "m3")), millis(20));
        silence(20);

        assertThat(said(alerts())).containsExactly("firing 20 null");
        assertThat(alerts().get(0).summary()).isEqualTo("c has 2 waiting");
    }

    @Test
    void countsTheTimeBetweenScrapesThatAreFurtherApartThanWindows() throws Exception {
        open(rule("above: 100, for: 1m"));

        pending(10, 120);
        pending(40, 120);
        pending(70, 120);

        assertThat(said(alerts())).containsExactly("pending 10 m1", "firing 70 m1");
    }

    @Test
    void missesAMemberOfWhichNothingIsToldForAMinuteAndAHalf() throws Exception {
        Rule down = parse(text("below: members")
                .replaceAll("(?m)^per: member$", "per: cluster")
                .replace(", member: m1", "")
                .replaceAll("(?m)^  gauge:.*$", "  gauge: { of: up }"));
        open(List.of(down));
        window(10, "m1", pendingProposals(1));
        window(10, "m2", pendingProposals(1));
        for (int second = 20; second <= 120; second += 10) {
            window(second, "m1", pendingProposals(1));
        }
        silence(120);

        assertThat(said(alerts())).containsExactly("firing 100 null");
    }

    @Test
    void resolvesWhereItWasSaidWhenARuleBecomesStable() throws Exception {
        open(parse(text("above: 100").replace("maturity: stable", "maturity: sandbox")));
        pending(10, 120);
        assertThat(said(shadowAlerts())).containsExactly("firing 10 m1");

        say(1, Control.ACTIVE, text("above: 100"));

        assertThat(said(shadowAlerts())).containsExactly("firing 10 m1", "resolved 10 m1");
        assertThat(said(alerts())).containsExactly("firing 10 m1");
    }

    @Test
    void beginsWithWhatItCanReadOfWhatWasSaid() throws Exception {
        Rule rule = rule("above: 100");
        open(rule);
        say(1, Control.ACTIVE, text("above: 40"));
        conditions.processBroadcastElement(
                new Control(
                        Control.OVERRIDE,
                        "dev",
                        ZERO.plusSeconds(2),
                        "ana",
                        Control.ACTIVE,
                        "override: dev\nrule: QueueLong\nwhere: { env: dev }\nset: { off: true }\n"),
                millis(2));
        OperatorSubtaskState saved = conditions.snapshot(1, 1);
        conditions.close();

        conditions = harness(List.of(parse(text("above: 100").replace("QueueLong", "QueueOther"))));
        conditions.initializeState(saved);
        conditions.open();
        pending(10, 120);

        assertThat(said(alerts())).contains("firing 10 m1");
    }

    @Test
    void refusesToRemoveARuleThatAnOverrideNeeds() throws Exception {
        open(rule("above: 100"));
        say("QueueOther", 1, Control.ACTIVE, text("above: 10").replace("QueueLong", "QueueOther"));
        conditions.processBroadcastElement(
                new Control(
                        Control.OVERRIDE,
                        "low",
                        ZERO.plusSeconds(2),
                        "ana",
                        Control.ACTIVE,
                        "override: low\nrule: QueueOther\nwhere: { cluster: c }\nset: { off: true }\n"),
                millis(2));

        say("QueueOther", 3, Control.REMOVED, null);

        assertThat(aside(Conditions.REFUSED))
                .singleElement()
                .extracting(DeadLetter::detail)
                .asString()
                .contains("no rule 'QueueOther'");
    }

    @Test
    void endsWhatItSaidOfAClusterThatIsNoMore() throws Exception {
        Rule down = parse(text("below: 2")
                .replaceAll("(?m)^per: member$", "per: cluster")
                .replace(", member: m1", "")
                .replaceAll("(?m)^  gauge:.*$", "  gauge: { of: up }"));
        open(List.of(down));
        window(10, "m1", pendingProposals(1));
        silence(2 * 60 * 60);

        assertThat(said(alerts())).first().isEqualTo("firing 10 null");
        assertThat(alerts()).hasSize(2).last().extracting(Alert::status).isEqualTo(Alert.Status.RESOLVED);
    }

    @Test
    void doesNotMissAMemberThatLeft() throws Exception {
        Rule down = parse(text("below: members")
                .replaceAll("(?m)^per: member$", "per: cluster")
                .replace(", member: m1", "")
                .replaceAll("(?m)^  gauge:.*$", "  gauge: { of: up }"));
        open(List.of(down));
        for (String member : List.of("m1", "m2", "m3")) {
            window(10, member, pendingProposals(1));
        }
        roster(15, "m1", "m2");
        window(20, "m1", pendingProposals(1));
        window(20, "m2", pendingProposals(1));
        silence(60 * 60);

        assertThat(said(alerts())).doesNotContain("firing 20 null");
    }

    @Test
    void takesTheIntegerTestAtAnEdgeAndAsksForAsManySlowOperationsAsTheRuleDoes() throws Exception {
        Rule slow = parse(text("above: 32ms")
                .replace("QueueLong", "DiskSlow")
                .replaceAll(
                        "(?m)^  gauge:.*$",
                        "  quantile: { of: etcd_disk_wal_fsync_duration_seconds, q: 0.99, over: 30s, at-least: 10 }"));
        open(List.of(slow));
        operations(10, 1000, 5);
        assertThat(cells()).contains("DiskSlow m1 evaluated");
        operations(20, 100, 5);
        silence(20);
        // Ten of 1110 are 0.9 %, ten of 110 are more.
        assertThat(alerts()).isEmpty();
        operations(30, 100, 5);
        assertThat(said(alerts())).containsExactly("firing 30 m1");
        assertThat(alerts().get(0).evidence().stream().map(line -> line.what() + ": " + line.value()))
                .contains("slower than 32 ms: 15 of 1215", "buckets: 1200 to 1 ms, 15 to 64 ms");
    }

    @Test
    void saysTooFewWhereAFastDiskWouldNot() throws Exception {
        Rule slow = parse(text("above: 32ms")
                .replace("QueueLong", "DiskSlow")
                .replaceAll(
                        "(?m)^  gauge:.*$",
                        "  quantile: { of: etcd_disk_wal_fsync_duration_seconds, q: 0.99, over: 30s, at-least: 10 }"));
        open(List.of(slow));
        operations(10, 3, 3);
        silence(10);

        assertThat(alerts()).isEmpty();
        assertThat(cells()).containsExactly("DiskSlow m1 too-few");
    }

    @Test
    void tellsPatternsOfASymptomFromItsOnsetToItsEnd() throws Exception {
        conditions = harness(List.of(rule("above: 100, for: 1h")), Set.of("QueueLong"));
        conditions.open();
        pending(10, 120);
        pending(20, 120);
        pending(30, 10);

        assertThat(aside(Conditions.SYMPTOMS).stream()
                        .map(symptom -> symptom.kind() + " "
                                + Duration.between(ZERO, symptom.since()).toSeconds() + " "
                                + Duration.between(ZERO, symptom.from()).toSeconds()))
                .containsExactly("ONSET 0 0", "STILL 0 10", "CLEAR 0 20");
    }

    @Test
    void goesOnAfterARestartWithItsEpisodesAndWithWhatWasSaid() throws Exception {
        Rule rule = rule("above: 100, for: 20s");
        open(rule);
        say(1, Control.ACTIVE, text("above: 40, for: 20s"));
        pending(10, 50);
        pending(20, 50);
        OperatorSubtaskState saved = conditions.snapshot(1, 1);
        String id = alerts().get(0).id();
        conditions.close();

        conditions = harness(List.of(rule));
        conditions.initializeState(saved);
        conditions.open();
        conditions.watermark(millis(20));
        pending(30, 50);

        assertThat(said(alerts())).containsExactly("firing 30 m1");
        assertThat(alerts().get(0).id()).isEqualTo(id);
    }

    @Test
    void leavesNothingBehindOfAClusterThatIsNoMore() throws Exception {
        open(rule("above: 100"));
        pending(10, 120);
        silence(2 * 60 * 60);

        assertThat(said(alerts())).containsExactly("firing 10 m1", "resolved 3620 m1");
        AbstractStreamOperator<?> operator = (AbstractStreamOperator<?>) conditions.getOperator();
        assertThat(((HeapKeyedStateBackend<?>) operator.getKeyedStateBackend()).numKeyValueStateEntries())
                .isZero();
        assertThat(conditions.numEventTimeTimers()).isZero();
    }

    @Test
    void keepsItsStateWithoutKryo() {
        for (Class<?> kept : List.of(Heard.class, KnownCluster.class, KnownMember.class, Standing.class)) {
            PojoTestUtils.assertSerializedAsPojoWithoutKryo(kept);
        }
    }

    @Test
    void countsAWindowThatComesTooLate() throws Exception {
        open(rule("above: 100"));
        pending(20, 10);
        conditions.processElement(Heard.of(of(10, "m1", pendingProposals(500))), millis(10));
        silence(30);

        assertThat(alerts()).isEmpty();
    }

    private void open(Rule rule) throws Exception {
        open(List.of(rule));
    }

    private void open(List<Rule> rules, RuleOverride... overrides) throws Exception {
        conditions = harness(rules, Set.of(), overrides);
        conditions.open();
    }

    private static KeyedBroadcastOperatorTestHarness<String, Heard, Control, Alert> harness(List<Rule> rules) {
        return harness(rules, Set.of());
    }

    private static KeyedBroadcastOperatorTestHarness<String, Heard, Control, Alert> harness(
            List<Rule> rules, Set<String> symptoms, RuleOverride... overrides) {
        try {
            return new KeyedBroadcastOperatorTestHarness<>(
                    new CoBroadcastWithKeyedOperator<>(
                            new Conditions(
                                    Threshold.Source.MEMBER_WINDOW,
                                    STEP,
                                    new Controls(rules, List.of(overrides), "fleet"),
                                    symptoms),
                            List.of(Conditions.SAID)),
                    Heard::cluster,
                    Types.STRING,
                    1,
                    1,
                    0);
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    /** A rule on the queue of proposals with these levels, worst first. */
    private static Rule rule(String... levels) {
        return parse(text(levels));
    }

    private static Rule parse(String text) {
        try {
            return RuleReader.parse("test.yaml", text);
        } catch (InvalidYaml e) {
            throw new IllegalArgumentException(e);
        }
    }

    private static String text(String... levels) {
        List<String> severities = levels.length == 1 ? List.of("warning") : List.of("critical", "warning");
        StringBuilder lines = new StringBuilder();
        for (int i = 0; i < levels.length; i++) {
            lines.append("  - { severity: ")
                    .append(severities.get(i))
                    .append(", ")
                    .append(levels[i])
                    .append(" }\n");
        }
        return """
                # More waits than is decided.
                rule: QueueLong
                schema: rules/v1
                maturity: stable
                reads: member-window
                per: member
                when:
                  gauge: { of: etcd_server_proposals_pending }
                levels:
                %salert:
                  summary: "{who} has {value} waiting"
                  runbook: docs/runbooks/etcd-election-storm.md
                tests:
                  - it: fires for the sake of the reader
                    given: [ "10s m1 silent" ]
                    until: 1m
                    expect: [ { at: 10s, status: firing, severity: warning, member: m1 } ]
                  - it: is silent for the sake of the reader
                    given: [ "10s m1 silent" ]
                    until: 1m
                    expect: []
                  - it: is silent for the sake of the reader again
                    given: [ "10s m1 silent" ]
                    until: 1m
                    expect: []
                """.formatted(lines);
    }

    private static RuleOverride override(Rule rule, String name, String where, String set) throws InvalidYaml {
        return OverrideReader.parse(
                "overrides.yaml",
                "override: " + name + "\nrule: " + rule.name() + "\nwhere: " + where + "\nset: " + set + "\n",
                List.of(rule),
                "fleet");
    }

    private void say(int second, String mode, String text) throws Exception {
        say("QueueLong", second, mode, text);
    }

    private void say(String rule, int second, String mode, String text) throws Exception {
        conditions.processBroadcastElement(
                new Control(Control.RULE, rule, ZERO.plusSeconds(second), "ana", mode, text), millis(second));
    }

    /** So many proposals wait, and nothing else happens until then. */
    private void pending(int second, double proposals) throws Exception {
        window(second, "m1", pendingProposals(proposals));
        silence(second);
    }

    private static List<GaugeRange> pendingProposals(double proposals) {
        return List.of(gauge("etcd_server_proposals_pending", proposals));
    }

    private static GaugeRange gauge(String metric, double value) {
        return new GaugeRange(metric, "", value, value, 1, value, value);
    }

    private void window(int second, String member, List<GaugeRange> gauges) throws Exception {
        conditions.processElement(Heard.of(of(second, member, gauges)), millis(second));
    }

    /** Of polls that all failed. */
    private static MemberWindow missed(int second, String member) {
        Instant end = ZERO.plusSeconds(second);
        return new MemberWindow("c", null, member, null, end.minus(STEP), end, true, 1, Measures.NONE);
    }

    private static MemberWindow of(int second, String member, List<GaugeRange> gauges) {
        return of(second, member, new Measures(List.of(), List.of(), gauges));
    }

    private static MemberWindow of(int second, String member, Measures measures) {
        Instant end = ZERO.plusSeconds(second);
        return new MemberWindow("c", null, member, null, end.minus(STEP), end, false, 1, measures);
    }

    /** So many of one millisecond, and so many of 40. */
    private void operations(int second, long fast, long slow) throws Exception {
        double[] edges = Buckets.edges("etcd_disk_wal_fsync_duration_seconds");
        long[] counts = new long[edges.length + 1];
        counts[0] = fast;
        counts[6] = slow;
        conditions.processElement(
                Heard.of(of(
                        second,
                        "m1",
                        new Measures(
                                List.of(new Histogram(
                                        "etcd_disk_wal_fsync_duration_seconds",
                                        "",
                                        new BucketVector(edges, counts, 1))),
                                List.of(),
                                List.of()))),
                millis(second));
        silence(second);
    }

    private void labels(int second, Map<String, String> labels) throws Exception {
        conditions.processElement(
                Heard.of(ClusterRoster.ofLabels("c", ZERO.plusSeconds(second), labels)), millis(second));
    }

    private void roster(int second, String... names) throws Exception {
        List<ClusterRoster.Member> members = new ArrayList<>();
        for (String name : names) {
            members.add(new ClusterRoster.Member(name, name, false, List.of()));
        }
        Instant at = ZERO.plusSeconds(second);
        conditions.processElement(Heard.of(new ClusterRoster("c", "abc", at, at, members, Map.of())), millis(second));
    }

    private void coverage(int second, String member, Coverage.Missing missing) throws Exception {
        conditions.processElement(
                Heard.of(new Coverage(
                        "c", null, member, null, null, ZERO.plusSeconds(second), List.of(), List.of(missing))),
                millis(second));
    }

    /** The stream's time goes on. */
    private void silence(int second) throws Exception {
        conditions.watermark(millis(second));
        conditions.processBroadcastWatermark(new Watermark(millis(second)));
    }

    private static long millis(int second) {
        return ZERO.plusSeconds(second).toEpochMilli();
    }

    private List<Alert> alerts() {
        return conditions.extractOutputValues();
    }

    private List<Alert> shadowAlerts() {
        return aside(Conditions.SHADOW);
    }

    private <T> List<T> aside(OutputTag<T> tag) {
        ConcurrentLinkedQueue<StreamRecord<T>> all = conditions.getSideOutput(tag);
        return all == null
                ? List.of()
                : all.stream().map(StreamRecord::getValue).toList();
    }

    private void forget(OutputTag<?> tag) {
        conditions.getSideOutput(tag).clear();
    }

    private List<String> cells() {
        return aside(Conditions.COVERAGE).stream()
                .map(cell -> cell.rule() + ' ' + cell.member() + ' ' + cell.state())
                .toList();
    }

    private static List<String> said(List<Alert> alerts) {
        return alerts.stream()
                .map(alert -> alert.status().name().toLowerCase(Locale.ROOT)
                        + ' '
                        + Duration.between(ZERO, alert.at()).toSeconds()
                        + ' '
                        + alert.member())
                .toList();
    }
}
