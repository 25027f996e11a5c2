package io.quorate.sinks.clickhouse;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import io.quorate.events.BucketVector;
import io.quorate.events.ClusterRoster;
import io.quorate.events.Coverage;
import io.quorate.events.Histogram;
import io.quorate.events.Measures;
import io.quorate.events.Measures.GaugeRange;
import io.quorate.events.MemberStatus;
import io.quorate.events.MemberWindow;
import io.quorate.events.Sample;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.function.Consumer;
import org.apache.flink.test.junit5.MiniClusterExtension;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What the product's own sinks write comes back as the events that it was. */
class ClickHouseHistoryTest {

    @RegisterExtension
    static final MiniClusterExtension FLINK = new MiniClusterExtension();

    private static final Instant BEGIN = Instant.parse("2026-03-29T00:59:00Z");
    private static final Duration BASE = Duration.ofSeconds(10);
    private static final Span WHOLE = new Span(BEGIN, BEGIN.plusSeconds(3600));

    private ClickHouseSettings settings;

    @BeforeEach
    void startEmpty() throws IOException {
        settings = Engine.databaseFor(ClickHouseHistoryTest.class);
    }

    @Test
    void windowsComeBackAsTheyWere() throws Exception {
        Random random = new Random(3);
        List<MemberWindow> windows = new ArrayList<>();
        for (int second = 10; second <= 200; second += 10) {
            for (String cluster : List.of("a", "b", "c")) {
                for (String member : List.of("m1", "m2", "m3")) {
                    windows.add(window(cluster, member, second, 1 + random.nextInt(2), measures(random)));
                }
            }
        }
        List<MemberWindow> written = new ArrayList<>(windows);
        Collections.shuffle(written, random);
        // At least once: what is written twice is one row when its parts are merged, which may be long after.
        new ClickHouseClient(settings).execute("SYSTEM STOP MERGES member_window");
        for (List<MemberWindow> some : List.of(written, written.subList(0, 60))) {
            assertThat(Jobs.save(ClickHouseTables::saveMemberWindows, settings, some.toArray(MemberWindow[]::new)))
                    .isEmpty();
        }

        assertThat(windows(all(), BASE, WHOLE)).isEqualTo(windows);
        List<MemberWindow> inParts = new ArrayList<>();
        for (Instant from = BEGIN; from.isBefore(WHOLE.to()); from = from.plusSeconds(300)) {
            inParts.addAll(windows(all(), BASE, new Span(from, from.plusSeconds(17))));
            inParts.addAll(windows(all(), BASE, new Span(from.plusSeconds(17), from.plusSeconds(20))));
            inParts.addAll(windows(all(), BASE, new Span(from.plusSeconds(20), from.plusSeconds(300))));
        }
        assertThat(inParts).as("neighbouring spans share none and miss none").isEqualTo(windows);
    }

    @Test
    void whatHasNoNumberComesBackAsWell() throws Exception {
        Measures odd = new Measures(
                List.of(
                        new Histogram("rtt", "", new BucketVector(new double[0], new long[] {62}, 1)),
                        new Histogram("rtt", "To=\"a\\\"b\",x=\"1,2\"", BucketVector.empty(Events.EDGES)),
                        new Histogram(
                                "wal",
                                "",
                                new BucketVector(
                                        new double[] {0.1 + 0.2, 1e300}, new long[] {1L << 60, 0, 3}, 1e-300))),
                List.of(new Sample("failed_total", "", Double.MIN_VALUE), new Sample("z\u00fcrich_total", "", 0)),
                List.of(
                        new GaugeRange("db_bytes", "", -0.0, 12, 4, Double.MAX_VALUE, Double.NaN),
                        new GaugeRange("queue", "", 1, 1, 1, 1, 1)));
        MemberWindow unnamed = new MemberWindow(
                "quo'te \\ \t\u2192", null, "http://m1:2379", null, BEGIN, BEGIN.plus(BASE), false, 1, odd);
        assertThat(Jobs.save(ClickHouseTables::saveMemberWindows, settings, unnamed))
                .isEmpty();

        assertThat(windows(all(), BASE, WHOLE)).containsExactly(unnamed);
    }

    @Test
    void ofAWindowItsHighestVersionIsHeardAndNoEarlyOne() throws Exception {
        Sample one = new Sample("one_total", "", 1);
        Sample two = new Sample("two_total", "", 2);
        MemberWindow early = window("a", "m1", 10, 0, counted(one));
        MemberWindow open = window("a", "m1", 20, 0, counted(one));
        MemberWindow first = window("a", "m1", 10, 1, counted(one, two));
        MemberWindow corrected = window("a", "m1", 10, 2, counted(new Sample("one_total", "", 5)));
        for (MemberWindow window : List.of(early, open, corrected, first)) {
            Jobs.save(ClickHouseTables::saveMemberWindows, settings, window);
        }

        assertThat(windows(all(), BASE, WHOLE))
                .as("the second series was taken back")
                .containsExactly(corrected);
    }

    @Test
    void windowsOfOtherSizesAreNotHeard() throws Exception {
        Measures some = counted(new Sample("one_total", "", 1));
        Instant end = BEGIN.plusSeconds(60);
        List<MemberWindow> sizes = new ArrayList<>();
        for (int seconds : List.of(10, 15, 60, 7200)) {
            sizes.add(new MemberWindow("a", null, "m1", null, end.minusSeconds(seconds), end, false, 1, some));
        }
        Jobs.save(ClickHouseTables::saveMemberWindows, settings, sizes.toArray(MemberWindow[]::new));

        for (MemberWindow window : sizes) {
            Duration size = Duration.between(window.windowStart(), window.windowEnd());
            assertThat(windows(all(), size, WHOLE)).as("of %s", size).containsExactly(window);
            assertThat(windows(all(), size, new Span(BEGIN, end)))
                    .as("of %s, ended before", size)
                    .isEmpty();
        }
        assertThat(all().firstWindow(Duration.ofMinutes(1))).isEqualTo(end.minusSeconds(60));
        assertThat(all().firstWindow(BASE)).isEqualTo(end.minusSeconds(7200));
        assertThat(all().firstWindow(Duration.ofHours(1))).isNull();
    }

    @Test
    void onlyTheSeriesThatAreAskedForAreHeard() throws Exception {
        Sample one = new Sample("it's \\ one_total", "", 1);
        Sample two = new Sample("two_total", "", 2);
        Sample three = new Sample("three_total", "", 3);
        assertThat(Jobs.save(
                        ClickHouseTables::saveMemberWindows,
                        settings,
                        window("a", "m1", 10, 1, counted(one, two, three)),
                        window("a", "m1", 20, 1, counted(two)),
                        window("b", "m1", 10, 1, counted(three))))
                .isEmpty();

        List<MemberWindow> heard = new ArrayList<>();
        all().memberWindows(BASE, WHOLE, Set.of(one.metric(), three.metric()), heard::add);

        assertThat(heard)
                .containsExactly(
                        window("a", "m1", 10, 1, counted(one, three)), window("b", "m1", 10, 1, counted(three)));
    }

    @Test
    void onlyTheClustersThatAreAskedForAreHeard() throws Exception {
        List<String> names = List.of("prod-eu", "prod.eu", "prod-us", "prodxeu", "z\u00fcrich", "a\\b'c", "line\nline");
        for (String name : names) {
            Jobs.save(
                    ClickHouseTables::saveMemberStatuses,
                    settings,
                    MemberStatus.failed(name, "m1", null, "http://m1", BEGIN.plusSeconds(1), 3, "timeout", "late"));
        }

        assertThat(clusters()).containsExactlyInAnyOrderElementsOf(names);
        assertThat(clusters("prod.eu")).containsExactly("prod.eu");
        assertThat(clusters("prod?eu")).containsExactly("prod-eu", "prod.eu", "prodxeu");
        assertThat(clusters("prod-*", "z\u00fcr*")).containsExactly("prod-eu", "prod-us", "z\u00fcrich");
        assertThat(clusters("a\\b'c")).containsExactly("a\\b'c");
        assertThat(clusters("line*")).containsExactly("line\nline");
        assertThat(clusters("rod*")).isEmpty();
        assertThat(clusters("*.e")).isEmpty();
    }

    @Test
    void answersComeBackAsTheyWere() throws Exception {
        MemberStatus answered = Events.status();
        MemberStatus unanswered = MemberStatus.failed(
                "prod", "m2", null, "http://m2:2379", Events.AT.minusMillis(1), 3, "timeout", "no answer in 500 ms");
        MemberStatus unknown = MemberStatus.failed("prod", "m3", "a3", "http://m3", Events.AT, 0, "refused", "no");
        for (int time = 0; time < 2; time++) {
            Jobs.save(ClickHouseTables::saveMemberStatuses, settings, unknown, answered, unanswered);
        }

        List<MemberStatus> all = new ArrayList<>();
        all().memberStatuses(new Span(Events.AT.minusSeconds(5), Events.AT.plusMillis(1)), all::add);
        assertThat(all).containsExactly(unanswered, answered, unknown);
        all.clear();
        all().memberStatuses(new Span(Events.AT.minusSeconds(5), Events.AT), all::add);
        assertThat(all).containsExactly(unanswered);
        assertThat(all().firstStatus()).isEqualTo(unanswered.observedAt());
    }

    @Test
    void memberListsComeBackAsTheyWereAndTheLastOfEachClusterBefore() throws Exception {
        ClusterRoster roster = Events.roster();
        ClusterRoster later = new ClusterRoster(
                "prod",
                "c1",
                Events.AT.plusSeconds(30),
                Events.AT.plusSeconds(31),
                roster.members().subList(0, 1),
                Map.of());
        ClusterRoster labels = ClusterRoster.ofLabels("prod", Events.AT.plusSeconds(20), Map.of("env", "it's"));
        ClusterRoster other = new ClusterRoster("b", "c2", Events.AT, Events.AT, roster.members(), Map.of());
        for (int time = 0; time < 2; time++) {
            Jobs.save(ClickHouseTables::saveClusterRosters, settings, later, labels, other, roster);
        }

        List<ClusterRoster> all = new ArrayList<>();
        all().clusterRosters(new Span(Events.AT, Events.AT.plusSeconds(31)), all::add);
        assertThat(all).containsExactly(other, roster, labels, later);
        assertThat(lastRosters(Events.AT.plusSeconds(30))).containsExactly(other, roster, labels);
        assertThat(lastRosters(Events.AT.plusSeconds(31))).containsExactly(other, labels, later);
        assertThat(lastRosters(Events.AT)).isEmpty();
    }

    @Test
    void ofEachMemberTheNewestCoverageComesBack() throws Exception {
        Coverage before = Events.coverage(Events.AT, "grpc_server_handling_seconds");
        Coverage withMore = new Coverage(
                "prod", "c1", "m1", "a1", "3.4.23", Events.AT, List.of("of_an_older_catalogue"), List.of());
        Coverage newest = Events.coverage(Events.AT.plusSeconds(30), "etcd_server_has_leader");
        Coverage unknown = new Coverage(
                "prod",
                null,
                "http://m2",
                null,
                null,
                Events.AT,
                List.of(),
                List.of(new Coverage.Missing("etcd_server_has_leader", "unknown", "", false)));
        Jobs.save(ClickHouseTables::saveCoverages, settings, before, withMore, newest, unknown);
        Jobs.save(ClickHouseTables::saveCoverages, settings, before, newest);

        List<Coverage> all = new ArrayList<>();
        all().coverages(WHOLE, all::add);
        assertThat(all).containsExactly(unknown, newest);
        all.clear();
        all().lastCoverages(Events.AT.plusSeconds(30), all::add);
        assertThat(all).containsExactly(unknown);
    }

    @Test
    void anEmptyDatabaseBringsNothing() throws Exception {
        assertThat(windows(all(), BASE, WHOLE)).isEmpty();
        assertThat(lastRosters(WHOLE.to())).isEmpty();
        assertThat(all().firstStatus()).isNull();
    }

    @Test
    void anAnswerThatBreaksOffIsNoEndOfIt() throws Exception {
        String row = "[\"a\",\"\",\"m1\",\"\",\"http://m1\",1,1,\"\",0,0,\"\",0,0,0,false,[],3,\"timeout\",\"no\"]\n";
        for (String brokenOff : List.of(
                row + "Code: 241. DB::Exception: Memory limit exceeded",
                row + "{\"exception\": \"Memory limit exceeded\"}",
                row + row.substring(0, 20))) {
            assertThatThrownBy(() -> statusesOf(brokenOff))
                    .as(brokenOff)
                    .isInstanceOf(ClickHouseRefused.class)
                    .hasMessageStartingWith("ClickHouse broke off its answer");
        }
        assertThat(statusesOf(row + row)).hasSize(2);
        assertThat(statusesOf("")).isEmpty();
    }

    @Test
    void aClickHouseThatIsNotThereOrRefusesIsToldInItsWords() {
        ClickHouseHistory nowhere = new ClickHouseHistory(ClickHouseSettings.at("http://127.0.0.1:9"), Set.of());
        assertThatThrownBy(() -> windows(nowhere, BASE, WHOLE))
                .isInstanceOf(ClickHouseUnreachable.class)
                .hasMessage("ClickHouse does not answer at http://127.0.0.1:9: start it, or set clickhouse.url to where"
                        + " it is");
        ClickHouseHistory elsewhere = new ClickHouseHistory(
                new ClickHouseSettings(settings.url(), "no_such", settings.user(), null), Set.of());
        assertThatThrownBy(() -> windows(elsewhere, BASE, WHOLE))
                .isInstanceOf(ClickHouseRefused.class)
                .hasMessageContaining("no_such");
    }

    private static List<MemberStatus> statusesOf(String answer) throws IOException {
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", exchange -> {
            byte[] bytes = answer.getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(200, bytes.length == 0 ? -1 : bytes.length);
            exchange.getResponseBody().write(bytes);
            exchange.close();
        });
        server.start();
        try {
            List<MemberStatus> all = new ArrayList<>();
            String url = "http://127.0.0.1:" + server.getAddress().getPort();
            new ClickHouseHistory(ClickHouseSettings.at(url), Set.of()).memberStatuses(WHOLE, all::add);
            return all;
        } finally {
            server.stop(0);
        }
    }

    private ClickHouseHistory all() {
        return new ClickHouseHistory(settings, Set.of());
    }

    private List<String> clusters(String... names) throws IOException {
        List<String> clusters = new ArrayList<>();
        Consumer<MemberStatus> gather = status -> clusters.add(status.cluster());
        new ClickHouseHistory(settings, Set.of(names)).memberStatuses(WHOLE, gather);
        return clusters;
    }

    private List<ClusterRoster> lastRosters(Instant before) throws IOException {
        List<ClusterRoster> last = new ArrayList<>();
        all().lastClusterRosters(before, last::add);
        return last;
    }

    private static List<MemberWindow> windows(ClickHouseHistory history, Duration size, Span span) throws IOException {
        List<MemberWindow> windows = new ArrayList<>();
        history.memberWindows(size, span, Set.of(), windows::add);
        return windows;
    }

    private static MemberWindow window(String cluster, String member, int second, int version, Measures measures) {
        Instant end = BEGIN.plusSeconds(second);
        return new MemberWindow(
                cluster,
                "c-" + cluster,
                member,
                "id-" + member,
                end.minus(BASE),
                end,
                second % 3 == 0,
                version,
                measures);
    }

    private static Measures counted(Sample... counters) {
        return new Measures(List.of(), List.of(counters), List.of());
    }

    /** In order of metric and labels, as windows are. */
    private static Measures measures(Random random) {
        List<Histogram> histograms = new ArrayList<>();
        for (String labels : List.of("To=\"a\"", "To=\"b\"")) {
            long[] counts = new long[20];
            double[] edges = new double[19];
            for (int i = 0; i < edges.length; i++) {
                edges[i] = 0.001 * Math.pow(2, i);
                counts[i] = random.nextInt(1000);
            }
            histograms.add(new Histogram("rtt_seconds", labels, new BucketVector(edges, counts, random.nextDouble())));
        }
        List<Sample> counters = new ArrayList<>();
        List<GaugeRange> gauges = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            counters.add(new Sample("some" + random.nextInt(1000) + "_total", "", random.nextDouble() * 1e9));
            double last = random.nextGaussian();
            gauges.add(new GaugeRange("gauge" + i, "", last - 1, 2 * last, 2, last + 1, last));
        }
        counters.sort(Comparator.comparing(Sample::metric));
        List<Sample> once = new ArrayList<>();
        for (Sample counter : counters) {
            if (once.isEmpty() || !once.get(once.size() - 1).metric().equals(counter.metric())) {
                once.add(counter);
            }
        }
        return new Measures(histograms, once, gauges);
    }
}
