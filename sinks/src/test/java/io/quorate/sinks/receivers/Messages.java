package io.quorate.sinks.receivers;

import io.quorate.events.Alert;
import io.quorate.events.Alert.Evidence;
import io.quorate.events.Alert.Severity;
import io.quorate.events.Alert.Status;
import io.quorate.sinks.receivers.Message.Kind;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/** Messages that receivers are told in tests. */
public final class Messages {

    /** When all of it began to be told. */
    public static final Instant AT = Instant.parse("2026-03-29T01:00:10.123Z");

    private Messages() {}

    /** One critical storm of the cluster {@code prod}, told for the first time. */
    public static Message firing(String id) {
        return of(Kind.FIRING, "g-" + id, List.of(Severity.CRITICAL), placed(storm(id, Status.FIRING, AT)));
    }

    /** The end of it. */
    public static Message resolved(String id) {
        Alert over = storm(id, Status.RESOLVED, AT.plusSeconds(60));
        return of(Kind.RESOLVED, "g-" + id, List.of(Severity.CRITICAL), placed(over));
    }

    /** These, all of them news. */
    public static Message of(Kind kind, String group, List<Severity> steps, PlacedAlert... alerts) {
        return new Message(
                group + '-' + kind.name().toLowerCase(Locale.ROOT),
                kind,
                group,
                Map.of("alertname", alerts[0].alert().rule()),
                List.of(alerts),
                List.of(alerts).stream().map(placed -> placed.alert().id()).toList(),
                steps,
                AT.plusSeconds(61));
    }

    public static PlacedAlert placed(Alert alert) {
        return placed(alert, "10.0.0.1:2379", "leader", "3 other clusters have it");
    }

    public static PlacedAlert placed(Alert alert, String host, String role, String spread) {
        Map<String, String> labels = new TreeMap<>();
        labels.put("alertname", alert.rule());
        labels.put("severity", alert.severity().name().toLowerCase(Locale.ROOT));
        labels.put("cluster", alert.cluster());
        if (alert.member() != null) {
            labels.put("member", alert.member());
        }
        return new PlacedAlert(alert, labels, host, role, spread);
    }

    public static Alert storm(String id, Status status, Instant at) {
        return alert(id, "EtcdElectionStorm", Severity.CRITICAL, "prod", null, status, at);
    }

    /** With evidence of every kind that causes leave behind. */
    public static Alert alert(
            String id, String rule, Severity severity, String cluster, String member, Status status, Instant at) {
        Instant began = AT.minusSeconds(5);
        return new Alert(
                id,
                rule,
                severity,
                cluster,
                "c1",
                member,
                null,
                status,
                at,
                began,
                "three leader changes in ten minutes",
                "the disk of m1 is slow: its log waits for it",
                null,
                "docs/runbooks/etcd-election-storm.md",
                List.of(
                        new Evidence("leader change", "m1 -> m2", began),
                        new Evidence("cause", "slow-disk", began),
                        new Evidence("root member", "m1", began),
                        new Evidence("ruled out", "network: no peer was slow", at),
                        new Evidence("not known", "cpu: nobody looked", at),
                        new Evidence("advice", "now: move the leadership", at)));
    }

    /** The same alert saying something else. */
    public static Alert saying(String summary, Alert alert) {
        return new Alert(
                alert.id(),
                alert.rule(),
                alert.severity(),
                alert.cluster(),
                alert.clusterId(),
                alert.member(),
                alert.memberId(),
                alert.status(),
                alert.at(),
                alert.startedAt(),
                summary,
                alert.cause(),
                alert.partOf(),
                alert.runbook(),
                alert.evidence());
    }
}
