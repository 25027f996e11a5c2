package io.quorate.ingest.prometheus;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.quorate.events.BucketVector;
import io.quorate.events.DeadLetter;
import io.quorate.events.Histogram;
import io.quorate.events.MemberScrape;
import io.quorate.events.Sample;
import io.quorate.ingest.prometheus.FakePrometheus.LeftEnd;
import io.quorate.ingest.prometheus.PrometheusHistory.Limits;
import io.quorate.ingest.prometheus.PrometheusHistory.Told;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class PrometheusHistoryTest {

    private static final Instant NOON = Instant.parse("2026-11-20T12:00:00Z");
    private static final long AT_NOON = NOON.toEpochMilli();
    private static final Set<String> ALL = Set.of();
    private static final Limits QUICK =
            new Limits(Duration.ofMinutes(10), 1 << 20, Duration.ofSeconds(20), 3, Duration.ofMillis(1));

    @AutoClose
    private final PolledPrometheus polled = new PolledPrometheus();

    private final FakePrometheus prometheus = polled.prometheus;

    @BeforeEach
    void cut() {
        prometheus.cutsRanges(LeftEnd.OUT);
    }

    @Test
    void makesOneScrapeOfAllSamplesOfAMoment() throws Exception {
        polled.giveScrape("m2", AT_NOON + 10_123, 7);
        polled.giveScrape("m1", AT_NOON + 10_123, 6);
        polled.giveScrape("m1", AT_NOON + 123, 5);

        List<MemberScrape> scrapes = between(0, 60_000).scrapes();

        assertThat(scrapes)
                .extracting(MemberScrape::observedAt)
                .containsExactly(NOON.plusMillis(123), NOON.plusMillis(10_123), NOON.plusMillis(10_123));
        assertThat(scrapes).extracting(MemberScrape::member).containsExactly("m1", "m1", "m2");
        MemberScrape last = scrapes.get(2);
        assertThat(last.cluster()).isEqualTo("c1");
        assertThat(last.memberId()).isEqualTo("ab12");
        assertThat(last.source()).isEqualTo(prometheus.url());
        assertThat(last.ingestedAt()).as("nobody was there").isEqualTo(last.observedAt());
        assertThat(last.processStartSeconds()).isEqualTo(1.7e9);
        assertThat(last.counters()).containsExactly(new Sample("etcd_mvcc_put_total", "", 7));
        assertThat(last.histograms())
                .containsExactly(new Histogram(
                        "etcd_network_peer_round_trip_time_seconds",
                        "To=\"cd34\"",
                        new BucketVector(new double[] {0.0001}, new long[] {3, 2}, 0.25)));
        assertThat(prometheus.questions.get(0)).isEqualTo("up{job=~\".*etcd.*\"}[60000ms]");
        assertThat(prometheus.times).containsOnly("1795176059.999");
    }

    @ParameterizedTest
    @EnumSource
    void bringsASampleAtABorderOnceWhicheverEndsARangeHas(LeftEnd left) throws Exception {
        prometheus.cutsRanges(left);
        for (int i = 0; i < 6; i++) {
            polled.giveScrape("m1", AT_NOON + i * 1000, i);
        }

        assertThat(seconds(between(0, 2000))).containsExactly(0L, 1L);
        assertThat(seconds(between(2000, 4000))).containsExactly(2L, 3L);
        assertThat(seconds(between(2001, 4001))).containsExactly(3L, 4L);
        Limits ofASecond = new Limits(Duration.ofSeconds(1), 1 << 20, Duration.ofSeconds(20), 1, Duration.ZERO);
        assertThat(seconds(between(0, 6000, ALL, ofASecond))).containsExactly(0L, 1L, 2L, 3L, 4L, 5L);
    }

    @Test
    void tellsOfAScrapeThatFailed() throws Exception {
        prometheus.sample("__name__=up,member=m1" + PolledPrometheus.POD, AT_NOON, "0");

        assertThat(between(0, 1000).scrapes())
                .containsExactly(
                        MemberScrape.failed("c1", "m1", prometheus.url(), NOON, NOON, "scrape failed: up == 0"));
    }

    @Test
    void leavesOutWhatDoesNotTellItsClusterAndSaysSo() throws Exception {
        prometheus.sample("__name__=up,instance=i1:2379,job=etcd", AT_NOON, "1");
        prometheus.sample("__name__=etcd_mvcc_put_total,instance=i1:2379,job=etcd", AT_NOON, "6");

        Told told = between(0, 1000);

        assertThat(told.scrapes()).isEmpty();
        assertThat(told.leftOut()).extracting(DeadLetter::reason).containsExactly("nameless");
    }

    @Test
    void bringsTheMetricsThatAreWantedAndWhatTellsProcessesApart() throws Exception {
        polled.giveScrape("m1", AT_NOON, 5);

        MemberScrape scrape =
                between(0, 1000, Set.of("etcd_mvcc_put_total"), QUICK).scrapes().get(0);

        assertThat(prometheus.questions).hasSize(2);
        assertThat(prometheus.questions.get(1))
                .contains("etcd_mvcc_put_total", "process_start_time_seconds", "etcd_server_id")
                .doesNotContain("etcd_network");
        assertThat(scrape.histograms()).isEmpty();
        assertThat(scrape.counters()).containsExactly(new Sample("etcd_mvcc_put_total", "", 5));
        assertThat(scrape.memberId()).isEqualTo("ab12");
        assertThat(scrape.processStartSeconds()).isEqualTo(1.7e9);
    }

    @Test
    void asksForTheClustersThatAreWantedAndNoOthers() throws Exception {
        PrometheusSettings settings = PrometheusSettings.of(prometheus.url()).only(Set.of("c1", "c.2"));
        try (PrometheusHistory history = new PrometheusHistory(settings, ALL, QUICK)) {
            history.between(NOON, NOON.plusSeconds(1));
        }

        assertThat(prometheus.questions.get(0)).isEqualTo("up{job=~\".*etcd.*\",cluster=~\"c\\\\.2|c1\"}[1000ms]");
    }

    @Test
    void halvesTheSpanUntilTheServerBearsIt() throws Exception {
        for (int i = 0; i < 60; i++) {
            polled.giveScrape("m1", AT_NOON + i * 1000, i);
        }
        prometheus.cutsRangesUpTo(Duration.ofSeconds(10));

        assertThat(seconds(between(0, 60_000))).hasSize(60).doesNotHaveDuplicates();
        assertThat(prometheus.questions).as("not halved anew for every span").hasSizeLessThan(25);
    }

    @Test
    void asksForLessWhereAnAnswerIsLargerThanItTakes() throws Exception {
        for (int i = 0; i < 60; i++) {
            polled.giveScrape("m1", AT_NOON + i * 1000, i);
            prometheus.sample("__name__=up,cluster=c2,member=m1", AT_NOON + i * 1000, "1");
            prometheus.sample("__name__=etcd_server_has_leader,cluster=c2,member=m1", AT_NOON + i * 1000, "1");
        }
        Limits tight = new Limits(Duration.ofMinutes(10), 4000, Duration.ofSeconds(20), 1, Duration.ZERO);

        Told told = between(0, 60_000, ALL, tight);

        assertThat(told.scrapes()).hasSize(120);
        assertThat(told.scrapes())
                .filteredOn(scrape -> scrape.cluster().equals("c1"))
                .allSatisfy(scrape -> assertThat(scrape.histograms()).hasSize(1));
        assertThat(told.leftOut()).isEmpty();
    }

    /** What names all clusters is longer than what names some. */
    @Test
    void goesOnWithoutTheRestWhereTheQuestionAboutItIsTooLong() throws Exception {
        String prefix = "long-".repeat(4);
        for (int i = 10; i < 70; i++) {
            String whose = ",cluster=" + prefix + i + ",member=m1";
            prometheus.sample("__name__=up" + whose, AT_NOON, "1");
            prometheus.sample("__name__=etcd_server_has_leader" + whose, AT_NOON, "1");
        }
        prometheus.takesQuestionsUpTo(1000);

        Told told = between(0, 1000, Set.of("etcd_server_has_leader"), QUICK);

        assertThat(told.scrapes()).hasSize(60);
        assertThat(told.leftOut()).singleElement().satisfies(letter -> {
            assertThat(letter.reason()).isEqualTo("query-error");
            assertThat(letter.detail())
                    .startsWith("what up does not name is left out: HTTP 422, 422: too long query; got ")
                    .contains("; start VictoriaMetrics with a larger one");
        });
    }

    @Test
    void givesUpWhereTheLeastIsTooMuch() {
        polled.giveScrape("m1", AT_NOON, 5);
        prometheus.cutsRangesUpTo(Duration.ofMillis(100));

        assertThatThrownBy(() -> between(0, 5000))
                .isInstanceOf(IOException.class)
                .hasMessageStartingWith(prometheus.url() + " does not tell its history: too-large: HTTP 422, execution:"
                        + " query processing would load too many samples");
    }

    @ParameterizedTest
    @ValueSource(ints = {429, 503})
    void asksAgainWhereTheServerIsBusy(int status) throws Exception {
        polled.giveScrape("m1", AT_NOON, 5);
        prometheus.firstAnswers(2, status, "not now");

        assertThat(between(0, 1000).scrapes()).hasSize(1);
    }

    @Test
    void saysWhatTheServerSaidWhereItStaysBusy() {
        prometheus.firstAnswers(3, 503, """
                {"status":"error","errorType":"timeout","error":"query timed out in expression evaluation"}""");

        assertThatThrownBy(() -> between(0, 1000))
                .isInstanceOf(IOException.class)
                .hasMessage(prometheus.url() + " does not tell its history: busy: HTTP 503, timeout: query timed out in"
                        + " expression evaluation, 3 times");
    }

    @Test
    void saysWhatTheServerSaidWhereItRefuses() {
        prometheus.answers(400, """
                {"status":"error","errorType":"bad_data","error":"parse error: unexpected }"}""");

        assertThatThrownBy(() -> between(0, 1000))
                .hasMessageContaining("HTTP 400, bad_data: parse error: unexpected }");
        assertThat(prometheus.questions).as("once").hasSize(1);
    }

    @Test
    void namesTheAddressWhereNobodyListens() {
        prometheus.close();

        assertThatThrownBy(() -> between(0, 1000))
                .isInstanceOf(IOException.class)
                .hasMessageStartingWith(prometheus.url() + " does not tell its history: refused: ")
                .hasMessageEndingWith("; nobody listens there: check the address");
    }

    @Test
    void isTheSameHoweverItIsCut() throws Exception {
        for (int i = 0; i < 30; i++) {
            polled.giveScrape("m1", AT_NOON + i * 777, i);
            polled.giveScrape("m2", AT_NOON + i * 500, i);
            prometheus.sample(
                    "__name__=node_load1,instance=10.0.0.1:9100,job=node", AT_NOON - 60_000 + i * 3000, "" + i);
        }
        PrometheusSettings settings =
                PrometheusSettings.of(prometheus.url()).with(new NodeJoin("{job=\"node\"}", null, null, null));
        List<MemberScrape> whole;
        List<MemberScrape> pieces = new ArrayList<>();
        try (PrometheusHistory history = new PrometheusHistory(settings, ALL, QUICK)) {
            whole = history.between(NOON, NOON.plusSeconds(30)).scrapes();
            for (int millis = 0; millis < 30_000; millis += 1500) {
                pieces.addAll(history.between(NOON.plusMillis(millis), NOON.plusMillis(millis + 1500))
                        .scrapes());
            }
        }

        assertThat(whole).hasSize(60);
        assertThat(whole.get(59).gauges()).extracting(Sample::metric).contains("node_load1");
        assertThat(pieces).isEqualTo(whole);
    }

    /** And to the one node-exporter of that machine that told something lately, of all in the span. */
    @Test
    void joinsAMemberThatMovedToTheMachineOfEachScrape() throws Exception {
        for (int i = 0; i < 30; i++) {
            String machine = i < 15 ? "10.0.0.1" : "10.0.0.2";
            String port = i < 22 ? ":9100" : ":9200";
            prometheus
                    .sample("__name__=up,cluster=c1,member=m1,job=etcd,instance=" + machine + ":1", at(i * 20), "1")
                    .sample(
                            "__name__=etcd_server_has_leader,cluster=c1,member=m1,job=etcd,instance=" + machine + ":1",
                            at(i * 20),
                            "1")
                    .sample("__name__=node_load1,job=node,instance=10.0.0.1:9100", at(i * 20), "1")
                    .sample("__name__=node_load1,job=node,instance=10.0.0.2" + port, at(i * 20), "2");
        }
        PrometheusSettings settings =
                PrometheusSettings.of(prometheus.url()).with(new NodeJoin("{job=\"node\"}", null, null, null));

        List<MemberScrape> scrapes;
        try (PrometheusHistory history = new PrometheusHistory(settings, ALL, QUICK)) {
            scrapes = history.between(NOON, NOON.plusSeconds(600)).scrapes();
        }

        assertThat(scrapes).hasSize(30);
        assertThat(scrapes.subList(0, 15))
                .allSatisfy(scrape -> assertThat(load(scrape)).containsExactly(1.0));
        assertThat(scrapes.subList(15, 22))
                .allSatisfy(scrape -> assertThat(load(scrape)).containsExactly(2.0));
        assertThat(scrapes.subList(22, 25))
                .as("two for a while")
                .allSatisfy(scrape -> assertThat(load(scrape)).isEmpty());
        assertThat(scrapes.subList(25, 30))
                .allSatisfy(scrape -> assertThat(load(scrape)).containsExactly(2.0));
    }

    private static List<Double> load(MemberScrape scrape) {
        return scrape.gauges().stream()
                .filter(gauge -> gauge.metric().equals("node_load1"))
                .map(Sample::value)
                .toList();
    }

    private static long at(int seconds) {
        return AT_NOON + seconds * 1000L;
    }

    private Told between(long fromMillis, long toMillis) throws IOException {
        return between(fromMillis, toMillis, ALL, QUICK);
    }

    private Told between(long fromMillis, long toMillis, Set<String> metrics, Limits limits) throws IOException {
        try (PrometheusHistory history =
                new PrometheusHistory(PrometheusSettings.of(prometheus.url()), metrics, limits)) {
            return history.between(NOON.plusMillis(fromMillis), NOON.plusMillis(toMillis));
        }
    }

    /** After noon. */
    private static List<Long> seconds(Told told) {
        return told.scrapes().stream()
                .map(scrape -> Duration.between(NOON, scrape.observedAt()).toSeconds())
                .toList();
    }
}
