package io.quorate.jobs.detection;

import static org.assertj.core.api.Assertions.assertThat;

import io.quorate.events.Alert;
import io.quorate.events.Coverage;
import io.quorate.events.Measures.GaugeRange;
import io.quorate.rules.Rule;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.apache.flink.runtime.state.heap.HeapKeyedStateBackend;
import org.apache.flink.streaming.api.operators.AbstractStreamOperator;
import org.apache.flink.types.PojoTestUtils;
import org.junit.jupiter.api.Test;

/** What the rules' own tests cannot say: who is blind, who falls silent, what is left behind. */
class ConditionsTest extends OnConditions {

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
    void isBlindOfAMachineThatNobodyAsksAndWakesNobodyForIt() throws Exception {
        Rule machine = parse(text("above: 100").replace("etcd_server_proposals_pending", "node_load1"));
        Rule blind = parse(text("above: 0")
                .replace("QueueLong", "RulesBlind")
                .replaceAll("(?m)^  gauge:.*$", "  blind-rules: {}"));
        open(List.of(machine, blind));

        pending(10, 1);

        assertThat(cells()).contains("QueueLong m1 blind");
        assertThat(aside(Conditions.COVERAGE))
                .filteredOn(cell -> cell.rule().equals("QueueLong"))
                .allMatch(cell -> "no-node-exporter".equals(cell.why()));
        assertThat(alerts()).isEmpty();

        window(20, "m1", List.of(gauge("quorate_node_up", 1)));
        silence(20);

        assertThat(said(alerts())).containsExactly("firing 20 m1");
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
        open(answering("below: members"));
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
        open(answering("below: members"));
        window(10, "m1", pendingProposals(1));
        window(10, "m2", pendingProposals(1));
        for (int second = 20; second <= 120; second += 10) {
            window(second, "m1", pendingProposals(1));
        }
        silence(120);

        assertThat(said(alerts())).containsExactly("firing 100 null");
    }

    @Test
    void endsWhatItSaidOfAClusterThatIsNoMore() throws Exception {
        open(answering("below: 2"));
        window(10, "m1", pendingProposals(1));
        silence(2 * 60 * 60);

        assertThat(said(alerts())).first().isEqualTo("firing 10 null");
        assertThat(alerts()).hasSize(2).last().extracting(Alert::status).isEqualTo(Alert.Status.RESOLVED);
    }

    @Test
    void doesNotMissAMemberThatLeft() throws Exception {
        open(answering("below: members"));
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
        open(slowDisk("above: 32ms"));
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
        open(slowDisk("above: 32ms"));
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

    /** A rule on how many members of the cluster are up. */
    private static Rule answering(String level) {
        return parse(text(level)
                .replaceAll("(?m)^per: member$", "per: cluster")
                .replace(", member: m1", "")
                .replaceAll("(?m)^  gauge:.*$", "  gauge: { of: up }"));
    }

    /** A rule on the p99 of the last three windows' fsyncs. */
    private static Rule slowDisk(String level) {
        return parse(text(level)
                .replace("QueueLong", "DiskSlow")
                .replaceAll(
                        "(?m)^  gauge:.*$",
                        "  quantile: { of: etcd_disk_wal_fsync_duration_seconds, q: 0.99, over: 30s, at-least: 10 }"));
    }
}
