package io.quorate.jobs.backtest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.quorate.ingest.recording.RecordingFile;
import io.quorate.jobs.backtest.Line.Output;
import io.quorate.jobs.detection.Controls;
import io.quorate.jobs.settings.WindowSettings;
import io.quorate.rules.RuleReader;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.zip.GZIPInputStream;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Real etcd under real faults, by its ground truth: etcd's own logs and the faults that were injected. */
class RecordingsTest {

    private static final Map<String, List<Line>> RUNS = new HashMap<>();

    private static final ObjectMapper JSON = new ObjectMapper();

    @TempDir
    Path folder;

    @ParameterizedTest
    @ValueSource(strings = {"healthy", "storm", "kill", "quota", "slowdisk"})
    void findsExactlyTheTrueLeaderChanges(String scenario) throws Exception {
        JsonNode truth = JSON.readTree(resource(scenario + ".truth.json").toFile());
        List<JsonNode> elected = new ArrayList<>();
        truth.get("leaders_from_log").forEach(leader -> {
            double t = leader.get("t").asDouble();
            if (t > truth.get("t0").asDouble() && t < truth.get("t1").asDouble()) {
                elected.add(leader);
            }
        });

        List<JsonNode> changes = json(lab(scenario), Output.CHANGES);

        assertThat(changes).hasSameSizeAs(elected);
        for (int i = 0; i < elected.size(); i++) {
            JsonNode change = changes.get(i);
            JsonNode leader = elected.get(i);
            assertThat(change.get("to").asText()).isEqualTo(leader.get("leader").asText());
            assertThat(change.get("term").asLong()).isEqualTo(leader.get("term").asLong());
            double observed = Instant.parse(change.get("observedAt").asText()).toEpochMilli() / 1000.0;
            assertThat(observed).isCloseTo(leader.get("t").asDouble(), within(2.0));
        }
    }

    @Test
    void tellsTheOneHandOverForPlannedAndNothingElse() throws Exception {
        assertThat(planned("kill")).as("kill -9, then SIGTERM").containsExactly("no", "yes");
        assertThat(planned("storm")).hasSize(9).doesNotContain("yes");
        assertThat(planned("slowdisk")).hasSize(2).doesNotContain("yes");
    }

    private List<String> planned(String scenario) throws Exception {
        return json(lab(scenario), Output.CHANGES).stream()
                .map(change -> change.get("planned").asText())
                .toList();
    }

    @ParameterizedTest
    @ValueSource(strings = {"healthy", "storm", "kill", "quota", "slowdisk"})
    void raisesOneStormAlertWhereThereIsAStormAndNoneElsewhere(String scenario) throws Exception {
        List<JsonNode> alerts = alerts(scenario, "EtcdElectionStorm");

        if (!scenario.equals("storm")) {
            assertThat(alerts).isEmpty();
            return;
        }
        assertThat(alerts.stream().map(alert -> alert.get("id").asText()).distinct())
                .hasSize(1);
        assertThat(alerts.get(0).get("status").asText()).isEqualTo("firing");
        assertThat(alerts.get(alerts.size() - 1).get("status").asText()).isEqualTo("resolved");
        assertThat(alerts.get(alerts.size() - 1).get("evidence"))
                .filteredOn(line -> line.get("what").asText().equals("leader-moves"))
                .hasSize(9);
    }

    @Test
    void firesNothingWhereAllIsWell() throws Exception {
        assertThat(json(lab("healthy"), Output.ALERTS))
                .noneMatch(alert -> alert.get("status").asText().equals("firing"));
    }

    /** One late heartbeat of a busy host, in {@code quota}, is no matter of the quota. */
    @ParameterizedTest
    @CsvSource({
        "storm, pause, EtcdElectionStorm m2, EtcdLeaderFlapping m2, EtcdMemberHangs m1",
        "slowdisk, slow-disk, EtcdWalFsyncSlow m1, EtcdWalFsyncSlow m2, EtcdBackendCommitSlow m2",
        "kill, restart, EtcdMemberDown m1, EtcdMemberDown m2, EtcdMemberDown m3",
        "quota, quota, EtcdNospaceAlarm, EtcdRequestsFail, EtcdDatabaseNearQuota"
    })
    void namesTheCauseAndTheRootOfWhatItTells(String scenario, String cause, String one, String other, String third)
            throws Exception {
        List<JsonNode> explained = json(lab(scenario), Output.ALERTS).stream()
                .filter(alert -> !alert.get("cause").isNull())
                .filter(alert ->
                        !(scenario.equals("quota") && alert.get("rule").asText().equals("EtcdHeartbeatsFail")))
                .toList();

        assertThat(explained).extracting(alert -> evidence(alert, "cause")).containsOnly(cause);
        assertThat(explained)
                .extracting(alert -> (alert.get("rule").asText() + ' ' + evidence(alert, "root member")).strip())
                .contains(one, other, third)
                .noneMatch(told -> scenario.equals("slowdisk") && told.endsWith("m3"));
        assertThat(explained)
                .filteredOn(alert -> scenario.equals("slowdisk"))
                .allMatch(alert -> evidence(alert, "ruled out").contains("network: "));
    }

    /** Of this alert what its lines of this kind say, one after the other. */
    private static String evidence(JsonNode alert, String what) {
        List<String> values = new ArrayList<>();
        for (JsonNode line : alert.get("evidence")) {
            if (line.get("what").asText().equals(what)) {
                values.add(line.get("value").asText());
            }
        }
        return String.join("; ", values);
    }

    @Test
    void namesTheMemberWhoseDiskWasSlowedAndNoOther() throws Exception {
        double t0 = JSON.readTree(resource("slowdisk.truth.json").toFile())
                .get("t0")
                .asDouble();
        List<JsonNode> alerts = alerts("slowdisk", "EtcdWalFsyncRegression");
        List<JsonNode> named = alerts.stream()
                .filter(alert -> !alert.get("member").isNull()
                        && alert.get("status").asText().equals("firing"))
                .toList();

        assertThat(named).extracting(alert -> alert.get("member").asText()).containsExactly("m1", "m2");
        // The first disk is slow from 25 s to 60 s, the second from 80 s to 110 s and again from 125 s to 145 s.
        assertThat(seconds(named.get(0), "startedAt") - t0).isBetween(25.0, 60.0);
        assertThat(seconds(named.get(0), "at") - t0).isBetween(25.0, 60.0);
        assertThat(seconds(named.get(1), "startedAt") - t0).isBetween(80.0, 110.0);
        assertThat(seconds(named.get(1), "at") - t0).isBetween(80.0, 110.0);
        assertThat(alerts).noneMatch(alert -> alert.get("member").asText().equals("m3"));
        assertThat(alerts)
                .filteredOn(alert -> alert.get("id").equals(named.get(0).get("id")))
                .extracting(alert -> alert.get("status").asText())
                .containsExactly("pending", "firing", "updated", "resolved");
    }

    @ParameterizedTest
    @ValueSource(strings = {"healthy", "storm", "kill", "quota"})
    void findsNoRegressionWhereNoDiskWasSlowed(String scenario) throws Exception {
        assertThat(alerts(scenario, "EtcdWalFsyncRegression"))
                .noneMatch(alert -> alert.get("status").asText().equals("firing"));
    }

    @Test
    void saysTheSameTwiceAndWhenLinesAreShuffled() throws Exception {
        Path recording = resource("slowdisk.jsonl.gz");
        List<String> lines;
        try (BufferedReader reader = new BufferedReader(
                new InputStreamReader(new GZIPInputStream(Files.newInputStream(recording)), StandardCharsets.UTF_8))) {
            lines = reader.lines().collect(Collectors.toCollection(ArrayList::new));
        }
        Collections.shuffle(lines, new Random(7));
        Path shuffled = folder.resolve("slowdisk.jsonl");
        Files.write(shuffled, lines);

        List<Line> once = lab("slowdisk");

        assertThat(once).hasSizeGreaterThan(1000);
        assertThat(run(recording)).isEqualTo(once);
        assertThat(run(shuffled)).isEqualTo(once);
    }

    @Test
    void takesSeveralRecordingsAsOneFleet() throws Exception {
        List<Line> lines = run(resource("storm.jsonl.gz"), resource("healthy.jsonl.gz"));

        assertThat(json(lines, Output.CHANGES)).hasSize(9);
        assertThat(json(lines, Output.WINDOWS)).anySatisfy(window -> {
            assertThat(window.get("scope").asText()).isEqualTo("fleet");
            assertThat(window.get("cluster").isNull()).isTrue();
        });
    }

    /** A scenario under the profile lab, run once for all tests. */
    private List<Line> lab(String scenario) throws Exception {
        List<Line> known = RUNS.get(scenario);
        if (known == null) {
            known = run(resource(scenario + ".jsonl.gz"));
            RUNS.put(scenario, known);
        }
        return known;
    }

    private static List<Line> run(Path... recordings) throws Exception {
        Instant clock = Instant.EPOCH;
        for (Path recording : recordings) {
            Instant last = new RecordingFile(recording).scan().lastRecordAt();
            clock = last != null && last.isAfter(clock) ? last : clock;
        }
        List<Line> lines = new ArrayList<>();
        Backtest.ofRecordings(
                        List.of(recordings),
                        clock,
                        WindowSettings.DEFAULT,
                        new Controls(
                                RuleReader.shipped().stream()
                                        .filter(rule -> rule.runsIn("lab"))
                                        .map(rule -> rule.under("lab"))
                                        .toList(),
                                List.of(),
                                "lab"))
                .run(StreamExecutionEnvironment.createLocalEnvironment(2), lines::add);
        Collections.sort(lines);
        return lines;
    }

    private List<JsonNode> alerts(String scenario, String rule) throws Exception {
        return json(lab(scenario), Output.ALERTS).stream()
                .filter(alert -> alert.get("rule").asText().equals(rule))
                .toList();
    }

    private static double seconds(JsonNode alert, String field) {
        return Instant.parse(alert.get(field).asText()).toEpochMilli() / 1000.0;
    }

    private static List<JsonNode> json(List<Line> lines, Output output) throws Exception {
        List<JsonNode> all = new ArrayList<>();
        for (Line line : lines) {
            if (line.output() == output) {
                all.add(JSON.readTree(line.json()));
            }
        }
        return all;
    }

    private Path resource(String name) throws Exception {
        Path copy = folder.resolve(name);
        if (!Files.exists(copy)) {
            try (var in = RecordingsTest.class.getResourceAsStream("/recordings/" + name)) {
                assertThat(in).as(name).isNotNull();
                Files.copy(in, copy);
            }
        }
        return copy;
    }
}
