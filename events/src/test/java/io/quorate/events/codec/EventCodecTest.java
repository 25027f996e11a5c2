package io.quorate.events.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.quorate.events.Alert;
import io.quorate.events.BucketVector;
import io.quorate.events.ClusterEvent;
import io.quorate.events.ClusterRoster;
import io.quorate.events.Control;
import io.quorate.events.Coverage;
import io.quorate.events.DeadLetter;
import io.quorate.events.Histogram;
import io.quorate.events.LeaderChange;
import io.quorate.events.Measures;
import io.quorate.events.MemberScrape;
import io.quorate.events.MemberStatus;
import io.quorate.events.MemberWindow;
import io.quorate.events.Notification;
import io.quorate.events.PollTally;
import io.quorate.events.RuleCoverage;
import io.quorate.events.Sample;
import io.quorate.events.ScopeWindow;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Every event type, its bytes held to a golden file: topics outlive builds. */
class EventCodecTest {

    private static final Instant AT = Instant.parse("2026-11-20T18:42:58.862Z");
    private static final Measures MEASURES = new Measures(
            List.of(new Histogram(
                    "etcd_disk_wal_fsync_duration_seconds",
                    "",
                    new BucketVector(new double[] {0.001, 0.002}, new long[] {5, 2, 1}, 0.0123))),
            List.of(new Sample("grpc_server_handled_total", "grpc_code=\"OK\",grpc_method=\"Put\"", 17)),
            List.of(new Measures.GaugeRange("etcd_server_proposals_pending", "", 0, 6, 5, 3, 1)));

    private static final Alert STORM = new Alert(
            "0123456789abcdef",
            "EtcdElectionStorm",
            Alert.Severity.CRITICAL,
            "prod",
            "d8419dd4a9e67e2d",
            null,
            null,
            Alert.Status.FIRING,
            AT,
            AT,
            "prod changed its leader 3 times in 20s",
            null,
            "fedcba9876543210",
            "docs/runbooks/etcd-election-storm.md",
            List.of(new Alert.Evidence("leader-moves", "m2 -> m1, term 4", AT)));

    record Golden<T>(Topic<T> topic, T event) {

        @Override
        public String toString() {
            return topic.name();
        }
    }

    static Stream<Golden<?>> everyEvent() {
        return Stream.of(
                new Golden<>(
                        Topic.MEMBER_SCRAPE,
                        new MemberScrape(
                                "prod",
                                "d8419dd4a9e67e2d",
                                "m1",
                                "d53aab49afb8bdad",
                                "http://prometheus:9090",
                                AT,
                                AT.plusMillis(250),
                                1795200137.9,
                                null,
                                MEASURES.histograms(),
                                MEASURES.counters(),
                                List.of(new Sample("etcd_server_has_leader", "", 1)))),
                new Golden<>(
                        Topic.MEMBER_STATUS,
                        new MemberStatus(
                                "prod",
                                "d8419dd4a9e67e2d",
                                "m1",
                                "d53aab49afb8bdad",
                                "http://etcd-1:2379",
                                AT,
                                AT,
                                "3.4.23",
                                45056,
                                40960,
                                "c419b7ed112d9a95",
                                7,
                                120,
                                119,
                                false,
                                List.of("memberID:1 alarm:NOSPACE"),
                                3,
                                null,
                                null)),
                new Golden<>(
                        Topic.CLUSTER_ROSTER,
                        new ClusterRoster(
                                "prod",
                                "d8419dd4a9e67e2d",
                                AT,
                                AT,
                                List.of(new ClusterRoster.Member(
                                        "d53aab49afb8bdad", "m1", false, List.of("http://etcd-1:2379"))),
                                Map.of("env", "prod"))),
                new Golden<>(
                        Topic.MEMBER_WINDOW,
                        new MemberWindow(
                                "prod",
                                null,
                                "m1",
                                "d53aab49afb8bdad",
                                Instant.parse("2026-11-20T18:42:50Z"),
                                Instant.parse("2026-11-20T18:43:00Z"),
                                true,
                                2,
                                MEASURES)),
                new Golden<>(
                        Topic.SCOPE_WINDOW,
                        new ScopeWindow(
                                ScopeWindow.Scope.CLUSTER,
                                "prod",
                                null,
                                null,
                                Instant.parse("2026-11-20T18:42:50Z"),
                                Instant.parse("2026-11-20T18:43:00Z"),
                                3,
                                false,
                                1,
                                MEASURES)),
                new Golden<>(
                        Topic.EARLY_MEMBER_WINDOW,
                        new MemberWindow(
                                "prod",
                                null,
                                "m1",
                                "d53aab49afb8bdad",
                                Instant.parse("2026-11-20T18:42:50Z"),
                                Instant.parse("2026-11-20T18:43:00Z"),
                                true,
                                0,
                                MEASURES)),
                new Golden<>(
                        Topic.EARLY_SCOPE_WINDOW,
                        new ScopeWindow(
                                ScopeWindow.Scope.CLUSTER,
                                "prod",
                                null,
                                null,
                                Instant.parse("2026-11-20T18:42:50Z"),
                                Instant.parse("2026-11-20T18:43:00Z"),
                                3,
                                false,
                                0,
                                MEASURES)),
                new Golden<>(
                        Topic.COVERAGE,
                        new Coverage(
                                "prod",
                                "d8419dd4a9e67e2d",
                                "m1",
                                "d53aab49afb8bdad",
                                "3.4.23",
                                AT,
                                List.of("etcd_server_has_leader"),
                                List.of(new Coverage.Missing(
                                        "grpc_server_handling_seconds",
                                        "basic-metrics",
                                        "set --metrics=extensive",
                                        true)))),
                new Golden<>(
                        Topic.POLL_TALLY,
                        new PollTally(
                                "metrics",
                                "prod/m1",
                                "prod",
                                Instant.parse("2026-11-20T18:42:00Z"),
                                Instant.parse("2026-11-20T18:42:00Z"),
                                Instant.parse("2026-11-20T18:43:00.500Z"),
                                60,
                                60,
                                57,
                                1,
                                List.of(new PollTally.Failed("timeout", 2)))),
                new Golden<>(
                        Topic.LEADER_CHANGE,
                        new LeaderChange(
                                "prod",
                                "d8419dd4a9e67e2d",
                                "m2",
                                "c419b7ed112d9a95",
                                "m1",
                                "d53aab49afb8bdad",
                                4,
                                AT,
                                AT.plusMillis(110),
                                LeaderChange.Planned.NO,
                                3)),
                new Golden<>(
                        Topic.CLUSTER_EVENT,
                        new ClusterEvent(
                                "prod",
                                "d8419dd4a9e67e2d",
                                "m1",
                                "d53aab49afb8bdad",
                                ClusterEvent.VERSION_CHANGED,
                                AT,
                                "3.4.23",
                                "3.5.9",
                                null)),
                new Golden<>(Topic.ALERT, STORM),
                new Golden<>(Topic.SHADOW_ALERT, STORM),
                new Golden<>(
                        Topic.RULE_COVERAGE,
                        new RuleCoverage(
                                "EtcdGrpcSlow",
                                "prod",
                                "d8419dd4a9e67e2d",
                                "m1",
                                "d53aab49afb8bdad",
                                AT,
                                RuleCoverage.BLIND,
                                "grpc_server_handling_seconds",
                                "basic-metrics",
                                "shown only with --metrics=extensive",
                                "a1b2c3d4")),
                new Golden<>(
                        Topic.CONTROL,
                        new Control(
                                Control.OVERRIDE,
                                "slow-dev-disks",
                                AT,
                                "ana",
                                Control.SHADOW,
                                "override: slow-dev-disks\n")),
                new Golden<>(
                        Topic.NOTIFICATION,
                        new Notification(
                                "0123456789abcdef-critical",
                                "fedcba9876543210",
                                "0123456789abcdef",
                                "EtcdElectionStorm",
                                Alert.Severity.CRITICAL,
                                "prod",
                                null,
                                Alert.Status.FIRING,
                                "webhook",
                                2,
                                Notification.Outcome.DELIVERED,
                                200,
                                null,
                                AT,
                                AT.plusSeconds(1))),
                new Golden<>(
                        Topic.DEAD_LETTER,
                        new DeadLetter("member-status/0@17", "unreadable", "not JSON", null, "base64:AAE=", AT)));
    }

    @ParameterizedTest
    @MethodSource("everyEvent")
    <T> void writesTheBytesThatItAlwaysWrote(Golden<T> golden) throws Exception {
        byte[] bytes = new EventCodec<>(golden.topic.type()).encode(golden.event);

        assertThat(new String(bytes, StandardCharsets.UTF_8)).isEqualTo(goldenFile(golden.topic));
    }

    @ParameterizedTest
    @MethodSource("everyEvent")
    <T> void readsWhatItAlwaysWrote(Golden<T> golden) throws Exception {
        byte[] bytes = goldenFile(golden.topic).getBytes(StandardCharsets.UTF_8);

        assertThat(new EventCodec<>(golden.topic.type()).decode(bytes)).isEqualTo(golden.event);
    }

    @Test
    void readsAlertsOfBuildsThatKnewNothingLarger() throws Exception {
        String before = goldenFile(Topic.ALERT).replace("\"partOf\":\"fedcba9876543210\",", "");

        assertThat(before).doesNotContain("partOf");
        assertThat(new EventCodec<>(Alert.class).decode(before.getBytes(StandardCharsets.UTF_8)))
                .isEqualTo(STORM.asPartOf(null));
    }

    @Test
    void readsNotificationsOfBuildsThatKnewNoGroups() throws Exception {
        String before = goldenFile(Topic.NOTIFICATION).replace("\"group\":\"fedcba9876543210\",", "");

        assertThat(before).doesNotContain("group");
        Notification line = new EventCodec<>(Notification.class).decode(before.getBytes(StandardCharsets.UTF_8));
        assertThat(line.group()).isNull();
        assertThat(line.outcome()).isEqualTo(Notification.Outcome.DELIVERED);
    }

    @ParameterizedTest
    @CsvSource({
        "DELIVERED, delivered",
        "RETRIED, retried",
        "REFUSED, refused",
        "PLANNED, planned",
        "PASSED_ON, passed_on",
        "SILENCED, silenced",
        "INHIBITED, inhibited"
    })
    void namesEveryOutcomeAsItsTableDoes(Notification.Outcome outcome, String word) throws Exception {
        String line = goldenFile(Topic.NOTIFICATION).replace("\"delivered\"", '"' + word + '"');
        EventCodec<Notification> codec = new EventCodec<>(Notification.class);

        Notification read = codec.decode(line.getBytes(StandardCharsets.UTF_8));
        assertThat(read.outcome()).isEqualTo(outcome);
        assertThat(new String(codec.encode(read), StandardCharsets.UTF_8)).isEqualTo(line);
    }

    @Test
    void goldenFilesCoverEveryTopic() {
        assertThat(everyEvent().map(golden -> golden.topic.name()).toList())
                .containsExactlyElementsOf(Topic.ALL.stream().map(Topic::name).toList());
    }

    @Test
    void ignoresUnknownFieldsAndTheOrderOfFields() throws Exception {
        String record =
                "{\"reason\":\"unreadable\",\"news\":{\"a\":1},\"source\":\"x\",\"observedAt\":\"2026-11-20T18:42:58Z\","
                        + "\"schema\":1}";

        assertThat(new EventCodec<>(DeadLetter.class)
                        .decode(record.getBytes(StandardCharsets.UTF_8))
                        .source())
                .isEqualTo("x");
    }

    @Test
    void saysWhatIsWrongWithBytesThatAreNoEvent() {
        assertUnreadable("", "expected a JSON object");
        assertUnreadable("hello", "not JSON");
        assertUnreadable("[1]", "expected a JSON object");
        assertUnreadable("{\"source\":\"x\"}", "schema");
        assertUnreadable("{\"schema\":2}", "schema 2, expected 1 to 1");
        assertUnreadable("{\"schema\":1,\"source\":\"x\",\"reason\":\"y\"}", "observedAt");
        assertUnreadable("{\"schema\":1,\"source\":\"x\",\"reason\":\"y\",\"observedAt\":\"yesterday\"}", "observedAt");
    }

    @Test
    void refusesListsThatHoldNothing() {
        String roster = "{\"schema\":1,\"cluster\":\"c\",\"clusterId\":\"a\",\"observedAt\":\"2026-11-20T18:42:58Z\","
                + "\"ingestedAt\":\"2026-11-20T18:42:58Z\",\"members\":[null]}";

        assertThatThrownBy(() -> new EventCodec<>(ClusterRoster.class).decode(roster.getBytes(StandardCharsets.UTF_8)))
                .isInstanceOf(UnreadableEvent.class)
                .hasMessageContaining("members");
    }

    @Test
    void writesEveryTextThatItCanRead() throws Exception {
        String record = "{\"schema\":1,\"source\":\"half \\ud800, \u00e4\",\"reason\":\"x\","
                + "\"observedAt\":\"2026-11-20T18:42:58Z\"}";
        EventCodec<DeadLetter> codec = new EventCodec<>(DeadLetter.class);
        DeadLetter letter = codec.decode(record.getBytes(StandardCharsets.UTF_8));

        assertThat(letter.source()).isEqualTo("half \ud800, \u00e4");
        assertThat(codec.decode(codec.encode(letter))).isEqualTo(letter);
    }

    private static void assertUnreadable(String record, String why) {
        assertThatThrownBy(() -> new EventCodec<>(DeadLetter.class).decode(record.getBytes(StandardCharsets.UTF_8)))
                .isInstanceOf(UnreadableEvent.class)
                .hasMessageContaining(why);
    }

    private static String goldenFile(Topic<?> topic) throws IOException {
        try (InputStream file = EventCodecTest.class.getResourceAsStream("/golden/v1/" + topic.name() + ".json")) {
            assertThat(file).as("golden file of " + topic.name()).isNotNull();
            return new String(file.readAllBytes(), StandardCharsets.UTF_8).strip();
        }
    }
}
