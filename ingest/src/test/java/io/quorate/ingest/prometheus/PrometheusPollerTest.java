package io.quorate.ingest.prometheus;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.quorate.events.BucketVector;
import io.quorate.events.ClusterRoster;
import io.quorate.events.DeadLetter;
import io.quorate.events.Histogram;
import io.quorate.events.Labels;
import io.quorate.events.MemberScrape;
import io.quorate.events.Sample;
import io.quorate.ingest.catalogue.Catalogue;
import io.quorate.ingest.poll.FakePollContext;
import io.quorate.ingest.transport.BearerToken;
import io.quorate.ingest.transport.Transport;
import io.quorate.testkit.BadTarget;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class PrometheusPollerTest {

    private static final long NOON = Instant.parse("2026-11-20T12:00:00Z").toEpochMilli();
    private static final String POD = ",cluster=c1,instance=10.0.0.1:2379,job=etcd,pod=etcd-0";
    private static final Duration OFTEN = Duration.ofMillis(400);

    @AutoClose
    private final FakePrometheus prometheus = new FakePrometheus();

    @AutoClose
    private final FakePollContext context = new FakePollContext();

    @Test
    void makesOneScrapeOfAllSamplesOfAMoment() {
        giveScrape("m1", NOON + 123, 5);
        giveScrape("m1", NOON + 10_123, 7);

        List<MemberScrape> scrapes = poll(PrometheusSettings.of(prometheus.url(), OFTEN), 2);

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
        giveScrape("m1", NOON, 5);
        giveScrape("m2", NOON + 1, 6);

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
        poll(PrometheusSettings.of(prometheus.url(), Duration.ofSeconds(2)), 120);

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
        poll(PrometheusSettings.of(prometheus.url(), Duration.ofSeconds(5)), 40);

        assertThat(context.scrapes()).hasSize(40);
        assertThat(context.parcels).as("no dead letter").hasSize(40);
    }

    @Test
    void asksALargePrometheusForNothingOfClustersWithoutANewScrape() {
        for (int i = 0; i < 60; i++) {
            giveUpOf("c" + i, "m1");
        }
        prometheus.answersAtMost(55);
        try (PrometheusPoller poller = poller(PrometheusSettings.of(prometheus.url(), OFTEN), Map.of())) {
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
                poller(PrometheusSettings.of(prometheus.url(), Duration.ofSeconds(30)), Map.of())) {
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
        try (PrometheusPoller poller = poller(settings, Map.of())) {
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
        giveScrape("m1", NOON, 5);
        try (PrometheusPoller poller = poller(PrometheusSettings.of(prometheus.url(), OFTEN), Map.of())) {
            poller.start();
            await().until(() -> context.polls.get() >= 3);
            giveScrape("m1", NOON + 1000, 6);
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
        giveScrape("m1", NOON, 5);
        giveScrape("m1", NOON + 1000, 6);
        poll(PrometheusSettings.of(prometheus.url(), OFTEN), 2);
        String target = Objects.requireNonNull(context.parcels.get(0).target());
        context.parcels.clear();

        try (PrometheusPoller poller = poller(PrometheusSettings.of(prometheus.url(), OFTEN), Map.of(target, NOON))) {
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

        assertThat(poll(PrometheusSettings.of(prometheus.url(), OFTEN), 1))
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
        giveScrape("m1", NOON, 5);
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

        List<MemberScrape> scrapes = poll(PrometheusSettings.of(prometheus.url(), OFTEN), 2);

        assertThat(scrapes).hasSize(2).allMatch(MemberScrape::answered);
        assertThat(scrapes.get(0).histograms()).hasSize(1);
        assertThat(scrapes.get(1).histograms()).isEmpty();
        assertThat(scrapes.get(1).counters()).containsExactly(new Sample("etcd_mvcc_put_total", "", 6));
    }

    @Test
    void leavesAScrapeThatUpDoesNotNameYetForLater() {
        giveScrape("m1", NOON, 5);
        prometheus.sample("__name__=etcd_mvcc_put_total,member=m1" + POD, NOON + 1000, "6");

        assertThat(poll(PrometheusSettings.of(prometheus.url(), OFTEN), 1))
                .extracting(MemberScrape::observedAt)
                .containsExactly(Instant.ofEpochMilli(NOON));
    }

    @Test
    void namesMembersByInstanceAndTheClusterBySettingsWhereLabelsLack() {
        prometheus.sample("__name__=etcd_mvcc_put_total,instance=i1:2379,job=etcd", NOON, "6");

        List<MemberScrape> scrapes = poll(
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
                poller(PrometheusSettings.of(prometheus.url(), Duration.ofSeconds(30)), Map.of())) {
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
        try (PrometheusPoller poller = poller(settings, Map.of())) {
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
    void joinsTheNodeExporterOfTheMembersHost() {
        giveScrape("m1", NOON, 5);
        giveScrape("m1", NOON + 10_000, 6);
        giveNode("10.0.0.1:9100", NOON - 4000, 1);
        giveNode("10.0.0.1:9100", NOON + 6000, 3);
        giveNode("10.0.0.1:9100", NOON + 16_000, 4);
        giveNode("10.0.0.2:9100", NOON + 6000, 9);

        List<MemberScrape> scrapes = poll(joining(null, null), 2);

        assertThat(scrapes.get(0).counters())
                .as("the newest up to the scrape")
                .contains(new Sample("node_disk_io_time_seconds_total", "device=\"sda\"", 1))
                .contains(new Sample("node_cpu_seconds_total", "mode=\"idle\"", 2));
        assertThat(scrapes.get(1).counters())
                .contains(new Sample("node_disk_io_time_seconds_total", "device=\"sda\"", 3))
                .contains(new Sample("node_cpu_seconds_total", "mode=\"idle\"", 6))
                .contains(new Sample("etcd_mvcc_put_total", "", 6));
        assertThat(node(scrapes.get(1))).isEqualTo(new Sample("quorate_node_up", "node=\"10.0.0.1:9100\"", 1));
        assertThat(prometheus.questions.get(2))
                .startsWith("{__name__=~\"node_boot_time_seconds|")
                .contains("\",job=\"node\",instance=~\"(10\\\\.0\\\\.0\\\\.1)(:[0-9]+)?\",device!~\"(loop|")
                .endsWith("\"}[85400ms]");
    }

    @Test
    void joinsByLabelsWhereSettingsNameThem() {
        prometheus
                .sample("__name__=up,member=m1,node=master-0" + POD, NOON, "1")
                .sample("__name__=etcd_mvcc_put_total,member=m1,node=master-0" + POD, NOON, "5")
                .sample("__name__=node_load1,instance=1.2.3.4:9100,nodename=master-0", NOON, "0.5")
                .sample("__name__=node_load1,instance=1.2.3.5:9100,nodename=master-1", NOON, "0.7");

        MemberScrape scrape = poll(joining("node", "nodename"), 1).get(0);

        assertThat(scrape.gauges()).contains(new Sample("node_load1", "", 0.5));
        assertThat(prometheus.questions.get(2)).contains(",nodename=~\"(master-0)\",");
    }

    @Test
    void saysSoWhereNoNodeExporterIsFound() {
        giveScrape("m1", NOON, 5);
        giveNode("10.0.0.2:9100", NOON, 1);

        assertThat(node(poll(joining(null, null), 1).get(0)).labels())
                .startsWith("why=\"no node-exporter found for host 10.0.0.1; let Prometheus scrape it");
        assertThat(node(context.scrapes().get(0)).value()).isZero();
    }

    @Test
    void choosesNoneOfTwoNodeExportersThatMatch() {
        giveScrape("m1", NOON, 5);
        giveNode("10.0.0.1:9100", NOON, 1);
        giveNode("10.0.0.1:9200", NOON, 2);

        MemberScrape scrape = poll(joining(null, null), 1).get(0);

        assertThat(Labels.parse(node(scrape).labels()).get("why"))
                .isEqualTo("2 node-exporters found for host 10.0.0.1, {instance=\"10.0.0.1:9100\"} and"
                        + " {instance=\"10.0.0.1:9200\"}, expected one; narrow node-exporter.selector, or name labels of"
                        + " replicas in drop-labels");
        assertThat(scrape.counters()).extracting(Sample::metric).containsExactly("etcd_mvcc_put_total");
    }

    @Test
    void tellsAnOldReadingOfANodeFromANewOne() {
        giveScrape("m1", NOON, 5);
        giveNode("10.0.0.1:9100", NOON - 70_001, 1);

        assertThat(node(poll(joining(null, null), 1).get(0)).labels())
                .contains("the node-exporter 10.0.0.1:9100 was not scraped in the 70s before the member");
    }

    @Test
    void handsScrapesOverWhenNodeExportersCannotBeAskedFor() {
        giveScrape("m1", NOON, 5);
        prometheus.refuses("node_boot_time_seconds");
        try (PrometheusPoller poller = poller(joining(null, null), Map.of())) {
            poller.start();
            await().until(() -> !context.scrapes().isEmpty() && !context.reasons.isEmpty());
        }

        assertThat(node(context.scrapes().get(0)).labels())
                .isEqualTo("why=\"node-exporters cannot be asked for: http-status: HTTP 500 oops\"");
        assertThat(context.scrapes().get(0).counters()).contains(new Sample("etcd_mvcc_put_total", "", 5));
        assertThat(context.letters().get(0).detail()).startsWith("node-exporters cannot be asked for");
        assertThat(context.reasons).contains("http-status");
    }

    private PrometheusSettings joining(@Nullable String memberLabel, @Nullable String nodeLabel) {
        return PrometheusSettings.of(prometheus.url(), OFTEN)
                .with(new NodeJoin(nodeLabel == null ? "{job=\"node\"}" : "{}", memberLabel, nodeLabel, null));
    }

    private static Sample node(MemberScrape scrape) {
        return scrape.gauges().stream()
                .filter(gauge -> gauge.metric().equals("quorate_node_up"))
                .findFirst()
                .orElseThrow();
    }

    private void giveNode(String instance, long at, int busy) {
        String whose = ",instance=" + instance;
        prometheus
                .sample("__name__=node_disk_io_time_seconds_total,device=sda" + whose, at, String.valueOf(busy))
                .sample("__name__=node_disk_io_time_seconds_total,device=loop3" + whose, at, "77")
                .sample("__name__=node_cpu_seconds_total,cpu=0,mode=idle" + whose, at, String.valueOf(busy))
                .sample("__name__=node_cpu_seconds_total,cpu=1,mode=idle" + whose, at, String.valueOf(busy));
    }

    static Stream<Arguments> breakages() {
        return Stream.of(
                breakage("html", it -> it.answers(200, "<!doctype html><p>Sign in"), "not-json", "<!doctype html>"),
                breakage("error page", it -> it.answers(500, "oops"), "http-status", "HTTP 500 oops"),
                breakage("no api", it -> it.answers(404, ""), "http-status", "below the url"),
                breakage(
                        "no api, in VictoriaMetrics",
                        it -> it.answers(400, "unsupported path"),
                        "http-status",
                        "below"),
                breakage("not allowed", it -> it.answers(401, ""), "auth", "bearer-token-file"),
                breakage("redirect", it -> it.answers(302, ""), "http-status", "redirects are not followed"),
                breakage("half a body", FakePrometheus::answersHalf, "truncated", "breaks off"),
                breakage("half a text", it -> it.answers(200, "{\"status\":\"succ"), "truncated", "breaks off"),
                breakage("empty", it -> it.answers(200, ""), "truncated", "it is empty"),
                breakage("hang", FakePrometheus::answersNever, "timeout", "within 150ms"),
                breakage(
                        "refused query",
                        it -> it.answers(
                                400, "{\"status\":\"error\",\"errorType\":\"bad_data\",\"error\":\"parse error\"}"),
                        "query-error",
                        "HTTP 400, bad_data: parse error"),
                breakage(
                        "error with 200",
                        it -> it.answers(200, "{\"status\":\"error\",\"errorType\":\"x\",\"error\":\"y\"}"),
                        "query-error",
                        "x: y"),
                breakage(
                        "a vector",
                        it -> it.answers(
                                200, "{\"status\":\"success\",\"data\":{\"resultType\":\"vector\",\"result\":[]}}"),
                        "not-prometheus",
                        "expected a matrix"),
                breakage("other JSON", it -> it.answers(200, "[1]"), "not-prometheus", "START_OBJECT expected"),
                breakage("too large", it -> it.answersPacked(17 << 20), "too-large", "larger than 16777216 bytes"),
                breakage("gzip bomb", it -> it.answersPacked(200 << 20), "too-large", "larger than 16777216 bytes"));
    }

    @Test
    void takesNoMoreOfWhatIsTooLargeThanTheCapAndWhatBuffersHold() {
        String beginning = "{\"status\":\"success\",\"data\":{\"resultType\":\"matrix\",\"result\":[";
        try (BadTarget large = BadTarget.answeringMebibytes(beginning, 100);
                PrometheusPoller poller =
                        poller(PrometheusSettings.of(large.url(), Duration.ofSeconds(10)), Map.of())) {
            poller.start();
            await().until(() -> !context.letters().isEmpty());
            assertThat(context.letters()).extracting(DeadLetter::reason).containsOnly("too-large");
            assertThat(large.mostSent()).isBetween(16L << 20, 50L << 20);
        }
    }

    private static Arguments breakage(String name, Consumer<FakePrometheus> how, String reason, String detail) {
        return Arguments.of(name, how, reason, detail);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("breakages")
    void tellsOfABrokenPrometheusAndGoesOnWhenItIsWell(
            String name, Consumer<FakePrometheus> how, String reason, String detail) {
        giveScrape("m1", NOON, 5);
        how.accept(prometheus);
        // Unpacking megabytes takes its time.
        Duration interval = Duration.ofSeconds(reason.equals("too-large") ? 2 : 1);
        Duration timeout = reason.equals("timeout") ? Duration.ofMillis(150) : interval;
        PrometheusSettings settings = new PrometheusSettings(
                prometheus.url(), "{}", "cluster", null, null, interval, timeout, Transport.PLAIN, List.of());
        try (PrometheusPoller poller = poller(settings, Map.of())) {
            poller.start();
            await().until(() -> !context.parcels.isEmpty());
            assertThat(context.letters().get(0).reason()).isEqualTo(reason);
            assertThat(context.letters().get(0).detail()).contains(detail);
            assertThat(context.letters().get(0).source()).isEqualTo(prometheus.url());

            prometheus.answersWell();
            await().until(() -> !context.scrapes().isEmpty());
        }
        assertThat(context.failures.get()).isEqualTo(context.letters().size()).isLessThan(context.polls.get());
    }

    @Test
    void tellsOfAPrometheusThatIsNotThere() {
        prometheus.close();
        try (PrometheusPoller poller =
                poller(PrometheusSettings.of(prometheus.url(), Duration.ofSeconds(1)), Map.of())) {
            poller.start();
            await().until(() -> context.parcels.size() >= 2);
        }

        assertThat(context.letters())
                .allSatisfy(letter -> assertThat(letter.reason()).isEqualTo("refused"));
    }

    @Test
    void saysOnceThatAPrometheusIsLeftAloneAndCountsEachPoll() {
        prometheus.close();
        try (PrometheusPoller poller = poller(PrometheusSettings.of(prometheus.url(), OFTEN), Map.of())) {
            poller.start();
            await().atMost(Duration.ofSeconds(30))
                    .until(() -> context.leftOut.get() >= 6 && context.failures.get() >= 7);
        }

        assertThat(context.letters())
                .filteredOn(letter -> letter.reason().equals("not-asked"))
                .singleElement()
                .satisfies(letter -> assertThat(letter.detail()).startsWith("5 failures in a row, last: refused: "));
        assertThat(context.letters())
                .filteredOn(letter -> letter.reason().equals("refused"))
                .hasSizeGreaterThanOrEqualTo(6);
    }

    @Test
    void showsItsTokenAndTellsWhenThereIsNone(@TempDir Path folder) throws Exception {
        giveScrape("m1", NOON, 5);
        Path token = Files.writeString(folder.resolve("token"), "s3cret\n");
        PrometheusSettings settings = new PrometheusSettings(
                prometheus.url(),
                "{}",
                "cluster",
                null,
                null,
                OFTEN,
                OFTEN,
                Transport.of(BearerToken.inFile(token.toString())),
                List.of());
        poll(settings, 1);
        assertThat(prometheus.authorizations).containsOnly("Bearer s3cret");

        Files.delete(token);
        context.parcels.clear();
        try (PrometheusPoller poller = poller(settings, Map.of())) {
            poller.start();
            await().until(() -> !context.parcels.isEmpty());
        }
        assertThat(context.letters().get(0).detail())
                .startsWith("bearer-token-file")
                .contains("cannot be read");
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
        try (PrometheusPoller poller = poller(settings, marks)) {
            return poller.window(now);
        }
    }

    private PrometheusPoller poller(PrometheusSettings settings, Map<String, Long> marks) {
        return new PrometheusPoller(settings, marks, context);
    }

    private List<MemberScrape> poll(PrometheusSettings settings, int scrapes) {
        try (PrometheusPoller poller = poller(settings, Map.of())) {
            poller.start();
            await().until(() -> context.scrapes().size() >= scrapes);
        }
        // On a busy machine an answer may be late.
        assertThat(context.letters()).extracting(DeadLetter::reason).allMatch("timeout"::equals);
        return context.scrapes();
    }

    private void giveScrape(String member, long at, int puts) {
        String whose = ",member=" + member + POD;
        String rtt = "__name__=etcd_network_peer_round_trip_time_seconds_";
        prometheus
                .sample(rtt + "bucket,To=cd34,le=+Inf" + whose, at, "5")
                .sample(rtt + "bucket,To=cd34,le=0.0001" + whose, at, "3")
                .sample(rtt + "sum,To=cd34" + whose, at, "0.25")
                .sample("__name__=etcd_server_id,server_id=ab12" + whose, at, "1")
                .sample("__name__=process_start_time_seconds" + whose, at, "1.7e+09")
                .sample("__name__=etcd_mvcc_put_total" + whose, at, String.valueOf(puts))
                .sample("__name__=up" + whose, at, "1");
    }
}
