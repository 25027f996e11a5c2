package io.quorate.ingest.recording;

import static org.assertj.core.api.Assertions.assertThat;

import io.quorate.events.DeadLetter;
import io.quorate.events.Histogram;
import io.quorate.events.MemberScrape;
import io.quorate.events.MemberStatus;
import io.quorate.ingest.Observation;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RecordedFleetTest {

    @TempDir
    Path folder;

    @ParameterizedTest
    @CsvSource({
        "healthy,225,0,447,0",
        "storm,231,9,438,40",
        "kill,201,24,402,45",
        "quota,225,0,450,0",
        "slowdisk,249,0,486,8"
    })
    void showsEveryPollOfARecording(String name, int scrapes, int failedScrapes, int statuses, int failedStatuses)
            throws Exception {
        List<Observation> all = RecordedFleet.observations(List.of(recording(name)));

        assertThat(all).isSortedAccordingTo(Comparator.comparing(Observation::observedAt));
        assertThat(all.stream().map(Observation::scrape).filter(Objects::nonNull))
                .hasSize(scrapes + failedScrapes)
                .filteredOn(scrape -> !scrape.answered())
                .hasSize(failedScrapes);
        assertThat(all.stream().map(Observation::status).filter(Objects::nonNull))
                .hasSize(statuses + failedStatuses)
                .filteredOn(status -> !status.answered())
                .hasSize(failedStatuses);
        assertThat(all).extracting(Observation::deadLetter).containsOnlyNulls();
        assertThat(new RecordingFile(recording(name)).scan())
                .isEqualTo(new RecordingFile.Scan(
                        name + ".jsonl.gz", all.get(all.size() - 1).observedAt(), all.size(), List.of()));
    }

    @Test
    void carriesWhatTheMemberShowed() throws Exception {
        List<Observation> all = RecordedFleet.observations(List.of(recording("storm")));

        MemberScrape scrape = all.stream()
                .map(Observation::scrape)
                .filter(Objects::nonNull)
                .findFirst()
                .orElseThrow();
        assertThat(scrape.cluster()).isEqualTo("storm");
        assertThat(scrape.member()).isEqualTo("m1");
        assertThat(scrape.memberId()).isEqualTo(Long.toHexString(Long.parseUnsignedLong("15364781411696950701")));
        assertThat(scrape.observedAt()).isEqualTo(Instant.ofEpochMilli(1795200148000L));
        assertThat(scrape.processStartSeconds()).isNotNull();
        assertThat(scrape.histograms())
                .anySatisfy(histogram -> {
                    assertThat(histogram.metric()).isEqualTo("etcd_disk_wal_fsync_duration_seconds");
                    assertThat(histogram.vector().edges())
                            .hasSize(14)
                            .startsWith(0.001)
                            .endsWith(8.192);
                    assertThat(histogram.vector().total()).isPositive();
                })
                .isSortedAccordingTo(Comparator.comparing(Histogram::metric).thenComparing(Histogram::labels));

        MemberStatus status = all.stream()
                .map(Observation::status)
                .filter(Objects::nonNull)
                .findFirst()
                .orElseThrow();
        assertThat(status.observedAt()).isEqualTo(Instant.ofEpochMilli(1795200147601L));
        assertThat(status.clusterId()).isEqualTo(Long.toHexString(973911212725530285L));
        assertThat(status.memberId()).isEqualTo(scrape.memberId());
        assertThat(status.leaderId()).isEqualTo(Long.toHexString(Long.parseUnsignedLong("14130527534674975381")));
        assertThat(status.raftTerm()).isEqualTo(2);
        assertThat(status.raftIndex()).isEqualTo(50);
        assertThat(status.dbSizeBytes()).isEqualTo(45056);
        assertThat(status.version()).isEqualTo("3.4.23");
        assertThat(status.voters()).isEqualTo(3);
    }

    @Test
    void isTheSameWhenTheLinesAreShuffled() throws Exception {
        Path original = recording("kill");
        List<String> lines = new ArrayList<>();
        try (BufferedReader reader = new BufferedReader(
                new InputStreamReader(new GZIPInputStream(Files.newInputStream(original)), StandardCharsets.UTF_8))) {
            reader.lines().forEach(lines::add);
        }
        Collections.shuffle(lines, new Random(7));
        Path shuffled =
                Files.write(Files.createDirectory(folder.resolve("shuffled")).resolve("kill.jsonl.gz"), lines);

        assertThat(RecordedFleet.observations(List.of(shuffled)))
                .isEqualTo(RecordedFleet.observations(List.of(original)));
    }

    @Test
    void tellsOfFailuresInTheirClasses() throws Exception {
        assertThat(failures("storm")).containsOnly("timeout");
        assertThat(failures("kill")).containsOnly("refused");
    }

    @Test
    void usesEtcdctlsStatusOnlyOfMembersThatTheGatewayNeverAnswers() throws Exception {
        Path file = write(
                "{'t':100.0,'d':0.0004,'cluster':'c','member':'m1','kind':'status_http','err':'TimeoutError()'}",
                status(101, "m1"),
                status(102, "m2"));

        List<Observation> all = RecordedFleet.observations(List.of(file));

        assertThat(all).hasSize(2);
        MemberStatus failed = Objects.requireNonNull(all.get(0).status());
        assertThat(failed.failure()).isEqualTo("timeout");
        assertThat(failed.observedAt()).isEqualTo(Instant.ofEpochMilli(100_000));
        MemberStatus answered = Objects.requireNonNull(all.get(1).status());
        assertThat(answered.member()).isEqualTo("m2");
        assertThat(answered.memberId()).isEqualTo("ffffffffffffffff");
        assertThat(answered.leaderId()).isNull();
        assertThat(answered.endpoint()).isEqualTo("127.0.0.1:2379");
        assertThat(answered.voters()).isEqualTo(2);
    }

    @Test
    void takesAnAnswerThatIsNotTwoHundredForAFailure() throws Exception {
        Path file = write(
                "{'t':1.0,'d':0,'cluster':'c','member':'m','kind':'status_http','body':{'http':503,'text':'busy'}}");

        assertThat(RecordedFleet.observations(List.of(file))).singleElement().satisfies(it -> {
            MemberStatus status = Objects.requireNonNull(it.status());
            assertThat(status.failure()).isEqualTo("error");
            assertThat(status.failureDetail()).isEqualTo("HTTP 503: busy");
        });
    }

    @Test
    void namesDamagedLinesAndKeepsTheRest() throws Exception {
        Path file = write(
                "{'t':1.0,'d':0,'cluster':'c','member':'m','kind':'metrics','body':'etcd_server_has_leader 1\\netcd_mvcc_put_total -4'}",
                "{'t':2.0,'d':0,'cluster':'c','mem",
                "",
                "[1]",
                "{'t':'x','cluster':'c','member':'m','kind':'metrics','body':''}",
                "{'t':3.0,'cluster':'c','member':'m','kind':'metrics','body':'<html>'}",
                "{'t':4.0,'cluster':'c','member':'m','kind':'metrics'}",
                "{'t':5.0,'cluster':'c','member':'m','kind':'status_http','body':{'http':200,'text':'{}'}}",
                "{'t':9.0,'cluster':'c','member':'client','kind':'load','body':{}}",
                "{'t':6.0,'cluster':'c','member':'m','kind':'metrics','err':'ConnectionRefusedError()'}");

        RecordingFile.Scan scan = new RecordingFile(file).scan();

        assertThat(scan.lastRecordAt()).isEqualTo(Instant.ofEpochSecond(6));
        assertThat(scan.records()).isEqualTo(2);
        assertThat(scan.refused())
                .satisfiesExactly(
                        it -> assertThat(it).startsWith("test.jsonl:2: the line is no JSON: "),
                        it -> assertThat(it).isEqualTo("test.jsonl:3: the line is empty, expected JSON"),
                        it -> assertThat(it).startsWith("test.jsonl:4: no JSON object"),
                        it -> assertThat(it).isEqualTo("test.jsonl:5: no t, expected seconds"),
                        it -> assertThat(it).startsWith("test.jsonl:6: body shows no metric"),
                        it -> assertThat(it).startsWith("test.jsonl:7: neither body nor err"),
                        it -> assertThat(it).startsWith("test.jsonl:8: body is no answer of etcd's status call"));
        assertThat(RecordedFleet.observations(List.of(file)))
                .extracting(Observation::deadLetter)
                .filteredOn(Objects::nonNull)
                .extracting(DeadLetter::detail)
                .containsExactly("1 series of m left out: etcd_mvcc_put_total: a counter cannot be -4.0");
    }

    @Test
    void givesAMembersScrapeTheNewestPageOfItsMachineBeforeIt() throws Exception {
        Path file = write(
                page(3, "c", "m", "metrics", "etcd_server_has_leader 1"),
                page(
                        2,
                        "c",
                        "node",
                        "node",
                        "node_load1 2\\nnode_cpu_seconds_total{cpu='0',mode='idle'} 5"
                                + "\\nnode_cpu_seconds_total{cpu='1',mode='idle'} 6\\nnode_disk_io_time_seconds_total{device='loop0'} 1"),
                page(1, "c", "m", "metrics", "etcd_server_has_leader 1"),
                page(3.5, "c", "node", "node", "node_load1 9"),
                "{'t':3.6,'cluster':'c','member':'node','kind':'node','err':'TimeoutError()'}",
                page(73.5, "c", "m", "metrics", "etcd_server_has_leader 1"),
                page(73.6, "c", "m", "metrics", "etcd_server_has_leader 1"),
                page(3, "other", "m", "metrics", "etcd_server_has_leader 1"),
                status(4, "m"));

        List<Observation> all = RecordedFleet.observations(List.of(file));

        String old =
                "quorate_node_up{why=\"the node-exporter node was not scraped in the 70s before the member; check that it"
                        + " runs and how often it is scraped\"} 0.0";
        assertThat(all.stream().map(Observation::scrape).filter(Objects::nonNull))
                .extracting(scrape -> scrape.cluster() + shown(scrape))
                .containsExactly(
                        "c[etcd_server_has_leader 1.0, " + old + "]",
                        "c[etcd_server_has_leader 1.0, node_cpu_seconds_total{mode=\"idle\"} 11.0, node_load1 2.0,"
                                + " quorate_node_up{node=\"node\"} 1.0]",
                        "other[etcd_server_has_leader 1.0]",
                        "c[etcd_server_has_leader 1.0, node_load1 9.0, quorate_node_up{node=\"node\"} 1.0]",
                        "c[etcd_server_has_leader 1.0, " + old + "]");
        assertThat(all.stream().map(Observation::status).filter(Objects::nonNull))
                .as("a machine is no member")
                .extracting(MemberStatus::voters)
                .containsExactly(1);
        assertThat(new RecordingFile(file).scan().records()).isEqualTo(6);
    }

    @Test
    void refusesAPageOfAMachineThatShowsNothingOfIt() throws Exception {
        Path file = write(
                page(2, "c", "node", "node", "etcd_server_has_leader 1"),
                "{'t':3,'cluster':'c','member':'node','kind':'node'}",
                page(4, "c", "m", "metrics", "etcd_server_has_leader 1"));

        assertThat(new RecordingFile(file).scan().refused())
                .containsExactly(
                        "test.jsonl:1: body shows no metric of the catalogue, expected a page of node-exporter",
                        "test.jsonl:2: neither body nor err, expected one of them");
        assertThat(RecordedFleet.observations(List.of(file)))
                .extracting(it -> shown(Objects.requireNonNull(it.scrape())))
                .as("nobody asked its machine, as far as can be told")
                .containsExactly("[etcd_server_has_leader 1.0]");
    }

    private static String page(double second, String cluster, String member, String kind, String body) {
        return "{'t':" + second + ",'d':0,'cluster':'" + cluster + "','member':'" + member + "','kind':'" + kind
                + "','body':'" + body.replace("'", "\\'") + "'}";
    }

    private static String shown(MemberScrape scrape) {
        return Stream.concat(scrape.counters().stream(), scrape.gauges().stream())
                .map(sample -> sample.metric()
                        + (sample.labels().isEmpty() ? "" : "{" + sample.labels() + "}")
                        + ' '
                        + sample.value())
                .sorted()
                .toList()
                .toString();
    }

    @Test
    void usesWhatStandsBeforeTheFileBreaksOff() throws Exception {
        byte[] whole = Files.readAllBytes(recording("healthy"));
        Path half = Files.write(folder.resolve("half.jsonl.gz"), Arrays.copyOf(whole, whole.length / 2));

        RecordingFile.Scan scan = new RecordingFile(half).scan();

        assertThat(scan.records()).isPositive();
        assertThat(scan.refused()).singleElement().asString().contains("the file breaks off here");
    }

    @Test
    void tellsOfAFileThatIsNotThere() {
        assertThat(new RecordingFile(folder.resolve("none.jsonl")).scan())
                .satisfies(scan -> assertThat(scan.records()).isZero())
                .satisfies(scan ->
                        assertThat(scan.refused()).singleElement().asString().startsWith("none.jsonl: no such file"));
    }

    private List<String> failures(String name) throws IOException {
        return RecordedFleet.observations(List.of(recording(name))).stream()
                .map(Observation::status)
                .filter(Objects::nonNull)
                .map(MemberStatus::failure)
                .filter(Objects::nonNull)
                .toList();
    }

    private static String status(int t, String member) {
        return "{'t':" + t + ",'d':0.02,'cluster':'c','member':'" + member
                + "','kind':'status','body':'[{\\'Endpoint\\':\\'127.0.0.1:2379\\',\\'Status\\':{\\'header\\':"
                + "{\\'cluster_id\\':7,\\'member_id\\':18446744073709551615},\\'version\\':\\'3.4.23\\'}}]'}";
    }

    private Path write(String... lines) throws IOException {
        return Files.write(
                folder.resolve("test.jsonl"),
                Arrays.stream(lines).map(line -> line.replace('\'', '"')).toList());
    }

    private Path recording(String name) throws IOException {
        Path file = folder.resolve(name + ".jsonl.gz");
        if (!Files.exists(file)) {
            try (InputStream in = RecordedFleetTest.class.getResourceAsStream("/recordings/" + name + ".jsonl.gz")) {
                Files.copy(Objects.requireNonNull(in, name), file);
            }
        }
        return file;
    }
}
