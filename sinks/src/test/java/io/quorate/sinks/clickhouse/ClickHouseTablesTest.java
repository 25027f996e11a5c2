package io.quorate.sinks.clickhouse;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.quorate.events.Alert;
import io.quorate.events.BucketVector;
import io.quorate.events.ClusterEvent;
import io.quorate.events.Coverage;
import io.quorate.events.DeadLetter;
import io.quorate.events.Histogram;
import io.quorate.events.Measures;
import io.quorate.events.MemberStatus;
import io.quorate.events.MemberWindow;
import io.quorate.events.Notification;
import io.quorate.events.RuleCoverage;
import io.quorate.events.Sample;
import io.quorate.events.ScopeWindow;
import java.io.IOException;
import java.net.ServerSocket;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.TimeZone;
import java.util.function.BiFunction;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.test.junit5.MiniClusterExtension;
import org.apache.flink.types.PojoTestUtils;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ClickHouseTablesTest {

    @RegisterExtension
    static final MiniClusterExtension FLINK = new MiniClusterExtension();

    private ClickHouseSettings settings;
    private ClickHouseClient client;

    @BeforeEach
    void startEmpty() throws IOException {
        settings = Engine.databaseFor(ClickHouseTablesTest.class);
        client = new ClickHouseClient(settings);
    }

    @Test
    void writesOneRowPerSeriesOfAMemberWindow() throws Exception {
        save(ClickHouseTables::saveMemberWindows, Events.window(0, Events.measures()));
        assertThat(client.execute("SELECT * EXCEPT written_at, mean, label_map FROM member_window FINAL ORDER BY metric"
                        + " FORMAT TSVWithNames"))
                .isEqualTo("""
                        cluster	cluster_id	member	member_id	window_start	window_end	metric	labels	kind	count	sum	edges	counts	quantile_low	quantile_value	quantile_high	increase	samples	min	max	last	gap	version	mean	label_map
                        prod	c1	m1	a1	2026-03-29 01:00:00.000	2026-03-29 01:00:10.000	db_bytes		gauge	0	12	[]	[]	[]	[]	[]	\\N	4	1	5	3	true	0	3	{}
                        prod	c1	m1	a1	2026-03-29 01:00:00.000	2026-03-29 01:00:10.000	failed_total		counter	0	0	[]	[]	[]	[]	[]	7	0	\\N	\\N	\\N	true	0	\\N	{}
                        prod	c1	m1	a1	2026-03-29 01:00:00.000	2026-03-29 01:00:10.000	fsync		histogram	100	0.25	[0.001,0.002,0.004]	[50,40,9,1]	[0,0.001,0.002,0.002,0.004]	[0.001,0.002,0.0031111111111111114,0.004,0.004]	[0.001,0.002,0.004,0.004,inf]	\\N	0	\\N	\\N	\\N	true	0	\\N	{}
                        prod	c1	m1	a1	2026-03-29 01:00:00.000	2026-03-29 01:00:10.000	rtt	To="a\\\\"b",x="1,2"	histogram	0	0	[0.001,0.002,0.004]	[0,0,0,0]	[]	[]	[]	\\N	0	\\N	\\N	\\N	true	0	\\N	{'To':'a"b','x':'1,2'}
                        """);
    }

    @Test
    void writesWiderScopesApart() throws Exception {
        Instant start = Instant.parse("2026-03-29T01:00:00Z");
        Measures measures = new Measures(
                List.of(), List.of(), List.of(new Measures.GaugeRange("db_bytes", "", 1, 12, 4, 5, Double.NaN)));
        save(
                ClickHouseTables::saveScopeWindows,
                new ScopeWindow(
                        ScopeWindow.Scope.CLUSTER,
                        "prod",
                        "c1",
                        null,
                        start,
                        start.plusSeconds(10),
                        3,
                        false,
                        0,
                        measures),
                new ScopeWindow(
                        ScopeWindow.Scope.GROUP,
                        null,
                        null,
                        "az=\"b\"",
                        start,
                        start.plusSeconds(10),
                        3,
                        false,
                        0,
                        measures),
                new ScopeWindow(
                        ScopeWindow.Scope.FLEET,
                        null,
                        null,
                        null,
                        start,
                        start.plusSeconds(10),
                        3,
                        false,
                        0,
                        measures));
        assertThat(client.execute("SELECT scope, cluster, cluster_id, group, members, min, mean, max, last FROM"
                        + " scope_window FINAL ORDER BY scope"))
                .isEqualTo("""
                        cluster	prod	c1		3	1	3	5	\\N
                        group			az="b"	3	1	3	5	\\N
                        fleet				3	1	3	5	\\N
                        """);
    }

    @ParameterizedTest
    @CsvSource({"PT10S, ''", "PT1M, _1m", "PT5M, _5m", "PT1H, _1h", "PT24H, _1d", "PT2H, ''", "PT59.999S, ''"})
    void writesAWindowToTheTableOfItsSize(Duration size, String suffix) throws Exception {
        Instant start = Instant.parse("2026-03-29T00:00:00Z");
        save(
                ClickHouseTables::saveMemberWindows,
                new MemberWindow("prod", "c1", "m1", "a1", start, start.plus(size), false, 1, Events.measures()));
        save(
                ClickHouseTables::saveScopeWindows,
                new ScopeWindow(
                        ScopeWindow.Scope.FLEET,
                        null,
                        null,
                        null,
                        start,
                        start.plus(size),
                        3,
                        false,
                        1,
                        Events.measures()));
        for (String table : List.of("member_window", "scope_window")) {
            assertThat(client.execute("SELECT DISTINCT _table, dateDiff('millisecond', window_start, window_end)"
                            + " FROM merge(currentDatabase(), '^" + table + "')"))
                    .isEqualTo(table + suffix + "\t" + size.toMillis() + "\n");
        }
    }

    @Test
    void namesTheTableOfItsSizeInWhatItRefuses() throws Exception {
        Instant start = Instant.parse("2026-03-29T01:00:00Z");
        Measures measures = new Measures(List.of(), List.of(new Sample("failed_total", "", Double.NaN)), List.of());
        assertThat(save(
                        ClickHouseTables::saveMemberWindows,
                        new MemberWindow(
                                "prod", "c1", "m1", "a1", start, start.plus(Duration.ofHours(1)), false, 1, measures)))
                .extracting(DeadLetter::source)
                .containsExactly("clickhouse table member_window_1h");
    }

    @Test
    void putsTheClosedWindowInTheEarlyOnesPlace() throws Exception {
        save(ClickHouseTables::saveMemberWindows, Events.window(0, Events.measures()));
        assertThat(client.execute("SELECT DISTINCT early FROM member_window FINAL"))
                .isEqualTo("true\n");
        save(ClickHouseTables::saveMemberWindows, Events.window(1, Events.measures()));
        save(ClickHouseTables::saveMemberWindows, Events.window(0, Events.measures()));
        assertThat(client.execute("SELECT count(), countIf(early) FROM member_window FINAL"))
                .isEqualTo("4\t0\n");
    }

    /** What remains when layouts share no edge. */
    @Test
    void writesAHistogramWithoutEdges() throws Exception {
        BucketVector vector = new BucketVector(new double[0], new long[] {62}, 1);
        assertThat(save(
                        ClickHouseTables::saveMemberWindows,
                        Events.window(
                                0, new Measures(List.of(new Histogram("rtt", "", vector)), List.of(), List.of()))))
                .isEmpty();
        assertThat(client.execute("SELECT count, edges, counts, quantile_value FROM member_window FINAL"))
                .isEqualTo("62\t[]\t[62]\t[nan,nan,nan,nan,nan]\n");
    }

    @Test
    void writesStatusesAnsweredOrNot() throws Exception {
        save(
                ClickHouseTables::saveMemberStatuses,
                Events.status(),
                MemberStatus.failed(
                        "prod", "m2", null, "http://m2:2379", Events.AT, 3, "timeout", "no answer in 500 ms"));
        assertThat(client.execute("SELECT * EXCEPT written_at, answered FROM member_status FINAL ORDER BY member"))
                .isEqualTo("""
                        prod	c1	m1	a1	http://m1:2379	2026-03-29 01:00:10.123	2026-03-29 01:00:10.124	3.4.23	100	90	a1	7	1000	999	true	['alarm: NOSPACE','quote \\' and \\\\']	3			true
                        prod		m2		http://m2:2379	2026-03-29 01:00:10.123	2026-03-29 01:00:10.123		0	0		0	0	0	false	[]	3	timeout	no answer in 500 ms	false
                        """);
    }

    @Test
    void writesRosters() throws Exception {
        save(ClickHouseTables::saveClusterRosters, Events.roster());
        assertThat(client.execute("SELECT cluster, cluster_id, observed_at, member_ids, member_names, member_learners,"
                        + " member_client_urls, mapSort(label_map), voters FROM cluster_roster FINAL"))
                .isEqualTo("prod\tc1\t2026-03-29 01:00:10.123\t['a1','a2']\t['m1','']\t[false,true]\t"
                        + "['http://m1:2379 http://m1b:2379','']\t{'az':'b','env':'prod'}\t1\n");
    }

    /** Whatever comes last: a replay brings what was true before. */
    @Test
    void keepsOneRowPerMemberAndMetricAsItWasLastSeen() throws Exception {
        Coverage basic = Events.coverage(Events.AT, "grpc_server_handling_seconds");
        Coverage extensive = Events.coverage(Events.AT.plusSeconds(30), null);
        save(ClickHouseTables::saveCoverages, basic);
        assertThat(client.execute("SELECT * EXCEPT (observed_at, missing_required) FROM coverage_missing"))
                .isEqualTo("prod\tm1\ta1\t3.4.23\tgrpc_server_handling_seconds\tbasic-metrics\tset the flag\n");

        save(ClickHouseTables::saveCoverages, extensive);
        save(ClickHouseTables::saveCoverages, basic);
        assertThat(client.execute("SELECT metric, why, missing_required, present FROM coverage FINAL ORDER BY metric"))
                .isEqualTo("etcd_server_has_leader\t\tfalse\ttrue\ngrpc_server_handling_seconds\t\tfalse\ttrue\n");
        assertThat(client.execute("SELECT count() FROM coverage_missing")).isEqualTo("0\n");
    }

    @Test
    void writesTheLedgerOfPolls() throws Exception {
        save(ClickHouseTables::savePollTallies, Events.tally(), Events.tally());
        assertThat(client.execute("SELECT * EXCEPT written_at, failed FROM poll_tally FINAL"))
                .isEqualTo(
                        "metrics\tprod/m1\tprod\t2026-03-29 01:00:00.000\t2026-03-29 01:00:10.000\t2026-03-29 01:01:00.500\t50\t60\t56\t1\t"
                                + "['http-status','timeout']\t[1,2]\t3\n");
    }

    @Test
    void writesLeaderChanges() throws Exception {
        save(ClickHouseTables::saveLeaderChanges, Events.change());
        assertThat(client.execute("SELECT * EXCEPT written_at, regained FROM leader_change FINAL"))
                .isEqualTo(
                        "prod\tc1\tm1\ta1\tm2\ta2\t8\t2026-03-29 01:00:10.123\t2026-03-29 01:00:10.523\tno\t3\tfalse\n");
    }

    @Test
    void writesEventsOfClustersOnceThoughTheyComeTwice() throws Exception {
        save(ClickHouseTables::saveClusterEvents, Events.clusterEvents());
        save(ClickHouseTables::saveClusterEvents, Events.clusterEvents());
        assertThat(client.execute("SELECT * EXCEPT written_at FROM cluster_event FINAL ORDER BY kind, after"))
                .isEqualTo("""
                        2026-03-29 01:00:10.123	prod	c1	m1	a1	alarm-raised		CORRUPT\t
                        2026-03-29 01:00:10.123	prod	c1	m1	a1	alarm-raised		NOSPACE	as m2 answered
                        2026-03-29 01:00:10.123	prod				later-kind		\t
                        """);
    }

    /** Who is told by an address first, and by name once the member list is known. */
    @Test
    void keepsOneRowOfAnEventThoughItsMemberIsNamedOtherwise() throws Exception {
        for (String name : List.of("10.0.0.1:2379", "m1")) {
            save(
                    ClickHouseTables::saveClusterEvents,
                    new ClusterEvent(
                            "prod", null, name, "a1", ClusterEvent.RESTARTED, Events.AT, name + " before", "x", null));
        }
        assertThat(client.execute("SELECT member FROM cluster_event FINAL")).isEqualTo("m1\n");
    }

    @Test
    void writesAlertsWithTheirEvidence() throws Exception {
        save(ClickHouseTables::saveAlerts, Events.alert());
        assertThat(client.execute("SELECT * EXCEPT written_at FROM alert FINAL"))
                .isEqualTo(
                        "0011223344556677\tEtcdElectionStorm\tcritical\tprod\tc1\t\t\tfiring\t2026-03-29 01:00:11.123\t"
                                + "2026-03-29 01:00:10.123\tthree leader changes\tthe disk\tfedcba9876543210\trunbooks/storm.md\t['leader change']\t"
                                + "['m1 -> m2']\t['2026-03-29 01:00:10.123']\n");
    }

    @Test
    void writesAlertsInShadowApartFromThoseThatAreTold() throws Exception {
        save(ClickHouseTables::saveShadowAlerts, Events.alert(), Events.alert());
        assertThat(client.execute("SELECT id, status, evidence_what FROM shadow_alert FINAL"))
                .isEqualTo("0011223344556677\tfiring\t['leader change']\n");
        assertThat(client.execute("SELECT count() FROM alert")).isEqualTo("0\n");
        assertThat(client.execute("SELECT count() FROM event")).isEqualTo("0\n");
    }

    @Test
    void writesWhetherARuleCanSpeakOfAMemberOrACluster() throws Exception {
        save(
                ClickHouseTables::saveRuleCoverages,
                Events.ruleCoverage("m1", Events.AT, RuleCoverage.BLIND),
                Events.ruleCoverage(null, Events.AT, RuleCoverage.EVALUATED));
        assertThat(client.execute("SELECT * EXCEPT written_at FROM rule_coverage FINAL ORDER BY member"))
                .isEqualTo("EtcdWalFsyncSlow\tprod\tc1\t\t\t2026-03-29 01:00:10.123\tevaluated\t\t\t\t0011aabb\n"
                        + "EtcdWalFsyncSlow\tprod\tc1\tm1\ta1\t2026-03-29 01:00:10.123\tblind\t"
                        + "etcd_disk_wal_fsync_duration_seconds\tnot-scraped\tnobody scrapes it\t0011aabb\n");
    }

    /** In whatever order they come, and though they come twice. */
    @Test
    void showsOfEachCellWhatWasToldLast() throws Exception {
        Instant later = Events.AT.plusSeconds(600);
        for (int time = 0; time < 2; time++) {
            save(
                    ClickHouseTables::saveRuleCoverages,
                    Events.ruleCoverage("m1", later, RuleCoverage.EVALUATED),
                    Events.ruleCoverage("m2", Events.AT, RuleCoverage.EVALUATED));
            save(
                    ClickHouseTables::saveRuleCoverages,
                    Events.ruleCoverage("m1", Events.AT, RuleCoverage.BLIND),
                    Events.ruleCoverage("m2", later, RuleCoverage.BLIND));
        }
        assertThat(client.execute("SELECT member, state, why, observed_at FROM rule_coverage_now ORDER BY member"))
                .isEqualTo("m1\tevaluated\t\t2026-03-29 01:10:10.123\n"
                        + "m2\tblind\tnot-scraped\t2026-03-29 01:10:10.123\n");
        assertThat(client.execute("SELECT count() FROM rule_coverage FINAL")).isEqualTo("4\n");
    }

    @Test
    void writesTheLedger() throws Exception {
        save(ClickHouseTables::saveNotifications, Events.notification());
        assertThat(client.execute("SELECT * EXCEPT written_at FROM notification FINAL"))
                .isEqualTo(
                        "0011223344556677-critical\tfedcba9876543210\t0011223344556677\tEtcdElectionStorm\tcritical\tprod\t\tfiring\twebhook\t"
                                + "2\tdelivered\t200\t\t2026-03-29 01:00:11.123\t2026-03-29 01:00:12.123\n");
    }

    @Test
    void writesDeadLettersWhole() throws Exception {
        save(ClickHouseTables::saveDeadLetters, Events.letter());
        assertThat(client.execute("SELECT * EXCEPT written_at FROM dead_letter FINAL"))
                .isEqualTo(
                        "member-scrape-0@17\tunreadable\tnot JSON: \u00e4\t\t{\"a\":\\n1\t2026-03-29 01:00:10.123\n");
    }

    /** As large as the topic carries them. */
    @Test
    void writesADeadLetterOfSixteenMebibytesWhole() throws Exception {
        String record = "\"x".repeat(8 << 20);
        save(
                ClickHouseTables::saveDeadLetters,
                new DeadLetter(
                        "member-scrape", "too-large", "", "prod", record, Instant.parse("2026-03-29T01:00:10Z")));
        assertThat(client.execute("SELECT length(record), countSubstrings(record, '\"x') FROM dead_letter FINAL"))
                .isEqualTo("16777216\t8388608\n");
    }

    @Test
    void shiftsNoTimeInAnotherZone() throws Exception {
        TimeZone before = TimeZone.getDefault();
        TimeZone.setDefault(TimeZone.getTimeZone("Pacific/Chatham"));
        try {
            save(ClickHouseTables::saveLeaderChanges, Events.change());
        } finally {
            TimeZone.setDefault(before);
        }
        assertThat(client.execute("SELECT toUnixTimestamp64Milli(observed_at) FROM leader_change"))
                .isEqualTo(Events.AT.toEpochMilli() + "\n");
    }

    @Test
    void changesNoRowWhenReplayed() throws Exception {
        for (int time = 0; time < 2; time++) {
            save(ClickHouseTables::saveMemberWindows, Events.window(0, Events.measures()));
            save(ClickHouseTables::saveAlerts, Events.alert(), Events.alert());
            save(ClickHouseTables::saveNotifications, Events.notification());
            save(ClickHouseTables::saveDeadLetters, Events.letter());
        }
        assertThat(client.execute("SELECT count() FROM member_window FINAL")).isEqualTo("4\n");
        assertThat(client.execute("SELECT count() FROM alert FINAL")).isEqualTo("1\n");
        assertThat(client.execute("SELECT count() FROM notification FINAL")).isEqualTo("1\n");
        assertThat(client.execute("SELECT count() FROM dead_letter FINAL")).isEqualTo("1\n");
    }

    @Test
    void keepsTheCorrectionThoughTheFirstVersionComesAgain() throws Exception {
        Measures corrected = new Measures(List.of(), List.of(new Sample("failed_total", "", 9)), List.of());
        save(ClickHouseTables::saveMemberWindows, Events.window(0, Events.measures()), Events.window(1, corrected));
        save(ClickHouseTables::saveMemberWindows, Events.window(0, Events.measures()));
        assertThat(client.execute("SELECT increase, version FROM member_window FINAL WHERE metric = 'failed_total'"))
                .isEqualTo("9\t1\n");
    }

    @Test
    void divertsWhatClickHouseWouldMangleAndWritesTheRest() throws Exception {
        MemberWindow bad = Events.window(
                0,
                new Measures(
                        List.of(new Histogram("fsync", "", new BucketVector(Events.EDGES, new long[4], Double.NaN))),
                        List.of(new Sample("failed_total", "", 7)),
                        List.of()));
        List<DeadLetter> refused = save(ClickHouseTables::saveMemberWindows, bad, Events.window(-1, Measures.NONE));
        assertThat(refused).singleElement().satisfies(letter -> {
            assertThat(letter.source()).isEqualTo("clickhouse table member_window");
            assertThat(letter.detail()).isEqualTo("sum: NaN, expected a number");
            assertThat(letter.cluster()).isEqualTo("prod");
            assertThat(letter.record()).contains("\"metric\":\"fsync\"");
        });
        assertThat(client.execute("SELECT metric FROM member_window FINAL")).isEqualTo("failed_total\n");
    }

    @Test
    void tellsEveryProblemOfARow() {
        MemberStatus status = new MemberStatus(
                "prod",
                null,
                "m1",
                null,
                "e",
                Instant.MAX,
                Events.AT,
                null,
                -1,
                0,
                null,
                -2,
                0,
                0,
                false,
                null,
                0,
                null,
                null);
        assertThat(MemberStatusTable.TABLE.problems(status))
                .hasSize(3)
                .anySatisfy(problem -> assertThat(problem).startsWith("observed_at: "))
                .contains("db_size_bytes: -1, expected 0 to " + Long.MAX_VALUE)
                .contains("raft_term: -2, expected 0 to " + Long.MAX_VALUE);
    }

    @Test
    void failsTheJobNotTheProcessWhenClickHouseIsAway() throws Exception {
        int port;
        try (ServerSocket free = new ServerSocket(0)) {
            port = free.getLocalPort();
        }
        settings = ClickHouseSettings.at("http://127.0.0.1:" + port);
        assertThatThrownBy(() -> save(ClickHouseTables::saveLeaderChanges, Events.change()))
                .hasStackTraceContaining("Connect");
        settings = Engine.databaseFor(ClickHouseTablesTest.class);
        save(ClickHouseTables::saveLeaderChanges, Events.change());
    }

    @Test
    void namesItsOperatorsAsTheirTables() {
        StreamExecutionEnvironment env = StreamExecutionEnvironment.getExecutionEnvironment();
        ClickHouseTables.saveMemberWindows(env.fromData(Events.window(0, Measures.NONE)), settings);
        assertThat(env.getStreamGraph().getStreamNodes())
                .extracting(node -> node.getTransformationUID())
                .contains("rows-member-window", "clickhouse-member-window", "clickhouse-member-window-1h");
    }

    @Test
    void rowsNeedNoKryo() {
        PojoTestUtils.assertSerializedAsPojoWithoutKryo(MemberWindowRow.class);
        PojoTestUtils.assertSerializedAsPojoWithoutKryo(ScopeWindowRow.class);
        PojoTestUtils.assertSerializedAsPojoWithoutKryo(SeriesRow.class);
        PojoTestUtils.assertSerializedAsPojoWithoutKryo(CoverageRow.class);
        PojoTestUtils.assertSerializedAsPojoWithoutKryo(Alert.class);
        PojoTestUtils.assertSerializedAsPojoWithoutKryo(Notification.class);
        PojoTestUtils.assertSerializedAsPojoWithoutKryo(RuleCoverage.class);
    }

    @SafeVarargs
    private <E> List<DeadLetter> save(
            BiFunction<DataStream<E>, ClickHouseSettings, ClickHouseTables.Saved> way, E... events) throws Exception {
        return Jobs.save(way, settings, events);
    }
}
