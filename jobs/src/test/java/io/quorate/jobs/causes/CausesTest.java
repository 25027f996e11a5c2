package io.quorate.jobs.causes;

import static io.quorate.jobs.causes.Book.CHAINS;
import static io.quorate.jobs.causes.Book.alert;
import static io.quorate.jobs.causes.Book.at;
import static io.quorate.jobs.causes.Book.explained;
import static io.quorate.jobs.causes.Book.storm;
import static org.assertj.core.api.Assertions.assertThat;

import io.quorate.events.Alert;
import io.quorate.events.Alert.Severity;
import io.quorate.events.Alert.Status;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.streaming.api.operators.co.KeyedCoProcessOperator;
import org.apache.flink.streaming.api.watermark.Watermark;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.streaming.util.KeyedTwoInputStreamOperatorTestHarness;
import org.apache.flink.types.PojoTestUtils;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Windows of 10 s, whose patterns are known 2 s after their end. */
class CausesTest {

    private KeyedTwoInputStreamOperatorTestHarness<String, Alert, Clue, Alert> harness;

    @BeforeEach
    void open() throws Exception {
        harness = new KeyedTwoInputStreamOperatorTestHarness<>(
                new KeyedCoProcessOperator<>(new Causes(CHAINS, Duration.ofSeconds(10), Duration.ofSeconds(2))),
                Alert::cluster,
                Clue::cluster,
                Types.STRING);
        harness.open();
    }

    @AfterEach
    void close() throws Exception {
        harness.close();
    }

    @Test
    void passesWhatBeginsAtOnceAndTellsItsCauseWhenTheWindowsAreThere() throws Exception {
        hear(storm(Status.FIRING, 104, 104), 104.5);
        assertThat(told()).containsExactly("104.0 firing none");

        hear(explained("SlowDisk", "m2", 90), 102);
        time(112);
        assertThat(told()).hasSize(1);
        time(112.001);
        assertThat(told()).containsExactly("104.0 firing none", "110.0 updated slow-disk m2");
    }

    @Test
    void tellsACauseOnce() throws Exception {
        hear(explained("SlowDisk", "m2", 90), 102);
        hear(storm(Status.FIRING, 104, 104), 104.5);
        hear(explained("SlowDisk", "m2", 100), 112);
        hear(explained("SlowDisk", "m2", 110), 122);
        time(200);

        assertThat(told()).containsExactly("104.0 firing none", "110.0 updated slow-disk m2");
    }

    @Test
    void tellsABetterCauseThatIsSeenLater() throws Exception {
        hear(explained("SlowDisk", "m2", 90), 102);
        hear(storm(Status.FIRING, 104, 104), 104.5);
        hear(explained("Paused", "m3", 100), 122);
        time(200);

        assertThat(told()).containsExactly("104.0 firing none", "110.0 updated slow-disk m2", "120.0 updated pause m3");
    }

    @Test
    void letsWhatIsNoWorseAndTheEndWaitForTheCause() throws Exception {
        hear(storm(Status.FIRING, 104, 104), 104.5);
        hear(explained("SlowDisk", "m2", 100), 112);
        hear(storm(Status.UPDATED, 104, 113), 113.5);
        hear(storm(Status.RESOLVED, 104, 125), 125);
        time(132.001);

        assertThat(told())
                .containsExactly(
                        "104.0 firing none",
                        "110.0 updated slow-disk m2",
                        "113.0 updated slow-disk m2",
                        "125.0 resolved slow-disk m2");
    }

    @Test
    void passesWhatBecomesWorseAtOnce() throws Exception {
        hear(alert("Storm", Severity.WARNING, null, Status.FIRING, 100, 100), 100.5);
        hear(alert("Storm", Severity.CRITICAL, null, Status.UPDATED, 100, 101), 101.5);
        hear(alert("Storm", Severity.WARNING, null, Status.UPDATED, 100, 102), 102);
        assertThat(told()).containsExactly("100.0 firing none", "101.0 updated none");

        time(112.001);
        assertThat(told()).containsExactly("100.0 firing none", "101.0 updated none", "102.0 updated none");
    }

    @Test
    void saysTheSameWhateverComesFirst() throws Exception {
        hear(explained("SlowDisk", "m2", 90), 102);
        hear(explained("Paused", "m3", 100), 112);
        hear(storm(Status.FIRING, 104, 104), 104.5);
        time(200);

        assertThat(told()).containsExactly("104.0 firing none", "110.0 updated pause m3");
    }

    @Test
    void saysNothingMoreOfAPendingAlert() throws Exception {
        hear(storm(Status.PENDING, 104, 104), 104.5);
        hear(explained("SlowDisk", "m2", 100), 112);
        time(200);

        assertThat(told()).containsExactly("104.0 pending none");
    }

    @Test
    void tellsTheCauseWithTheEndAlsoWhenWhatExplainedItIsForgotten() throws Exception {
        hear(explained("SlowDisk", "m2", 100), 112);
        hear(storm(Status.FIRING, 104, 104), 104.5);
        time(150);
        time(1500);
        hear(storm(Status.RESOLVED, 104, 1502), 1502);
        time(1600);

        Alert cause = harness.extractOutputValues().get(1);
        assertThat(cause.status()).isEqualTo(Status.UPDATED);
        assertThat(harness.extractOutputValues())
                .last()
                .satisfies(end -> assertThat(end.status()).isEqualTo(Status.RESOLVED))
                .extracting(Alert::cause)
                .isNotNull()
                .isEqualTo(cause.cause());
    }

    @Test
    void keepsNothingOfWhatWasOnlyPending() throws Exception {
        hear(storm(Status.PENDING, 104, 104), 104.5);
        time(3600);

        assertThat(harness.numKeyedStateEntries()).isZero();
    }

    @Test
    void keepsNothingOfAClusterThatIsWell() throws Exception {
        hear(explained("SlowDisk", "m2", 100), 112);
        hear(storm(Status.FIRING, 104, 104), 104.5);
        hear(storm(Status.RESOLVED, 104, 125), 125);
        time(3600);

        assertThat(harness.numKeyedStateEntries()).isZero();
    }

    @Test
    void isKeptWithoutKryo() {
        PojoTestUtils.assertSerializedAsPojoWithoutKryo(Casebook.class);
    }

    private void hear(Alert alert, double second) throws Exception {
        harness.processElement1(new StreamRecord<>(alert, at(second).toEpochMilli()));
    }

    private void hear(Clue clue, double second) throws Exception {
        harness.processElement2(new StreamRecord<>(clue, at(second).toEpochMilli()));
    }

    private void time(double second) throws Exception {
        harness.processBothWatermarks(new Watermark(at(second).toEpochMilli()));
    }

    /** Seconds, status, cause and root of each transition. */
    private List<String> told() {
        return harness.extractOutputValues().stream()
                .map(alert -> String.format(
                                Locale.ROOT,
                                "%.1f %s %s %s",
                                Duration.between(Book.ZERO, alert.at()).toMillis() / 1000.0,
                                alert.status().name().toLowerCase(Locale.ROOT),
                                evidence(alert, "cause", "none"),
                                evidence(alert, "root member", ""))
                        .strip())
                .toList();
    }

    private static String evidence(Alert alert, String what, String otherwise) {
        return alert.evidence().stream()
                .filter(line -> line.what().equals(what))
                .map(Alert.Evidence::value)
                .findFirst()
                .orElse(otherwise);
    }
}
