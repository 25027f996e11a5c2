package io.quorate.jobs.fleet;

import io.quorate.events.Alert;
import io.quorate.events.Alert.Severity;
import io.quorate.events.Alert.Status;
import io.quorate.events.ClusterRoster;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.apache.flink.api.common.serialization.SerializerConfigImpl;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.api.common.typeutils.TypeSerializer;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.streaming.api.operators.KeyedProcessOperator;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.streaming.util.KeyedOneInputStreamOperatorTestHarness;
import org.jspecify.annotations.Nullable;

/** The two operators of contagion in a row, by hand: statuses' alerts to the first, windows' to the second. */
final class OnFleet implements AutoCloseable {

    static final Instant ZERO = Instant.parse("2026-01-01T00:00:00Z");

    private static final TypeSerializer<Incident> COPY =
            TypeInformation.of(Incident.class).createSerializer(new SerializerConfigImpl());

    private KeyedOneInputStreamOperatorTestHarness<String, FleetNews, Alert> first = harness(false);
    private KeyedOneInputStreamOperatorTestHarness<String, FleetNews, Alert> second = harness(true);
    private final List<Alert> out = new ArrayList<>();

    OnFleet() throws Exception {
        first.open();
        second.open();
    }

    private static KeyedOneInputStreamOperatorTestHarness<String, FleetNews, Alert> harness(boolean last)
            throws Exception {
        return new KeyedOneInputStreamOperatorTestHarness<>(
                new KeyedProcessOperator<>(new Contagion(
                        last,
                        new Words(Set.of("EtcdRulesBlind", "EtcdStatusRulesBlind"), Set.of("EtcdWalFsyncRegression")))),
                news -> Contagion.FLEET,
                Types.STRING);
    }

    @Override
    public void close() throws Exception {
        first.close();
        second.close();
    }

    /** From a savepoint. */
    void restart() throws Exception {
        first = restarted(first, false);
        second = restarted(second, true);
    }

    private static KeyedOneInputStreamOperatorTestHarness<String, FleetNews, Alert> restarted(
            KeyedOneInputStreamOperatorTestHarness<String, FleetNews, Alert> before, boolean last) throws Exception {
        OperatorSubtaskState saved = before.snapshot(1, 1);
        before.close();
        KeyedOneInputStreamOperatorTestHarness<String, FleetNews, Alert> after = harness(last);
        after.initializeState(saved);
        after.open();
        return after;
    }

    void labelled(String cluster, Map<String, String> labels) throws Exception {
        labelled(cluster, ZERO, labels);
    }

    void labelled(String cluster, Instant at, Map<String, String> labels) throws Exception {
        FleetNews news = FleetNews.labels(ClusterRoster.ofLabels(cluster, at, labels));
        first.processElement(news, Long.MAX_VALUE);
        second.processElement(news, Long.MAX_VALUE);
    }

    /** Of statuses. */
    void status(Alert alert) throws Exception {
        first.processElement(FleetNews.said(alert), alert.at().toEpochMilli());
    }

    /** Of windows. */
    void window(Alert alert) throws Exception {
        second.processElement(FleetNews.said(alert), alert.at().toEpochMilli());
    }

    void calmed(Alert alert) throws Exception {
        first.processElement(FleetNews.calmed(alert), alert.at().toEpochMilli());
        second.processElement(FleetNews.calmed(alert), alert.at().toEpochMilli());
    }

    /** The time of both streams goes on. */
    void until(double second) throws Exception {
        untilMillis(millis(second));
    }

    /** Nothing comes any more. */
    void end() throws Exception {
        untilMillis(Long.MAX_VALUE);
    }

    /** The time of windows stands still meanwhile. */
    void statusesUntil(double second) throws Exception {
        statusesUntilMillis(millis(second));
    }

    private void untilMillis(long millis) throws Exception {
        statusesUntilMillis(millis);
        second.processWatermark(millis);
        take(second);
    }

    private void statusesUntilMillis(long millis) throws Exception {
        first.processWatermark(millis);
        for (Alert alert : take(first)) {
            if (!alert.rule().equals(Contagion.RULE)) {
                second.processElement(FleetNews.heard(alert), alert.at().toEpochMilli());
            }
        }
        var incidents = first.getSideOutput(Contagion.INCIDENTS);
        if (incidents != null) {
            for (StreamRecord<Incident> incident : incidents) {
                second.processElement(FleetNews.incident(COPY.copy(incident.getValue())), incident.getTimestamp());
            }
            incidents.clear();
        }
    }

    private List<Alert> take(KeyedOneInputStreamOperatorTestHarness<String, FleetNews, Alert> from) {
        List<Alert> taken = List.copyOf(from.extractOutputValues());
        from.getOutput().clear();
        out.addAll(taken);
        return taken;
    }

    List<Alert> alerts() {
        return out;
    }

    /** Of incidents: what, when, how bad, in words. */
    List<String> incidents() {
        return out.stream()
                .filter(alert -> alert.rule().equals(Contagion.RULE))
                .map(alert -> lower(alert.status()) + ' '
                        + Duration.between(ZERO, alert.at()).toSeconds() + ' ' + lower(alert.severity()) + ": "
                        + alert.summary())
                .toList();
    }

    /** Of single clusters: those that somebody is told of. */
    List<String> childPages() {
        return out.stream()
                .filter(alert -> !alert.rule().equals(Contagion.RULE)
                        && alert.partOf() == null
                        && alert.status() != Status.PENDING
                        && alert.status() != Status.RESOLVED)
                .map(Alert::cluster)
                .toList();
    }

    List<Alert> attached() {
        return out.stream().filter(alert -> alert.partOf() != null).toList();
    }

    private static String lower(Enum<?> word) {
        return word.name().toLowerCase(Locale.ROOT);
    }

    static long millis(double second) {
        return ZERO.toEpochMilli() + Math.round(second * 1_000);
    }

    static Alert alert(String rule, String cluster, Status status, Severity severity, double begun, double at) {
        return alert(rule, cluster, status, severity, begun, at, null);
    }

    static Alert alert(
            String rule,
            String cluster,
            Status status,
            Severity severity,
            double begun,
            double at,
            @Nullable String partOf) {
        Instant startedAt = Instant.ofEpochMilli(millis(begun));
        return new Alert(
                Alert.idOf(rule, cluster, "m1", startedAt),
                rule,
                severity,
                cluster,
                null,
                "m1",
                null,
                status,
                Instant.ofEpochMilli(millis(at)),
                startedAt,
                cluster + " is ill",
                null,
                partOf,
                null,
                List.of());
    }
}
