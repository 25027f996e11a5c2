package io.quorate.jobs.detection;

import static org.assertj.core.api.Assertions.assertThat;

import io.quorate.events.Alert;
import io.quorate.events.Alert.Severity;
import io.quorate.events.Alert.Status;
import io.quorate.events.ClusterRoster;
import io.quorate.rules.Maintenance;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.streaming.api.operators.co.KeyedCoProcessOperator;
import org.apache.flink.streaming.api.watermark.Watermark;
import org.apache.flink.streaming.util.KeyedTwoInputStreamOperatorTestHarness;
import org.apache.flink.types.PojoTestUtils;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class InMaintenanceTest {

    private static final Instant ZERO = Instant.parse("2026-01-01T00:00:00Z");

    /** From 100 s to 200 s in dev, and from 200 s to 300 s in c2 alone. */
    private static final List<Maintenance> CALENDAR = List.of(
            new Maintenance("upgrade", Map.of("env", "dev"), new Maintenance.Once(at(100), at(200))),
            new Maintenance("again", Map.of("cluster", "c2"), new Maintenance.Once(at(200), at(300))));

    private KeyedTwoInputStreamOperatorTestHarness<String, Alert, ClusterRoster, Alert> maintenance;

    @BeforeEach
    void open() throws Exception {
        maintenance = new KeyedTwoInputStreamOperatorTestHarness<>(
                new KeyedCoProcessOperator<>(new InMaintenance(CALENDAR, Duration.ofSeconds(10))),
                Alert::cluster,
                ClusterRoster::cluster,
                Types.STRING);
        maintenance.open();
        maintenance.processElement2(ClusterRoster.ofLabels("c1", ZERO, Map.of("env", "dev")), 0);
        maintenance.processElement2(ClusterRoster.ofLabels("c2", ZERO, Map.of("env", "dev")), 0);
        maintenance.processElement2(ClusterRoster.ofLabels("c3", ZERO, Map.of("env", "prod")), 0);
    }

    @AfterEach
    void close() throws Exception {
        maintenance.close();
    }

    @Test
    void makesAnEpisodePartOfTheMaintenanceThatItBeginsIn() throws Exception {
        tell("c1", Status.PENDING, 110, 110);
        tell("c1", Status.FIRING, 120, 110);
        tell("c1", Status.RESOLVED, 150, 110);
        timeIs(400);

        assertThat(told())
                .containsExactly(
                        "pending 110 maintenance upgrade",
                        "firing 120 maintenance upgrade",
                        "resolved 150 maintenance upgrade");
    }

    @Test
    void tellsWhatStillFiresWhenItEnds() throws Exception {
        tell("c1", Status.FIRING, 150, 150);
        timeIs(211);
        assertThat(told()).as("windows may still end it").hasSize(1);
        timeIs(212);
        tell("c1", Status.RESOLVED, 250, 150);
        timeIs(400);

        assertThat(told()).containsExactly("firing 150 maintenance upgrade", "updated 200 null", "resolved 250 null");
        assertThat(maintenance.extractOutputValues().get(1).evidence())
                .extracting(Alert.Evidence::value)
                .containsExactly("upgrade is over");
    }

    @Test
    void tellsTheSameWhateverComesFirst() throws Exception {
        tell("c1", Status.FIRING, 150, 150);
        tell("c1", Status.RESOLVED, 250, 150);
        timeIs(400);

        assertThat(told()).containsExactly("firing 150 maintenance upgrade", "updated 200 null", "resolved 250 null");
    }

    @Test
    void keepsNothingOfWhatWasOnlyPending() throws Exception {
        tell("c1", Status.FIRING, 150, 150);
        tell("c1", Status.RESOLVED, 160, 150);
        int before = maintenance.numKeyedStateEntries();
        tell("c1", Status.PENDING, 190, 190);
        timeIs(400);

        assertThat(maintenance.numKeyedStateEntries()).isEqualTo(before);
    }

    @Test
    void tellsTheFiringOfWhatWasOnlyPendingWhenItEnded() throws Exception {
        tell("c1", Status.PENDING, 190, 190);
        timeIs(215);
        tell("c1", Status.FIRING, 220, 190);

        assertThat(told()).containsExactly("pending 190 maintenance upgrade", "firing 220 null");
    }

    @Test
    void leavesWhatBeganBeforeOrAfterOrElsewhereAlone() throws Exception {
        tell("c1", Status.FIRING, 120, 99);
        tell("c1", Status.FIRING, 201, 200);
        tell("c3", Status.FIRING, 150, 150);
        tell("unknown", Status.FIRING, 150, 150);

        assertThat(told()).containsExactly("firing 120 null", "firing 201 null", "firing 150 null", "firing 150 null");
    }

    @Test
    void goesOnInTheNextOneWhereOneFollows() throws Exception {
        tell("c2", Status.FIRING, 150, 150);
        timeIs(250);
        tell("c2", Status.UPDATED, 260, 150);
        timeIs(400);

        assertThat(told())
                .containsExactly("firing 150 maintenance upgrade", "updated 260 maintenance again", "updated 300 null");
    }

    @Test
    void leavesWhatIsPartOfAnIncidentThere() throws Exception {
        maintenance.processElement1(alert("c1", Status.FIRING, 150, 150).asPartOf("incident"), 0);
        timeIs(400);

        assertThat(told()).containsExactly("firing 150 incident");
    }

    @Test
    void keepsItsStateWithoutKryo() {
        PojoTestUtils.assertSerializedAsPojoWithoutKryo(Hushed.class);
    }

    private void tell(String cluster, Status status, int at, int startedAt) throws Exception {
        maintenance.processElement1(alert(cluster, status, at, startedAt), at(at).toEpochMilli());
    }

    private static Alert alert(String cluster, Status status, int at, int startedAt) {
        return new Alert(
                cluster + startedAt,
                "EtcdDiskSlow",
                Severity.WARNING,
                cluster,
                null,
                null,
                null,
                status,
                at(at),
                at(startedAt),
                "",
                null,
                null,
                null,
                List.of());
    }

    private void timeIs(int second) throws Exception {
        maintenance.processBothWatermarks(new Watermark(at(second).toEpochMilli()));
    }

    private List<String> told() {
        return maintenance.extractOutputValues().stream()
                .map(alert -> alert.status().name().toLowerCase(Locale.ROOT)
                        + ' '
                        + Duration.between(ZERO, alert.at()).toSeconds()
                        + ' '
                        + alert.partOf())
                .toList();
    }

    private static Instant at(int second) {
        return ZERO.plusSeconds(second);
    }
}
