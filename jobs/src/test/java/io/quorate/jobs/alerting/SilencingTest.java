package io.quorate.jobs.alerting;

import static org.assertj.core.api.Assertions.assertThat;

import io.quorate.events.Alert.Severity;
import io.quorate.events.Alert.Status;
import io.quorate.events.Control;
import io.quorate.events.DeadLetter;
import io.quorate.events.Notification;
import io.quorate.events.Notification.Outcome;
import io.quorate.jobs.alerting.routes.LabelMatcher;
import io.quorate.jobs.alerting.routes.LabelMatcher.Op;
import io.quorate.sinks.receivers.PlacedAlert;
import java.time.Instant;
import java.util.List;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.streaming.api.operators.co.CoBroadcastWithKeyedOperator;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.streaming.util.KeyedTwoInputStreamOperatorTestHarness;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class SilencingTest {

    private static final Instant NOON = Instant.parse("2026-03-29T12:00:00Z");

    private KeyedTwoInputStreamOperatorTestHarness<String, PlacedAlert, Control, PlacedAlert> silencing;

    @BeforeEach
    void open() throws Exception {
        open(List.of());
    }

    private void open(List<Control> before) throws Exception {
        silencing = new KeyedTwoInputStreamOperatorTestHarness<>(
                new CoBroadcastWithKeyedOperator<>(new Silencing(() -> before), List.of(Silencing.SAID)),
                placed -> placed.alert().id(),
                control -> "",
                Types.STRING);
        silencing.open();
        silencing.setProcessingTime(NOON.toEpochMilli());
    }

    @AfterEach
    void close() throws Exception {
        silencing.close();
    }

    @Test
    void holdsBackWhatIsSilencedAndNothingElse() throws Exception {
        say(silence("s1", "c1", 60));
        is(Alerts.critical("a", "c1"));
        is(Alerts.critical("b", "c2"));

        assertThat(told()).containsExactly("b FIRING");
        assertThat(held()).singleElement().satisfies(line -> {
            assertThat(line.outcome()).isEqualTo(Outcome.SILENCED);
            assertThat(line.receiver()).isEqualTo(Notification.NOBODY);
            assertThat(line.detail()).contains("silence s1 until 2026-03-29T12:01:00Z");
        });
    }

    @Test
    void tellsWhatStillFiresWhenTheSilenceEnds() throws Exception {
        say(silence("s1", "c1", 60));
        is(Alerts.critical("a", "c1"));
        pass(59);
        assertThat(told()).isEmpty();
        pass(61);

        assertThat(told()).containsExactly("a FIRING");
    }

    @Test
    void tellsWhatStillFiresWhenTheSilenceIsTakenBack() throws Exception {
        say(silence("s1", "c1", 60));
        is(Alerts.critical("a", "c1"));
        pass(5);
        say(new Control(Control.SILENCE, "s1", NOON.plusSeconds(5), "ann", Control.REMOVED, null));

        assertThat(told()).containsExactly("a FIRING");
    }

    @Test
    void staysSilentWhileAnotherSilenceHolds() throws Exception {
        say(silence("s1", "c1", 60));
        is(Alerts.critical("a", "c1"));
        say(silence("s2", "c1", 120));
        pass(100);
        assertThat(told()).isEmpty();
        pass(121);

        assertThat(told()).containsExactly("a FIRING");
    }

    @Test
    void tellsNoEndOfWhatNobodyHeardOf() throws Exception {
        say(silence("s1", "c1", 60));
        is(Alerts.critical("a", "c1"));
        is(Alerts.over("a", "c1"));
        pass(61);

        assertThat(told()).isEmpty();
        assertThat(held()).extracting(Notification::status).containsExactly(Status.FIRING, Status.RESOLVED);
    }

    @Test
    void tellsTheEndOfWhatWasToldBeforeTheSilence() throws Exception {
        is(Alerts.critical("a", "c1"));
        say(silence("s1", "c1", 60));
        is(Alerts.over("a", "c1"));

        assertThat(told()).containsExactly("a FIRING", "a RESOLVED");
    }

    @Test
    void knowsFromTheFirstAlertOnWhatWasSaidBefore() throws Exception {
        close();
        open(List.of(silence("s1", "c1", 60)));
        is(Alerts.critical("a", "c1"));
        assertThat(told()).isEmpty();
        pass(61);

        assertThat(told()).containsExactly("a FIRING");
    }

    @Test
    void refusesWhatCannotBeReadAndGoesOn() throws Exception {
        say(new Control(Control.SILENCE, "s1", NOON, "ann", Control.ACTIVE, "where: ["));
        is(Alerts.placed("Rule", "a", "c1", Severity.WARNING));

        assertThat(told()).containsExactly("a FIRING");
        assertThat(silencing.getSideOutput(Silencing.REFUSED))
                .extracting(StreamRecord::getValue)
                .singleElement()
                .extracting(DeadLetter::source)
                .isEqualTo("control silence/s1");
    }

    private static Control silence(String id, String cluster, int seconds) {
        return new Silence(
                        id,
                        List.of(new LabelMatcher("cluster", Op.IS, cluster)),
                        NOON,
                        NOON.plusSeconds(seconds),
                        "ann",
                        "")
                .asControl(NOON);
    }

    private void say(Control control) throws Exception {
        silencing.processElement2(new StreamRecord<>(control));
    }

    private void is(PlacedAlert placed) throws Exception {
        silencing.processElement1(new StreamRecord<>(placed));
    }

    private void pass(int seconds) throws Exception {
        silencing.setProcessingTime(NOON.plusSeconds(seconds).toEpochMilli());
    }

    private List<String> told() {
        return silencing.extractOutputValues().stream()
                .map(placed -> placed.alert().id() + ' ' + placed.alert().status())
                .toList();
    }

    private List<Notification> held() {
        return silencing.getSideOutput(Silencing.HELD).stream()
                .map(StreamRecord::getValue)
                .toList();
    }
}
