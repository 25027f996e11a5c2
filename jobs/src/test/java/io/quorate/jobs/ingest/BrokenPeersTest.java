package io.quorate.jobs.ingest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.quorate.desk.Child;
import io.quorate.desk.EtcdCluster;
import io.quorate.desk.FreePorts;
import io.quorate.desk.Home;
import io.quorate.desk.Parts;
import io.quorate.desk.Processes;
import io.quorate.desk.PrometheusServer;
import io.quorate.events.ClusterRoster;
import io.quorate.events.DeadLetter;
import io.quorate.events.MemberScrape;
import io.quorate.events.MemberStatus;
import io.quorate.events.MemberWindow;
import io.quorate.events.ScopeWindow;
import io.quorate.ingest.Observation;
import io.quorate.ingest.etcd.EtcdSettings;
import io.quorate.ingest.etcd.EtcdSource;
import io.quorate.ingest.prometheus.PrometheusSettings;
import io.quorate.ingest.prometheus.PrometheusSource;
import io.quorate.jobs.Counted;
import io.quorate.jobs.Gathered;
import io.quorate.jobs.JobEnvironment;
import io.quorate.jobs.percentiles.PercentilesPipeline;
import io.quorate.jobs.settings.FlinkSettings;
import io.quorate.jobs.settings.WindowSettings;
import io.quorate.testkit.BadTarget;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.runtime.minicluster.MiniCluster;
import org.apache.flink.runtime.testutils.InMemoryReporter;
import org.apache.flink.runtime.testutils.MiniClusterResourceConfiguration;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.util.TestStreamEnvironment;
import org.apache.flink.test.junit5.InjectMiniCluster;
import org.apache.flink.test.junit5.MiniClusterExtension;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/**
 * Peers that are broken, each in its own way and each beside the same good ones: a real etcd cluster and the real Prometheus
 * that scrapes it. The broken one is named and counted, and the windows are those of a run without it. All runs go at the
 * same time; windows come from the samples' own times, so they must be equal to the last bit.
 */
class BrokenPeersTest {

    /** A server that keeps failing is left alone for a while. */
    private static final String NOT_ASKED = "not-asked";

    /** Of what a Prometheus answers. */
    private static final String BEGINNING = "{\"status\":\"success\",\"data\":{\"resultType\":\"matrix\",\"result\":[";

    private static final InMemoryReporter METRICS = InMemoryReporter.createWithRetainedMetrics();

    private static final Duration SCRAPE = Duration.ofSeconds(1);
    private static final Duration POLL = Duration.ofSeconds(2);
    private static final Duration WINDOW = Duration.ofSeconds(2);
    private static final int WINDOWS = 5;
    private static final List<String> MEMBERS = List.of("m1", "m2", "m3");

    private static final String PAGE = "page";
    private static final String ERROR = "error";
    private static final String HALF = "half";
    private static final String SILENT = "silent";
    private static final String LARGE = "large";
    private static final String BOMB = "bomb";
    private static final String HUNG_MEMBER = "hung member";
    private static final String REFUSING_MEMBER = "refusing member";
    private static final String TLS_MEMBER = "member that speaks TLS";

    /** One slot per run. */
    @RegisterExtension
    static final MiniClusterExtension FLINK = new MiniClusterExtension(new MiniClusterResourceConfiguration.Builder()
            .setConfiguration(METRICS.addToConfiguration(new Configuration()))
            .setNumberTaskManagers(1)
            .setNumberSlotsPerTaskManager(10)
            .build());

    private static final List<AutoCloseable> PARTS = new ArrayList<>();
    private static final Map<String, Run> BROKEN = new LinkedHashMap<>();
    private static MiniCluster cluster;
    private static EtcdCluster etcd;
    private static PrometheusServer prometheus;
    private static Run alone;
    private static Instant from;
    private static Instant to;

    /** The good peers and at most one broken one. */
    private record Run(
            String peer,
            JobClient job,
            Gathered<MemberWindow> windows,
            Gathered<ScopeWindow> scopes,
            Gathered<MemberStatus> statuses,
            Gathered<ClusterRoster> rosters,
            Gathered<DeadLetter> letters) {

        /** The last word about every window of the time that is compared. */
        Map<String, MemberWindow> memberWindows() {
            Map<String, MemberWindow> last = new TreeMap<>();
            windows.soFar().stream()
                    .filter(window -> compared(window.windowStart()))
                    .forEach(window -> last.put(window.windowStart() + " " + window.member(), unversioned(window)));
            return last;
        }

        Map<String, ScopeWindow> scopeWindows() {
            Map<String, ScopeWindow> last = new TreeMap<>();
            scopes.soFar().stream()
                    .filter(window -> compared(window.windowStart()))
                    .forEach(window -> last.put(window.windowStart() + " " + window.scope(), unversioned(window)));
            return last;
        }

        List<DeadLetter> lettersOfThePeer() {
            return letters.soFar().stream()
                    .filter(letter -> letter.source().equals(peer))
                    .toList();
        }

        List<MemberStatus> statusesOfThePeer() {
            return statuses.soFar().stream()
                    .filter(status -> status.endpoint().equals(peer))
                    .toList();
        }

        long failures(String source) {
            return Counted.in(METRICS, job.getJobID(), source, "failures");
        }

        Instant firstWindow() {
            return windows.soFar().stream()
                    .map(MemberWindow::windowStart)
                    .min(Instant::compareTo)
                    .orElse(Instant.MAX);
        }
    }

    @BeforeAll
    static void runAll(@TempDir Path folder, @InjectMiniCluster MiniCluster flink) throws Exception {
        cluster = flink;
        Home home = Home.current().withState(folder);
        etcd = opened(EtcdCluster.start(home, "etcd", "c1", MEMBERS.size()));
        prometheus =
                opened(PrometheusServer.start(home, "prometheus", SCRAPE, PrometheusServer.Target.membersOf(etcd)));

        alone = run("");
        besidePrometheus(PAGE, opened(BadTarget.answering("200 OK", "<!doctype html><title>Sign in</title>")));
        besidePrometheus(ERROR, opened(BadTarget.answering("500 Internal Server Error", "out of memory")));
        besidePrometheus(HALF, opened(BadTarget.answeringHalf(BEGINNING)));
        besidePrometheus(SILENT, opened(BadTarget.silent()));
        besidePrometheus(LARGE, opened(BadTarget.answeringMebibytes(BEGINNING, 100)));
        besidePrometheus(BOMB, opened(BadTarget.answeringPackedMebibytes(BEGINNING, 10 << 10)));
        besideEtcd(HUNG_MEMBER, opened(BadTarget.silent()).url());
        besideEtcd(REFUSING_MEMBER, "http://127.0.0.1:" + FreePorts.next());
        besideEtcd(TLS_MEMBER, "http://" + etcdThatSpeaksTls(home));

        await().atMost(Duration.ofSeconds(60))
                .until(() -> runs().allMatch(run -> run.firstWindow().isBefore(Instant.MAX)));
        // The first readings have nothing before them, and each run began at its own moment.
        from = runs().map(Run::firstWindow)
                .max(Instant::compareTo)
                .orElseThrow()
                .plus(WINDOW.multipliedBy(2));
        to = from.plus(WINDOW.multipliedBy(WINDOWS));
        await().atMost(Duration.ofSeconds(60))
                .until(() -> runs().allMatch(run -> run.memberWindows().size() == WINDOWS * MEMBERS.size()
                        && run.scopeWindows().size() == WINDOWS * 2));
    }

    @AfterAll
    static void stop() throws Exception {
        for (Run run : runs().toList()) {
            run.job().cancel().get();
        }
        for (int i = PARTS.size() - 1; i >= 0; i--) {
            PARTS.get(i).close();
        }
    }

    @Test
    void theRunWithoutABrokenPeerHasWindowsOfEveryMemberWithObservationsInThem() {
        assertThat(alone.memberWindows().values())
                .hasSize(WINDOWS * MEMBERS.size())
                .allSatisfy(window -> {
                    assertThat(window.measures().histograms()).isNotEmpty();
                    assertThat(window.measures().counters()).anyMatch(counter -> counter.value() > 0);
                });
        assertThat(alone.scopeWindows()).hasSize(WINDOWS * 2);
    }

    @Test
    void namesAPrometheusThatAnswersWithAPage() {
        assertLetters(PAGE, "not-json", "no JSON, expected Prometheus' answer: <!doctype html><title>Sign in</title>");
    }

    @Test
    void namesAPrometheusThatAnswersWithAnError() {
        assertLetters(ERROR, "http-status", "HTTP 500 out of memory");
    }

    @Test
    void namesAPrometheusThatBreaksOffWithinTheBody() {
        assertLetters(HALF, "truncated", "the answer breaks off: ");
    }

    @Test
    void namesAPrometheusThatAcceptsAndNeverAnswers() {
        assertLetters(SILENT, "timeout", "no whole answer within 2000ms");
    }

    @Test
    void namesAPrometheusThatAnswersWithAHundredMebibytes() {
        assertLetters(LARGE, "too-large", "the answer is larger than 16777216 bytes; narrow the selector");
    }

    @Test
    void namesAPrometheusThatAnswersWithTenGibibytesPackedToTen() {
        assertLetters(BOMB, "too-large", "the answer is larger than 16777216 bytes; narrow the selector");
    }

    @Test
    void namesAnEtcdMemberThatAcceptsAndHangs() {
        assertStatuses(
                HUNG_MEMBER,
                "timeout",
                "no answer from PEER within 500ms; check whether the member hangs, and the way to it");
    }

    @Test
    void namesAnEtcdMemberThatRefuses() {
        assertStatuses(
                REFUSING_MEMBER, "refused", "nobody listens at PEER; check the address and that the member runs");
    }

    @Test
    void namesAnEtcdMemberThatSpeaksTlsToAPlainClient() {
        assertStatuses(
                TLS_MEMBER,
                "tls",
                "PEER accepts and hangs up before any answer: it seems to speak TLS; write https://PEER in"
                        + " ingest.etcd.endpoints");
    }

    private static void assertLetters(String which, String reason, String detail) {
        Run run = BROKEN.get(which);
        // A machine that is busy may be late at times; the trouble itself comes with every poll.
        await().atMost(Duration.ofSeconds(30))
                .untilAsserted(() -> assertThat(run.lettersOfThePeer())
                        .filteredOn(letter -> letter.reason().equals(reason))
                        .hasSizeGreaterThanOrEqualTo(2)
                        .allSatisfy(letter -> assertThat(letter.detail()).startsWith(detail)));
        assertThat(run.lettersOfThePeer()).extracting(DeadLetter::reason).isSubsetOf(reason, "timeout", NOT_ASKED);
        // Counted before it is told, so read the other way round.
        long failed = run.lettersOfThePeer().stream()
                .filter(letter -> !letter.reason().equals(NOT_ASKED))
                .count();
        assertThat(run.failures("poll-prometheus")).isGreaterThanOrEqualTo(failed);
        assertOthersUnharmed(run);
    }

    private static void assertStatuses(String which, String failure, String detail) {
        Run run = BROKEN.get(which);
        String address = run.peer().replace("http://", "");
        await().atMost(Duration.ofSeconds(30))
                .untilAsserted(() -> assertThat(run.statusesOfThePeer())
                        .filteredOn(status -> failure.equals(status.failure()))
                        .hasSizeGreaterThanOrEqualTo(5)
                        .allSatisfy(status -> {
                            assertThat(status.member()).isEqualTo(address);
                            assertThat(status.failureDetail()).isEqualTo(detail.replace("PEER", address));
                        }));
        assertThat(run.statusesOfThePeer()).extracting(MemberStatus::failure).isSubsetOf(failure, "timeout");
        int statuses = run.statusesOfThePeer().size();
        assertThat(run.failures("poll-etcd")).isGreaterThanOrEqualTo(statuses);
        assertThat(run.rosters().soFar()).isNotEmpty();
        assertThat(run.statuses().soFar()).filteredOn(MemberStatus::answered).satisfies(answered -> {
            for (String member : MEMBERS) {
                assertThat(answered)
                        .filteredOn(status -> status.member().equals(member))
                        .hasSizeGreaterThanOrEqualTo(5);
            }
        });
        assertOthersUnharmed(run);
    }

    /** A sample that came late corrects its window: what is compared is what the runs agree on in the end. */
    private static void assertOthersUnharmed(Run run) {
        await().atMost(Duration.ofSeconds(30)).untilAsserted(() -> {
            assertThat(run.memberWindows()).isEqualTo(alone.memberWindows());
            assertThat(run.scopeWindows()).isEqualTo(alone.scopeWindows());
        });
        assertThat(run.letters().soFar())
                .filteredOn(letter -> !letter.source().equals(run.peer()))
                .extracting(DeadLetter::reason)
                .allMatch("timeout"::equals);
        assertThat(run.windows().starts()).as("starts of the job").isEqualTo(1);
    }

    private static void besidePrometheus(String which, BadTarget broken) throws Exception {
        Duration poll = which.equals(LARGE) || which.equals(BOMB) ? Duration.ofSeconds(5) : POLL;
        BROKEN.put(which, run(broken.url(), PrometheusSettings.of(broken.url(), poll)));
    }

    private static void besideEtcd(String which, String endpoint) throws Exception {
        BROKEN.put(which, run(endpoint));
    }

    private static Run run(String peer, PrometheusSettings... furtherServers) throws Exception {
        List<PrometheusSettings> servers = new ArrayList<>(List.of(furtherServers));
        servers.add(PrometheusSettings.of(prometheus.url(), POLL));
        List<String> endpoints = new ArrayList<>(etcd.endpoints());
        if (!peer.isEmpty() && furtherServers.length == 0) {
            endpoints.add(1, peer);
        }
        StreamExecutionEnvironment env = new TestStreamEnvironment(
                cluster,
                JobEnvironment.configuration(new FlinkSettings(null, Duration.ofSeconds(10))),
                1,
                List.of(),
                List.of());
        DataStream<Observation> scrapes = env.fromSource(
                        new PrometheusSource(servers), WatermarkStrategy.noWatermarks(), "poll-prometheus")
                .uid("poll-prometheus");
        DataStream<Observation> statuses = env.fromSource(
                        new EtcdSource(List.of(EtcdSettings.of("c1", endpoints))),
                        WatermarkStrategy.noWatermarks(),
                        "poll-etcd")
                .uid("poll-etcd");
        IngestPipeline ingest = IngestPipeline.of(scrapes.union(statuses));
        PercentilesPipeline percentiles = PercentilesPipeline.of(
                ingest.scrapes()
                        .assignTimestampsAndWatermarks(
                                WatermarkStrategy.<MemberScrape>forBoundedOutOfOrderness(POLL.plusSeconds(3))
                                        .withTimestampAssigner((scrape, time) ->
                                                scrape.observedAt().toEpochMilli())),
                null,
                WindowSettings.replay(WINDOW, Duration.ofSeconds(60)));
        Gathered<MemberWindow> windows = Gathered.from(percentiles.windows());
        Gathered<ScopeWindow> scopes = Gathered.from(percentiles.scopes());
        Gathered<MemberStatus> answers = Gathered.from(ingest.statuses());
        Gathered<ClusterRoster> rosters = Gathered.from(ingest.rosters());
        Gathered<DeadLetter> letters = Gathered.from(ingest.deadLetters().union(percentiles.late()));
        return new Run(peer, env.executeAsync(), windows, scopes, answers, rosters, letters);
    }

    /** Where it listens. */
    private static String etcdThatSpeaksTls(Home home) {
        String address = "127.0.0.1:" + FreePorts.next();
        String peer = "http://127.0.0.1:" + FreePorts.next();
        Child member = opened(Processes.spawn(
                home,
                "etcd-tls",
                List.of(
                        Parts.of(home).etcd().toString(),
                        "--name=tls",
                        "--data-dir=" + home.data().resolve("etcd-tls"),
                        "--auto-tls",
                        "--listen-client-urls=https://" + address,
                        "--advertise-client-urls=https://" + address,
                        "--listen-peer-urls=" + peer,
                        "--initial-advertise-peer-urls=" + peer,
                        "--initial-cluster=tls=" + peer),
                home.logs().resolve("etcd-tls.log"),
                Map.of()));
        await().atMost(Duration.ofSeconds(30)).until(() -> accepts(address) || !member.alive());
        return address;
    }

    private static boolean accepts(String address) {
        String[] hostAndPort = address.split(":");
        try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress(hostAndPort[0], Integer.parseInt(hostAndPort[1])), 200);
            return true;
        } catch (IOException notYet) {
            return false;
        }
    }

    private static <T extends AutoCloseable> T opened(T part) {
        PARTS.add(part);
        return part;
    }

    private static Stream<Run> runs() {
        return Stream.concat(Stream.of(alone), BROKEN.values().stream()).filter(Objects::nonNull);
    }

    private static boolean compared(Instant windowStart) {
        return !windowStart.isBefore(from) && windowStart.isBefore(to);
    }

    private static MemberWindow unversioned(MemberWindow window) {
        return new MemberWindow(
                window.cluster(),
                window.clusterId(),
                window.member(),
                window.memberId(),
                window.windowStart(),
                window.windowEnd(),
                window.gap(),
                0,
                window.measures());
    }

    private static ScopeWindow unversioned(ScopeWindow window) {
        return new ScopeWindow(
                window.scope(),
                window.cluster(),
                window.clusterId(),
                window.group(),
                window.windowStart(),
                window.windowEnd(),
                window.members(),
                window.gap(),
                0,
                window.measures());
    }
}
