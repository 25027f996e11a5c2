package io.quorate.jobs.detection;

import static org.assertj.core.api.Assertions.assertThat;

import io.quorate.events.LeaderChange;
import io.quorate.events.LeaderChange.Planned;
import io.quorate.events.MemberStatus;
import java.time.Instant;
import java.util.List;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.streaming.api.operators.KeyedProcessOperator;
import org.apache.flink.streaming.util.KeyedOneInputStreamOperatorTestHarness;
import org.apache.flink.types.PojoTestUtils;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class LeaderChangesTest {

    private static final Instant ZERO = Instant.parse("2026-01-01T00:00:00Z");

    private KeyedOneInputStreamOperatorTestHarness<String, MemberStatus, LeaderChange> changes;

    @BeforeEach
    void open() throws Exception {
        changes = new KeyedOneInputStreamOperatorTestHarness<>(
                new KeyedProcessOperator<>(new LeaderChanges()), MemberStatus::cluster, Types.STRING);
        changes.open();
    }

    @AfterEach
    void close() throws Exception {
        changes.close();
    }

    @Test
    void doesNotLetARepeatedRecordConfirmItself() throws Exception {
        says(1, "m1", "m1", 2);
        says(2, "m2", "m1", 2);
        says(3, "m2", "m3", 3);
        says(3, "m2", "m3", 3);
        timeIs(10);

        assertThat(changes.extractOutputValues()).isEmpty();
    }

    @Test
    void putsAnswersInOrderAndSendsThoseBehindTheWatermarkToTheDeadLetters() throws Exception {
        says(4, "m3", "m3", 3);
        says(2, "m2", "m1", 2);
        says(1, "m1", "m1", 2);
        says(3, "m2", "m3", 3);
        timeIs(10);
        says(9, "m1", "m3", 3);

        assertThat(changes.extractOutputValues())
                .singleElement()
                .extracting(LeaderChange::observedAt)
                .isEqualTo(ZERO.plusSeconds(3));
        assertThat(changes.getSideOutput(LeaderChanges.LATE)).hasSize(1);
    }

    @Test
    void waitsForTheOldLeaderInEventTime() throws Exception {
        says(1, "m2", "m1", 2);
        says(2, "m1", "m1", 2);
        says(2, "m2", "m2", 3);
        says(2, "m3", "m2", 3);
        timeIs(3);
        assertThat(changes.extractOutputValues()).isEmpty();

        timeIs(4);

        assertThat(changes.extractOutputValues()).singleElement().satisfies(change -> {
            assertThat(change.planned()).isEqualTo(Planned.UNKNOWN);
            assertThat(change.confirmedAt()).isEqualTo(ZERO.plusMillis(3500));
        });
    }

    @Test
    void keepsItsStateWithoutKryo() {
        PojoTestUtils.assertSerializedAsPojoWithoutKryo(Leadership.class);
    }

    private void says(int second, String member, String leader, long term) throws Exception {
        Instant at = ZERO.plusSeconds(second);
        changes.processElement(
                new MemberStatus(
                        "c1",
                        "c0ffee",
                        member,
                        "id-" + member,
                        "http://" + member,
                        at,
                        at,
                        "3.4.23",
                        0,
                        0,
                        "id-" + leader,
                        term,
                        0,
                        0,
                        false,
                        List.of(),
                        3,
                        null,
                        null),
                at.toEpochMilli());
    }

    private void timeIs(int second) throws Exception {
        changes.processWatermark(ZERO.plusSeconds(second).toEpochMilli());
    }
}
