package io.quorate.jobs.detection;

import io.quorate.events.Alert;
import io.quorate.events.BucketVector;
import io.quorate.events.ClusterRoster;
import io.quorate.events.Control;
import io.quorate.events.Coverage;
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
import org.apache.flink.streaming.api.operators.co.CoBroadcastWithKeyedOperator;
import org.apache.flink.streaming.api.watermark.Watermark;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.streaming.util.KeyedBroadcastOperatorTestHarness;
import org.apache.flink.util.OutputTag;
import org.junit.jupiter.api.AfterEach;

/** Conditions on windows of ten seconds, one cluster, a rule on the queue of proposals, and what may be done to them. */
abstract class OnConditions {

    static final Instant ZERO = Instant.parse("2026-01-01T00:00:00Z");
    static final Duration STEP = Duration.ofSeconds(10);

    KeyedBroadcastOperatorTestHarness<String, Heard, Control, Alert> conditions = harness(List.of());

    @AfterEach
    void close() throws Exception {
        conditions.close();
    }

    void open(Rule rule) throws Exception {
        open(List.of(rule));
    }

    void open(List<Rule> rules, RuleOverride... overrides) throws Exception {
        conditions = harness(rules, Set.of(), overrides);
        conditions.open();
    }

    static KeyedBroadcastOperatorTestHarness<String, Heard, Control, Alert> harness(List<Rule> rules) {
        return harness(rules, Set.of());
    }

    static KeyedBroadcastOperatorTestHarness<String, Heard, Control, Alert> harness(
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
    static Rule rule(String... levels) {
        return parse(text(levels));
    }

    static Rule parse(String text) {
        try {
            return RuleReader.parse("test.yaml", text);
        } catch (InvalidYaml e) {
            throw new IllegalArgumentException(e);
        }
    }

    static String text(String... levels) {
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

    static RuleOverride override(Rule rule, String name, String where, String set) throws InvalidYaml {
        return OverrideReader.parse(
                "overrides.yaml",
                "override: " + name + "\nrule: " + rule.name() + "\nwhere: " + where + "\nset: " + set + "\n",
                List.of(rule),
                "fleet");
    }

    void say(int second, String mode, String text) throws Exception {
        say("QueueLong", second, mode, text);
    }

    void say(String rule, int second, String mode, String text) throws Exception {
        conditions.processBroadcastElement(
                new Control(Control.RULE, rule, ZERO.plusSeconds(second), "ana", mode, text), millis(second));
    }

    /** So many proposals wait, and nothing else happens until then. */
    void pending(int second, double proposals) throws Exception {
        window(second, "m1", pendingProposals(proposals));
        silence(second);
    }

    static List<GaugeRange> pendingProposals(double proposals) {
        return List.of(gauge("etcd_server_proposals_pending", proposals));
    }

    static GaugeRange gauge(String metric, double value) {
        return new GaugeRange(metric, "", value, value, 1, value, value);
    }

    void window(int second, String member, List<GaugeRange> gauges) throws Exception {
        conditions.processElement(Heard.of(of(second, member, gauges)), millis(second));
    }

    /** Of polls that all failed. */
    static MemberWindow missed(int second, String member) {
        Instant end = ZERO.plusSeconds(second);
        return new MemberWindow("c", null, member, null, end.minus(STEP), end, true, 1, Measures.NONE);
    }

    static MemberWindow of(int second, String member, List<GaugeRange> gauges) {
        return of(second, member, new Measures(List.of(), List.of(), gauges));
    }

    static MemberWindow of(int second, String member, Measures measures) {
        Instant end = ZERO.plusSeconds(second);
        return new MemberWindow("c", null, member, null, end.minus(STEP), end, false, 1, measures);
    }

    /** So many of one millisecond, and so many of 40. */
    void operations(int second, long fast, long slow) throws Exception {
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

    void labels(int second, Map<String, String> labels) throws Exception {
        conditions.processElement(
                Heard.of(ClusterRoster.ofLabels("c", ZERO.plusSeconds(second), labels)), millis(second));
    }

    void roster(int second, String... names) throws Exception {
        List<ClusterRoster.Member> members = new ArrayList<>();
        for (String name : names) {
            members.add(new ClusterRoster.Member(name, name, false, List.of()));
        }
        Instant at = ZERO.plusSeconds(second);
        conditions.processElement(Heard.of(new ClusterRoster("c", "abc", at, at, members, Map.of())), millis(second));
    }

    void coverage(int second, String member, Coverage.Missing missing) throws Exception {
        conditions.processElement(
                Heard.of(new Coverage(
                        "c", null, member, null, null, ZERO.plusSeconds(second), List.of(), List.of(missing))),
                millis(second));
    }

    /** The stream's time goes on. */
    void silence(int second) throws Exception {
        conditions.watermark(millis(second));
        conditions.processBroadcastWatermark(new Watermark(millis(second)));
    }

    static long millis(int second) {
        return ZERO.plusSeconds(second).toEpochMilli();
    }

    List<Alert> alerts() {
        return conditions.extractOutputValues();
    }

    List<Alert> shadowAlerts() {
        return aside(Conditions.SHADOW);
    }

    <T> List<T> aside(OutputTag<T> tag) {
        ConcurrentLinkedQueue<StreamRecord<T>> all = conditions.getSideOutput(tag);
        return all == null
                ? List.of()
                : all.stream().map(StreamRecord::getValue).toList();
    }

    void forget(OutputTag<?> tag) {
        conditions.getSideOutput(tag).clear();
    }

    List<String> cells() {
        return aside(Conditions.COVERAGE).stream()
                .map(cell -> cell.rule() + ' ' + cell.member() + ' ' + cell.state())
                .toList();
    }

    static List<String> said(List<Alert> alerts) {
        return alerts.stream()
                .map(alert -> alert.status().name().toLowerCase(Locale.ROOT)
                        + ' '
                        + Duration.between(ZERO, alert.at()).toSeconds()
                        + ' '
                        + alert.member())
                .toList();
    }
}
