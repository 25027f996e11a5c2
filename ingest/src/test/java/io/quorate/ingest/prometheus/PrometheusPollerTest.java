package io.quorate.ingest.prometheus;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.quorate.events.BucketVector;
import io.quorate.events.ClusterRoster;
import io.quorate.events.DeadLetter;
import io.quorate.events.Histogram;
import io.quorate.events.MemberScrape;
import io.quorate.events.Sample;
import io.quorate.ingest.catalogue.Catalogue;
import io.quorate.ingest.poll.FakePollContext;
import io.quorate.ingest.transport.Transport;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

class PrometheusPollerTest {

    private static final long NOON = Instant.parse("2026-11-20T12:00:00Z").toEpochMilli();
    private static final String POD = PolledPrometheus.POD;
    private static final Duration OFTEN = PolledPrometheus.OFTEN;

    @AutoClose
    private final PolledPrometheus polled = new PolledPrometheus();

    private final FakePrometheus prometheus = polled.prometheus;
    private final FakePollContext context = polled.context;

    @Test
    void makesOneScrapeOfAllSamplesOfAMoment() {
        polled.giveScrape("m1", NOON + 123, 5);
        polled.giveScrape("m1", NOON + 10_123, 7);

        List<MemberScrape> scrapes = polled.poll(PrometheusSettings.of(prometheus.url(), OFTEN), 2);

        MemberScrape first = scrapes.get(0);
        assertThat(first.cluster()).isEqualTo("c1");
        assertThat(first.member()).isEqualTo("m1");
        assertThat(first.memberId()).isEqualTo("ab12");
        assertThat(first.source()).isEqualTo(prometheus.url());
        assertThat(first.observedAt()).isEqualTo(Instant.ofEpochMilli(NOON + 123));
        assertThat(first.processStartSeconds()).isEqualTo(1.7e9);
        assertThat(first.histograms())
                .containsExactly(new Histogram(
                        "etcd_network_peer_round_trip_time_seconds",
                        "To=\"cd34\"",
                        new BucketVector(new double[] {0.0001}, new long[] {3, 2}, 0.25)));
        assertThat(first.counters()).containsExactly(new Sample("etcd_mvcc_put_total", "", 5));
        assertThat(scrapes.get(1).observedAt()).isEqualTo(Instant.ofEpochMilli(NOON + 10_123));
        assertThat(scrapes.get(1).counters()).containsExactly(new Sample("etcd_mvcc_put_total", "", 7));
        assertThat(prometheus.questions.get(0)).isEqualTo("up{job=~\".*etcd.*\"}[10400ms]");
        assertThat(prometheus.questions.get(1))
                .startsWith("{__name__=~\"etcd_server_has_leader|")
                .endsWith("\",job=~\".*etcd.*\"}[15400ms]");
    }

    @Test
    void assemblesAScrapeFromSeveralAnswers() {
        polled.giveScrape("m1", NOON, 5);
        polled.giveScrape("m2", NOON + 1, 6);

        try (PrometheusPoller poller = new PrometheusPoller(
                PrometheusSettings.of(prometheus.url(), Duration.ofSeconds(1)), Map.of(), context, 500)) {
            poller.start();
            await().until(() -> context.parcels.size() >= 2);
        }

        assertThat(prometheus.questions).hasSizeGreaterThan(5);
        assertThat(context.scrapes())
                .hasSize(2)
                .allSatisfy(scrape -> assertThat(scrape.histograms()).hasSize(1))
                .allSatisfy(scrape -> assertThat(scrape.counters()).hasSize(1))
                .allSatisfy(scrape -> assertThat(scrape.memberId()).isEqualTo("ab12"));
    }

    @Test
    void asksALargePrometheusInParts() {
        for (int i = 0; i < 60; i++) {
            giveUpOf("c" + i, "m1");
            giveUpOf("c" + i, "m2");
        }
        try (PrometheusPoller poller =
                polled.poller(PrometheusSettings.of(prometheus.url(), Duration.ofSeconds(2)), Map.of())) {
            poller.start();
            // What the last question asks for nobody has: it may come after the last scrape.
            await().until(() -> context.scrapes().size() >= 120 && prometheus.questions.size() >= 5);
        }

        assertThat(context.scrapes())
                .extracting(MemberScrape::cluster)
                .doesNotContainNull()
                .hasSize(120);
        List<String> catalogue = prometheus.questions.subList(1, 5);
        assertThat(catalogue).allMatch(question -> question.contains(",cluster"));
        assertThat(catalogue.get(0))
                .endsWith("\",job=~\".*etcd.*\",cluster=~\"" + String.join("|", firstOf(60, 25)) + "\"}[17000ms]");
        assertThat(catalogue.get(3)).contains(",cluster!~\"");
    }

    @Test
    void asksForLessAtOnceWhereAnAnswerIsTooLarge() {
        for (int i = 0; i < 20; i++) {
            giveUpOf("c" + i, "m1");
            giveUpOf("c" + i, "m2");
        }
        prometheus.answersAtMost(5);
        polled.poll(PrometheusSettings.of(prometheus.url(), Duration.ofSeconds(5)), 40);

        assertThat(context.scrapes()).hasSize(40);
        assertThat(context.parcels).as("no dead letter").hasSize(40);
    }

    @Test
    void asksALargePrometheusForNothingOfClustersWithoutANewScrape() {
        for (int i = 0; i < 60; i++) {
            giveUpOf("c" + i, "m1");
        }
        prometheus.answersAtMost(55);
        try (PrometheusPoller poller = polled.poller(PrometheusSettings.of(prometheus.url(), OFTEN), Map.of())) {
            poller.start();
            await().until(() -> context.scrapes().size() == 60);
            int before = context.polls.get();
            await().until(() -> context.polls.get() >= before + 3);
            List<String> asked = List.copyOf(prometheus.questions);
            assertThat(asked.subList(asked.size() - 4, asked.size()))
                    .allMatch(question -> question.startsWith("up{") || question.contains(",cluster!~\"c0|c1|"));
        }

        assertThat(context.scrapes()).hasSize(60);
        assertThat(context.letters()).isEmpty();
    }

    @Test
    void leavesOutAClusterThatIsTooLargeByItselfAndTellsWhich() {
        for (int i = 0; i < 9; i++) {
            giveUpOf("huge", "m" + i);
            giveUpOf("small-" + i, "m1");
        }
        prometheus.answersAtMost(5);
        try (PrometheusPoller poller =
                polled.poller(PrometheusSettings.of(prometheus.url(), Duration.ofSeconds(30)), Map.of())) {
            poller.start();
            await().until(() -> context.parcels.size() >= 10);
        }

        assertThat(context.scrapes())
                .hasSize(9)
                .extracting(MemberScrape::cluster)
                .doesNotContain("huge");
        assertThat(context.letters())
                .singleElement()
                .satisfies(letter -> assertThat(letter.reason()).isEqualTo("too-large"))
                .satisfies(letter -> assertThat(letter.cluster()).isEqualTo("huge"));
    }

    /** What names all clusters is longer than what names some. */
    @Test
    void goesOnWithoutTheRestWhereTheQuestionAboutItIsTooLong() {
        String prefix = "long-".repeat(4);
        for (int i = 0; i < 60; i++) {
            giveUpOf(prefix + i, "m1");
        }
        PrometheusSettings settings = PrometheusSettings.of(prometheus.url(), OFTEN);
        Queries queries = new Queries(Catalogue.shipped(), settings.selector(), "cluster", 8 << 10);
        int some = queries.catalogueOf(List.of(), Duration.ofMinutes(1)).stream()
                .mapToInt(String::length)
                .max()
                .orElseThrow();
        prometheus.takesQuestionsUpTo(some + 54 * (prefix.length() + 3));
        try (PrometheusPoller poller = polled.poller(settings, Map.of())) {
            poller.start();
            // More often than failures in a row are borne.
            await().until(() -> context.letters().size() >= 7);
        }

        assertThat(context.scrapes()).hasSize(60);
        assertThat(context.letters()).extracting(DeadLetter::reason).containsOnly("query-error");
        assertThat(context.letters().get(0).detail())
                .startsWith("HTTP 422, 422: too long query; got ")
                .contains("`-search.maxQueryLen=", "; start VictoriaMetrics with a larger one, or give some");
    }

    @Test
    void asksForClustersOfAnyNameAndNoOthers() {
        Queries queries = new Queries(Catalogue.shipped(), "{}", "cluster", 1 << 20);
        List<String> names = List.of("a.b", "c|d", "e\"f", "g\\h", "(i)*");

        String question = queries.catalogueOf(names, Duration.ofSeconds(1)).get(0);

        assertThat(question).endsWith(",cluster=~\"a\\\\.b|c\\\\|d|e\\\"f|g\\\\\\\\h|\\\\(i\\\\)\\\\*\"}[1000ms]");
    }

    /** In the order in which they are asked for, so many of them. */
    private static List<String> firstOf(int clusters, int wanted) {
        return IntStream.range(0, clusters)
                .mapToObj(i -> "c" + i)
                .sorted()
                .limit(wanted)
                .toList();
    }

    private void giveUpOf(String cluster, String member) {
        String labels = ",cluster=" + cluster + ",member=" + member;
        prometheus.sample("__name__=up" + labels, NOON, "1");
        prometheus.sample("__name__=etcd_server_has_leader" + labels, NOON, "1");
    }

    @Test
    void handsEachScrapeOverOnce() {
        polled.giveScrape("m1", NOON, 5);
        try (PrometheusPoller poller = polled.poller(PrometheusSettings.of(prometheus.url(), OFTEN), Map.of())) {
            poller.start();
            await().until(() -> context.polls.get() >= 3);
            polled.giveScrape("m1", NOON + 1000, 6);
            await().until(() -> context.parcels.size() >= 2);
            int polls = context.polls.get();
            await().until(() -> context.polls.get() >= polls + 2);
        }

        assertThat(context.scrapes())
                .extracting(MemberScrape::observedAt)
                .doesNotHaveDuplicates()
                .hasSize(2);
    }

    @Test
    void doesNotRepeatAfterARestartWhatWentDownstreamBefore() {
        polled.giveScrape("m1", NOON, 5);
        polled.giveScrape("m1", NOON + 1000, 6);
        polled.poll(PrometheusSettings.of(prometheus.url(), OFTEN), 2);
        String target = Objects.requireNonNull(context.parcels.get(0).target());
        context.parcels.clear();

        try (PrometheusPoller poller =
                polled.poller(PrometheusSettings.of(prometheus.url(), OFTEN), Map.of(target, NOON))) {
            poller.start();
            await().until(() -> !context.parcels.isEmpty());
        }

        assertThat(context.scrapes())
                .extracting(MemberScrape::observedAt)
                .containsExactly(Instant.ofEpochMilli(NOON + 1000));
    }

    @Test
    void tellsOfAScrapeThatFailed() {
        prometheus.sample("__name__=up,member=m1" + POD, NOON, "0");

        assertThat(polled.poll(PrometheusSettings.of(prometheus.url(), OFTEN), 1))
                .containsExactly(MemberScrape.failed(
                        "c1",
                        "m1",
                        prometheus.url(),
                        Instant.ofEpochMilli(NOON),
                        context.scrapes().get(0).ingestedAt(),
                        "scrape failed: up == 0"));
    }

    /** Prometheus never shows it, VictoriaMetrics does: of a series that a good scrape lacks, and of a target that is gone. */
    @Test
    void takesTheMarkBehindTheLastSampleOfASeriesForNone() {
        polled.giveScrape("m1", NOON, 5);
        String whose = ",member=m1" + POD;
        String rtt = "__name__=etcd_network_peer_round_trip_time_seconds_";
        prometheus
                .sample(rtt + "bucket,To=cd34,le=+Inf" + whose, NOON + 1000, "NaN")
                .sample(rtt + "bucket,To=cd34,le=0.0001" + whose, NOON + 1000, "NaN")
                .sample(rtt + "sum,To=cd34" + whose, NOON + 1000, "NaN")
                .sample("__name__=etcd_mvcc_put_total" + whose, NOON + 1000, "6")
                .sample("__name__=up" + whose, NOON + 1000, "1")
                .sample("__name__=etcd_mvcc_put_total" + whose, NOON + 2000, "NaN")
                .sample("__name__=up" + whose, NOON + 2000, "NaN")
                .sample("__name__=etcd_mvcc_put_total,member=m2" + POD, NOON, "NaN")
                .sample("__name__=up,member=m3" + POD, NOON, "NaN");

        List<MemberScrape> scrapes = polled.poll(PrometheusSettings.of(prometheus.url(), OFTEN), 2);

        assertThat(scrapes).hasSize(2).allMatch(MemberScrape::answered);
        assertThat(scrapes.get(0).histograms()).hasSize(1);
        assertThat(scrapes.get(1).histograms()).isEmpty();
        assertThat(scrapes.get(1).counters()).containsExactly(new Sample("etcd_mvcc_put_total", "", 6));
    }

    @Test
    void leavesAScrapeThatUpDoesNotNameYetForLater() {
        polled.giveScrape("m1", NOON, 5);
        prometheus.sample("__name__=etcd_mvcc_put_total,member=m1" + POD, NOON + 1000, "6");

        assertThat(polled.poll(PrometheusSettings.of(prometheus.url(), OFTEN), 1))
                .extracting(MemberScrape::observedAt)
                .containsExactly(Instant.ofEpochMilli(NOON));
    }

    @Test
    void namesMembersByInstanceAndTheClusterBySettingsWhereLabelsLack() {
        prometheus.sample("__name__=etcd_mvcc_put_total,instance=i1:2379,job=etcd", NOON, "6");

        List<MemberScrape> scrapes = polled.poll(
                new PrometheusSettings(
                        prometheus.url(),
                        "{}",
                        "cluster",
                        "mine",
                        null,
                        OFTEN,
                        OFTEN,
                        Transport.PLAIN,
                        List.of("replica")),
                1);

        assertThat(scrapes).singleElement().satisfies(scrape -> {
            assertThat(scrape.cluster()).isEqualTo("mine");
            assertThat(scrape.member()).isEqualTo("i1:2379");
        });
        assertThat(prometheus.questions.get(1)).endsWith("go_memstats_last_gc_time_seconds\"}[15400ms]");
    }

    @Test
    void quarantinesSeriesWithoutAClusterOncePerPoll() {
        prometheus.sample("__name__=up,instance=i1:2379,job=etcd", NOON, "1");
        prometheus.sample("__name__=etcd_mvcc_put_total,instance=i1:2379,job=etcd", NOON, "6");
        prometheus.sample("__name__=etcd_mvcc_put_total,instance=i1:2379,job=etcd", NOON + 1, "6");
        try (PrometheusPoller poller =
                polled.poller(PrometheusSettings.of(prometheus.url(), Duration.ofSeconds(30)), Map.of())) {
            poller.start();
            await().until(() -> !context.parcels.isEmpty());
        }

        assertThat(context.letters()).singleElement().satisfies(letter -> {
            assertThat(letter.reason()).isEqualTo("nameless");
            assertThat(letter.detail()).startsWith("2 series do not tell their cluster or member; expected the label");
            assertThat(letter.record()).isEqualTo("{__name__=\"up\",instance=\"i1:2379\",job=\"etcd\"}");
        });
    }

    @Test
    void tellsTheLabelsOfEachOfItsClustersOnce() {
        giveUpOf("c1", "m1");
        giveUpOf("c1", "m2");
        giveUpOf("c2", "m1");
        PrometheusSettings settings = new PrometheusSettings(
                prometheus.url(),
                "{}",
                "cluster",
                null,
                null,
                OFTEN,
                OFTEN,
                Transport.PLAIN,
                List.of(),
                Map.of("env", "prod"),
                null);
        try (PrometheusPoller poller = polled.poller(settings, Map.of())) {
            poller.start();
            await().until(() -> context.scrapes().size() == 3);
            int before = context.polls.get();
            prometheus.sample("__name__=up,cluster=c1,member=m1", NOON + 1000, "0");
            await().until(() -> context.scrapes().size() == 4 && context.polls.get() > before);
        }

        assertThat(context.rosters())
                .hasSize(2)
                .allSatisfy(roster -> assertThat(roster.labels()).containsExactly(Map.entry("env", "prod")))
                .allSatisfy(roster -> assertThat(roster.tellsMembers()).isFalse())
                .extracting(ClusterRoster::cluster)
                .containsExactlyInAnyOrder("c1", "c2");
    }

    @Test
    void looksBackOverItsOwnOutageButNotSoFarThatItWouldBeRefused() {
        long now = System.currentTimeMillis();
        Map<String, Long> thirtySecondsAgo = Map.of("x", now - 30_000);
        Map<String, Long> hourAgo = Map.of("x", now - 3_600_000);
        PrometheusSettings settings = PrometheusSettings.of(prometheus.url());

        assertThat(window(settings, Map.of("x", now), now)).isEqualTo(Duration.ofSeconds(20));
        assertThat(window(settings, thirtySecondsAgo, now)).isEqualTo(Duration.ofSeconds(40));
        assertThat(window(settings, hourAgo, now)).isEqualTo(Duration.ofSeconds(55));
    }

    private Duration window(PrometheusSettings settings, Map<String, Long> marks, long now) {
        try (PrometheusPoller poller = polled.poller(settings, marks)) {
            return poller.window(now);
        }
    }
}
