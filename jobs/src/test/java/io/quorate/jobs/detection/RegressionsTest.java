package io.quorate.jobs.detection;

import static org.assertj.core.api.Assertions.assertThat;

import io.quorate.events.Alert;
import io.quorate.events.Alert.Status;
import io.quorate.events.BucketVector;
import io.quorate.events.Histogram;
import io.quorate.events.Labels;
import io.quorate.events.Measures;
import io.quorate.events.MemberWindow;
import io.quorate.rules.Rule;
import io.quorate.rules.RuleReader;
import java.time.Instant;
import java.util.List;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.streaming.api.operators.KeyedProcessOperator;
import org.apache.flink.streaming.util.KeyedOneInputStreamOperatorTestHarness;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What the rule's own tests cannot say: the order in which windows come, corrections, restarts. */
class RegressionsTest {

    private static final Instant ZERO = Instant.parse("2026-01-01T00:00:00Z");

    private final Rule rule = RuleReader.shipped("EtcdWalFsyncRegression").under("lab");
    private final Rule.Regression condition = (Rule.Regression) rule.condition();
    private KeyedOneInputStreamOperatorTestHarness<String, MemberWindow, Alert> regressions;

    @BeforeEach
    void open() throws Exception {
        regressions = harness();
        regressions.open();
    }

    @AfterEach
    void close() throws Exception {
        regressions.close();
    }

    @Test
    void judgesTheWindowsOfOneEndTogetherInWhateverOrderTheyCome() throws Exception {
        past();
        given(window(30, "m3", 1, 200, 0), window(30, "m1", 1, 50, 50), window(30, "m2", 1, 200, 0));
        timeIs(30);
        given(window(40, "m1", 1, 50, 50), window(40, "m2", 1, 200, 0), window(40, "m3", 1, 200, 0));
        timeIs(40);

        assertThat(regressions.extractOutputValues())
                .extracting(Alert::status)
                .containsExactly(Status.PENDING, Status.FIRING);
        Alert firing = regressions.extractOutputValues().get(1);
        assertThat(firing.member()).isEqualTo("m1");
        assertThat(firing.memberId()).isEqualTo("id-m1");
        assertThat(firing.startedAt()).isEqualTo(at(30));
        assertThat(firing.at()).isEqualTo(at(40));
        assertThat(firing.id())
                .isEqualTo(Alert.idOf("EtcdWalFsyncRegression", "c1", "m1", at(30)))
                .isEqualTo(regressions.extractOutputValues().get(0).id());
        assertThat(firing.summary())
                .isEqualTo("c1/m1 fsyncs its log more slowly than it used to: 50.0 % took longer than 1 ms");
        assertThat(firing.evidence())
                .extracting(line -> line.what() + ": " + line.value())
                .containsExactly(
                        "m1 share: 50.0 %",
                        "m1 slow operations: 50 of 100",
                        "m1 edge: 1 ms",
                        "m1 baseline p99: (0 ms, 1 ms] of 400",
                        "m1 peers' median share: 0.0 %");
    }

    @Test
    void takesTheCorrectionThatComesBeforeTheirEndIsJudged() throws Exception {
        past();
        given(window(30, "m1", 2, 200, 0), window(30, "m1", 1, 50, 50));
        timeIs(30);

        assertThat(regressions.extractOutputValues()).isEmpty();
    }

    @Test
    void changesNothingForAWindowThatComesAfterItsEndWasJudged() throws Exception {
        past();
        given(window(30, "m1", 1, 200, 0));
        timeIs(40);
        given(window(30, "m1", 2, 50, 50), window(40, "m1", 1, 50, 50));
        timeIs(50);

        assertThat(regressions.extractOutputValues()).isEmpty();
    }

    @Test
    void goesOnAfterARestartWhereItWas() throws Exception {
        past();
        given(window(30, "m1", 1, 50, 50), window(30, "m2", 1, 200, 0));
        timeIs(30);
        given(window(40, "m1", 1, 50, 50));
        OperatorSubtaskState snapshot = regressions.snapshot(1, 1);
        close();
        regressions = harness();
        regressions.initializeState(snapshot);
        regressions.open();
        given(window(40, "m2", 1, 200, 0));
        timeIs(40);

        assertThat(regressions.extractOutputValues())
                .singleElement()
                .satisfies(alert -> assertThat(alert.startedAt()).isEqualTo(at(30)));
    }

    private KeyedOneInputStreamOperatorTestHarness<String, MemberWindow, Alert> harness() throws Exception {
        return new KeyedOneInputStreamOperatorTestHarness<>(
                new KeyedProcessOperator<>(new Regressions(rule, condition)), MemberWindow::cluster, Types.STRING);
    }

    private void past() throws Exception {
        for (int end : new int[] {10, 20}) {
            for (String member : List.of("m1", "m2", "m3")) {
                given(window(end, member, 1, 200, 0));
            }
            timeIs(end);
        }
    }

    private void given(MemberWindow... windows) throws Exception {
        for (MemberWindow window : windows) {
            regressions.processElement(window, window.windowEnd().toEpochMilli());
        }
    }

    private void timeIs(int second) throws Exception {
        regressions.processWatermark(at(second).toEpochMilli());
    }

    private MemberWindow window(int end, String member, int version, long fast, long slow) {
        BucketVector operations =
                new BucketVector(new double[] {0.001, 0.002, 0.004}, new long[] {fast, 0, 0, slow}, 0);
        return new MemberWindow(
                "c1",
                null,
                member,
                "id-" + member,
                at(end - 10),
                at(end),
                false,
                version,
                new Measures(
                        List.of(
                                new Histogram(condition.metric(), Labels.NONE, operations),
                                new Histogram("other", Labels.NONE, operations)),
                        List.of(),
                        List.of()));
    }

    private static Instant at(int second) {
        return ZERO.plusSeconds(second);
    }
}
