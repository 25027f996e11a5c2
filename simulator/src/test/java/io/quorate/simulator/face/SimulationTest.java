package io.quorate.simulator.face;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.networknt.schema.InputFormat;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import io.quorate.simulator.plan.Collector;
import io.quorate.simulator.plan.Plan;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SimulationTest {

    private static final Instant BEGIN = Instant.parse("2026-01-01T00:00:00Z");
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String ALL_FAULTS = """
            schema: plan/v1
            name: all-faults
            fleet: { clusters: 6, labels: { storage-class: [ssd, hdd] }, quota: 64MiB }
            collector: { scrape: 5s, replicas: 2, late: 3s }
            faults:
              - { fault: disk-slow, times: 60, at: 5s, for: 10s }
              - { fault: disk-slow, writes-per-second: 30, at: 5s, for: 10s, target: { member: follower } }
              - { fault: disk-hang, at: 20s, for: 5s, target: { member: m2 } }
              - { fault: kill, at: 30s, for: 5s }
              - { fault: pause, at: 40s, for: 4s }
              - { fault: terminate, at: 50s, for: 4s }
              - { fault: rolling-restart, at: 60s, every: 6s, down: 2s, target: { member: all, cluster: c-00001 } }
              - { fault: partition, at: 80s, for: 10s, direction: out }
              - { fault: link-flap, every: 4s, at: 95s, for: 12s, target: { member: follower } }
              - { fault: network-delay, delay: 60ms, at: 110s, for: 10s, target: { labels: { az: c } } }
              - { fault: cpu-starved, share: 0.02, at: 122s, for: 8s }
              - { fault: request-storm, times: 20, at: 132s, for: 5s }
              - { fault: expensive-reads, per-second: 4, each: 500ms, at: 138s, for: 5s }
              - { fault: watch-starved, watchers: 3, events: 500, at: 138s, for: 5s, target: { member: all } }
              - { fault: quota-growth, value: 64KiB, puts: 200, at: 145s, for: 10s, target: { labels: { storage-class: hdd } } }
              - { fault: compact, at: 157s }
              - { fault: defragment, at: 158s, target: { member: all } }
              - { fault: disarm, at: 160s }
              - { fault: clock-skew, offset: 30s, at: 162s, for: 5s }
              - { fault: counter-reset, at: 164s, target: { member: m1 } }
              - { fault: scrape-gap, at: 166s, for: 6s, target: { member: all } }
            """;

    @TempDir
    Path folder;

    @Test
    void theSameSeedGivesTheSameBytesAndAnotherOneOthers() throws Exception {
        Plan plan = Plan.read("all.yaml", ALL_FAULTS);

        assertThat(recorded(plan, 7, "one")).hasSameBinaryContentAs(recorded(plan, 7, "two"));
        assertThat(folder.resolve("one.truth.json")).hasSameBinaryContentAs(folder.resolve("two.truth.json"));
        assertThat(Files.mismatch(folder.resolve("one.jsonl"), recorded(plan, 8, "three")))
                .isNotNegative();
    }

    @Test
    void aClusterDoesTheSameHoweverLargeTheFleetIsAndWhoeverLooks() throws Exception {
        Plan plan = Plan.read("all.yaml", ALL_FAULTS);
        Simulation six = new Simulation(plan, 7, BEGIN);
        six.run(180, seen -> {}, reached -> {});
        Plan often = plan.withCollector(new Collector(500_000, 200_000, 1, 0));
        Simulation twelve = new Simulation(often.withClusters(12), 7, BEGIN);
        twelve.run(180, seen -> {}, reached -> {});

        for (int i = 0; i < 6; i++) {
            assertThat(twelve.clusters().get(i).elections())
                    .isEqualTo(six.clusters().get(i).elections());
        }
    }

    @Test
    void theTruthKeepsToItsSchema() throws Exception {
        Simulation simulation = new Simulation(Plan.read("all.yaml", ALL_FAULTS), 7, BEGIN);
        simulation.run(180, seen -> {}, reached -> {});
        Path file = folder.resolve("truth.json");
        simulation.truth(7, 180).write(file);

        Schema schema;
        try (InputStream in = Objects.requireNonNull(TruthFile.class.getResourceAsStream("truth.schema.json"))) {
            schema = SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12)
                    .getSchema(new String(in.readAllBytes(), StandardCharsets.UTF_8), InputFormat.JSON);
        }
        assertThat(schema.validate(Files.readString(file), InputFormat.JSON)).isEmpty();
        JsonNode truth = JSON.readTree(file.toFile());
        assertThat(truth.get("events").findValuesAsText("fault").stream().distinct())
                .hasSize(20);
        assertThat(schema.validate(Files.readString(file).replace("\"truth/v1\"", "\"truth/v0\""), InputFormat.JSON))
                .isNotEmpty();
    }

    @Test
    void lateRecordsArriveShuffledButNoneIsLost() throws Exception {
        Plan plan = Plan.read("p.yaml", "schema: plan/v1\nfleet: { clusters: 3 }\ncollector: { late: 3s }\n");
        List<Observation> seen = new ArrayList<>();
        new Simulation(plan, 7, BEGIN).run(30, seen::add, reached -> {});

        assertThat(seen.stream().map(one -> one.cluster() + one.member() + one.kind() + one.askedAt()))
                .doesNotHaveDuplicates();
        assertThat(seen.size()).isBetween(3 * 3 * (30 + 3), 3 * 3 * (30 + 4));
        assertThat(seen.stream().map(Observation::arrivesAt)).isSorted();
        assertThat(seen.stream().map(Observation::askedAt).toList())
                .isNotEqualTo(seen.stream().map(Observation::askedAt).sorted().toList());
    }

    @Test
    void aMemberThatIsDownRefusesAndOneThatIsPausedTimesOut() throws Exception {
        Plan plan = Plan.read("p.yaml", """
                schema: plan/v1
                faults:
                  - { fault: kill, at: 10s, for: 10s, target: { member: m1 } }
                  - { fault: pause, at: 10s, for: 10s, target: { member: m2 } }
                  - { fault: scrape-gap, at: 10s, for: 10s, target: { member: m3 } }
                """);
        List<Observation> seen = new ArrayList<>();
        new Simulation(plan, 7, BEGIN).run(30, seen::add, reached -> {});

        List<Observation> during = seen.stream()
                .filter(one ->
                        one.askedAt() - BEGIN.getEpochSecond() > 10 && one.askedAt() - BEGIN.getEpochSecond() < 19)
                .toList();
        assertThat(during)
                .isNotEmpty()
                .allSatisfy(
                        one -> assertThat(one.error()).contains(one.member().equals("m1") ? "refused" : "timed out"));
        assertThat(during).filteredOn(one -> one.member().equals("m2")).allMatch(one -> one.took() > 0.8);
    }

    @Test
    void membersThatShowFewerMetricsShowOfTheseTheSame() throws Exception {
        Plan plan = Plan.read("all.yaml", ALL_FAULTS);
        List<String> whole = new ArrayList<>();
        List<String> some = new ArrayList<>();
        String fsyncs = "etcd_disk_wal_fsync_duration_seconds";
        new Simulation(plan, 7, BEGIN).run(60, seen -> lines(seen, whole), reached -> {});
        new Simulation(plan, 7, BEGIN, metric -> metric.equals(fsyncs))
                .run(60, seen -> lines(seen, some), reached -> {});

        assertThat(some)
                .isNotEmpty()
                .anyMatch(line -> line.startsWith(fsyncs + "_sum"))
                .isEqualTo(
                        whole.stream().filter(line -> line.startsWith(fsyncs)).toList());
    }

    private static void lines(Observation seen, List<String> to) {
        if (seen.page() != null) {
            seen.page().lines().filter(line -> !line.startsWith("#")).forEach(to::add);
        }
    }

    private Path recorded(Plan plan, long seed, String name) throws Exception {
        Path file = folder.resolve(name + ".jsonl");
        Simulation simulation = new Simulation(plan, seed, BEGIN);
        try (RecordingWriter writer = new RecordingWriter(file)) {
            simulation.run(180, writer, reached -> {});
        }
        simulation.truth(seed, 180).write(folder.resolve(name + ".truth.json"));
        return file;
    }
}
