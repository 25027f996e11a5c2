package io.quorate.jobs.detection;

import static org.assertj.core.api.Assertions.assertThat;

import io.quorate.events.Measures.GaugeRange;
import io.quorate.events.MemberStatus;
import io.quorate.events.MemberWindow;
import io.quorate.rules.StatusMetric;
import java.time.Instant;
import java.util.List;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.streaming.api.operators.KeyedProcessOperator;
import org.apache.flink.streaming.util.KeyedOneInputStreamOperatorTestHarness;
import org.apache.flink.types.PojoTestUtils;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ClusterFactsTest {

    private static final Instant ZERO = Instant.parse("2026-01-01T00:00:00Z");

    private KeyedOneInputStreamOperatorTestHarness<String, MemberStatus, MemberWindow> facts;

    @BeforeEach
    void open() throws Exception {
        facts = new KeyedOneInputStreamOperatorTestHarness<>(
                new KeyedProcessOperator<>(new ClusterFacts()), MemberStatus::cluster, Types.STRING);
        facts.open();
    }

    @AfterEach
    void close() throws Exception {
        facts.close();
    }

    @Test
    void tellsOfASecondWhenTheStreamsTimeReachesItsEnd() throws Exception {
        says(0.3, "m1", "m1", 1, 100);
        timeIs(0.999);
        assertThat(facts.extractOutputValues()).isEmpty();
        timeIs(1);

        assertThat(facts.extractOutputValues()).singleElement().satisfies(window -> {
            assertThat(window.windowEnd()).isEqualTo(at(1));
            assertThat(window.windowStart()).isEqualTo(at(0));
        });
    }

    @Test
    void takesTheNewestAnswerOfASecondWhateverCameFirst() throws Exception {
        says(0.9, "m1", "m1", 1, 120);
        says(0.1, "m1", "m1", 1, 100);
        timeIs(1);

        assertThat(newest("m1", StatusMetric.RAFT_INDEX)).isEqualTo(120);
    }

    @Test
    void tellsTheSameInAnyOrderThatTheWatermarkAllows() throws Exception {
        says(0.2, "m1", "m1", 1, 100);
        says(0.4, "m2", "m1", 1, 100);
        says(1.2, "m1", "m1", 1, 140);
        says(1.4, "m2", "m1", 1, 100);
        timeIs(2);
        List<MemberWindow> ordered = facts.extractOutputValues();
        close();
        open();
        says(1.4, "m2", "m1", 1, 100);
        says(0.4, "m2", "m1", 1, 100);
        says(1.2, "m1", "m1", 1, 140);
        says(0.2, "m1", "m1", 1, 100);
        timeIs(2);

        assertThat(facts.extractOutputValues()).isEqualTo(ordered);
    }

    @Test
    void leavesOutWhatComesBehindItsSecond() throws Exception {
        says(0.3, "m1", "m1", 1, 100);
        timeIs(1);
        says(0.4, "m2", "m1", 1, 100);
        timeIs(2);

        assertThat(facts.extractOutputValues()).hasSize(1);
    }

    @Test
    void doesNotLetARepeatedRecordConfirmItself() throws Exception {
        says(0.3, "m1", "m1", 2, 100);
        says(0.3, "m1", "m1", 2, 100);
        timeIs(1);
        assertThat(newest("m1", StatusMetric.RIVAL_LEADERS)).isZero();
        says(1.3, "m1", "m1", 2, 100);
        timeIs(2);

        assertThat(newest("m1", StatusMetric.RIVAL_LEADERS)).isEqualTo(1);
    }

    @Test
    void countsFailedPollsAndThoseOfTheLastClass() throws Exception {
        fails(0.3, "m1", "refused");
        fails(1.3, "m1", "timeout");
        fails(2.3, "m1", "timeout");
        timeIs(3);

        assertThat(newest("m1", StatusMetric.FAILED_POLLS)).isEqualTo(3);
        assertThat(newest("m1", StatusMetric.FAILED_POLLS, "class=\"timeout\"")).isEqualTo(2);
        assertThat(newest("m1", StatusMetric.FAILURE, "class=\"timeout\"")).isEqualTo(1);
        assertThat(newest("m1", StatusMetric.SILENT_SECONDS)).isEqualTo(2);
        says(3.3, "m1", "m1", 1, 100);
        timeIs(4);

        assertThat(newest("m1", StatusMetric.FAILED_POLLS)).isZero();
        assertThat(newest("m1", StatusMetric.FAILURE)).isZero();
        assertThat(newest("m1", StatusMetric.SILENT_SECONDS)).isZero();
    }

    @Test
    void comparesIndexesAtTheSameMoment() throws Exception {
        says(0.1, "m1", "m1", 1, 1000);
        says(0.6, "m2", "m1", 1, 1500);
        says(1.1, "m1", "m1", 1, 2000);
        timeIs(2);

        // At 0.6 s the leader was half way from 1,000 to 2,000; what it had before and after says nothing.
        says(2.6, "m2", "m1", 1, 1500);
        says(2.1, "m1", "m1", 1, 3000);
        says(3.1, "m1", "m1", 1, 4000);
        timeIs(1.5);
        timeIs(3);
        assertThat(newest("m2", StatusMetric.INDEX_BEHIND)).isEqualTo(1500);
        timeIs(4);
        assertThat(newest("m1", StatusMetric.INDEX_BEHIND)).isZero();
    }

    @Test
    void forgetsAMemberThatIsNoLongerPolled() throws Exception {
        says(0.1, "m1", "m1", 1, 100);
        says(0.2, "m2", "m1", 1, 100);
        timeIs(1);
        says(700, "m1", "m1", 1, 100);
        timeIs(700);
        fails(701, "m2", "refused");
        timeIs(701);

        assertThat(newest("m2", StatusMetric.SILENT_SECONDS))
                .as("asked for the first time")
                .isZero();
    }

    @Test
    void knowsAMemberByItsNameWhenItToldIt() throws Exception {
        process(status(0.1, "10.0.0.1:2379", "id-m1", null, 1, 100, null));
        says(1.1, "m1", "m1", 1, 100);
        timeIs(2);

        assertThat(newest("m1", StatusMetric.VOTERS)).isEqualTo(1);
    }

    @Test
    void beginsAnewWithAnotherClusterUnderTheSameName() throws Exception {
        says(0.1, "m1", "m1", 7, 9000);
        says(1.1, "m1", "m1", 7, 9000);
        process(status(1.5, "m2", "id-m2", "id-m2", 1, 100, "other"));
        timeIs(2);

        assertThat(newest("m2", StatusMetric.INDEX_BEHIND)).isZero();
    }

    @Test
    void keepsNothingThatNeedsKryo() {
        PojoTestUtils.assertSerializedAsPojoWithoutKryo(ClusterAnswers.class);
        PojoTestUtils.assertSerializedAsPojoWithoutKryo(MemberAnswers.class);
        PojoTestUtils.assertSerializedAsPojoWithoutKryo(Standstill.class);
    }

    private double newest(String member, StatusMetric metric) {
        return newest(member, metric, "");
    }

    /** In the last window of this member, the gauge whose labels contain this, the shortest labels first. */
    private double newest(String member, StatusMetric metric, String label) {
        List<MemberWindow> windows = facts.extractOutputValues().stream()
                .filter(window -> window.member().equals(member))
                .toList();
        return windows.get(windows.size() - 1).measures().gauges().stream()
                .filter(gauge -> gauge.metric().equals(metric.text()))
                .filter(gauge -> label.isEmpty()
                        ? gauge.labels().isEmpty()
                        : gauge.labels().contains(label))
                .mapToDouble(GaugeRange::last)
                .findFirst()
                .orElseThrow();
    }

    private void says(double second, String member, String leader, long term, long index) throws Exception {
        process(status(second, member, "id-" + member, "id-" + leader, term, index, null));
    }

    private void fails(double second, String member, String failure) throws Exception {
        process(MemberStatus.failed("c1", member, "id-" + member, member, at(second), 0, failure, ""));
    }

    private void process(MemberStatus status) throws Exception {
        facts.processElement(status, status.observedAt().toEpochMilli());
    }

    private void timeIs(double second) throws Exception {
        facts.processWatermark(at(second).toEpochMilli());
    }

    private static Instant at(double second) {
        return ZERO.plusMillis(Math.round(second * 1000));
    }

    private static MemberStatus status(
            double second,
            String member,
            String id,
            @Nullable String leader,
            long term,
            long index,
            @Nullable String clusterId) {
        return new MemberStatus(
                "c1",
                clusterId == null ? "cluster" : clusterId,
                member,
                id,
                member,
                at(second),
                at(second),
                "3.5.21",
                1,
                1,
                leader,
                term,
                index,
                index,
                false,
                List.of(),
                0,
                null,
                null);
    }
}
