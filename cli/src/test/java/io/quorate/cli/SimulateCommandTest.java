package io.quorate.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The simulator through the command, and the product judged by the truth that it writes. */
class SimulateCommandTest {

    private static final ObjectMapper JSON = new ObjectMapper();

    @TempDir
    Path folder;

    @RegisterExtension
    final Console console = new Console();

    @ParameterizedTest
    @MethodSource("io.quorate.cli.Plans#names")
    void backtestFindsTheLeaderChangesOfTheTruthAllAndOnlyThose(String scenario) throws Exception {
        Path recording = folder.resolve(scenario + ".jsonl.gz");
        assertThat(Quorate.run(
                        "simulate",
                        "--plan",
                        Plans.copy(scenario, folder).toString(),
                        "--seed",
                        "7",
                        "--for",
                        "150s",
                        "--to",
                        "recording",
                        recording.toString()))
                .as(console.complained())
                .isZero();
        Path changes = folder.resolve("changes");
        assertThat(Quorate.run(
                        "backtest",
                        "--from",
                        recording.toString(),
                        "--rules",
                        oneRule().toString(),
                        "--changes",
                        changes.toString()))
                .as(console.complained())
                .isZero();

        JsonNode truth = JSON.readTree(folder.resolve(scenario + ".truth.json").toFile());
        List<String> elected = new ArrayList<>();
        for (JsonNode leader : truth.get("leaders_from_log")) {
            if (leader.get("t").asDouble() > truth.get("t0").asDouble()
                    && leader.get("t").asDouble() < truth.get("t1").asDouble()) {
                elected.add(leader.get("cluster").asText() + " "
                        + leader.get("leader").asText() + " "
                        + leader.get("term").asText());
            }
        }
        List<String> found = new ArrayList<>();
        for (String line : Files.readAllLines(changes)) {
            JsonNode change = JSON.readTree(line);
            found.add(change.get("cluster").asText() + " " + change.get("to").asText() + " "
                    + change.get("term").asText());
        }
        assertThat(found).containsExactlyInAnyOrderElementsOf(elected);
        assertThat(console.complained()).doesNotContain("refused");
    }

    /** Changes are told whatever the rules; many of them take their time. */
    private Path oneRule() throws Exception {
        Path rules = Files.createDirectories(folder.resolve("rules"));
        try (InputStream in = getClass().getResourceAsStream("/rules/etcd-election-storm.yaml")) {
            Files.copy(Objects.requireNonNull(in), rules.resolve("etcd-election-storm.yaml"));
        }
        return rules;
    }

    @Test
    void tellsEveryProblemOfAPlan() throws Exception {
        Path bad = folder.resolve("bad.yaml");
        Files.writeString(bad, "schema: plan/v1\nfleet: { members: 12 }\nfaults: [ { fault: flood, at: 1s } ]\n");

        assertThat(Quorate.run(
                        "simulate",
                        "--plan",
                        bad.toString(),
                        "--to",
                        "recording",
                        folder.resolve("r.jsonl").toString()))
                .isEqualTo(2);
        assertThat(console.complained().lines())
                .hasSize(2)
                .allMatch(line -> line.matches("bad\\.yaml:\\d+: .*expected.*"));
    }

    @Test
    void refusesWhatItCannotDo() {
        assertThat(Quorate.run("simulate")).isEqualTo(2);
        assertThat(Quorate.run("simulate", "--serve", "--to", "kafka")).isEqualTo(2);
        assertThat(Quorate.run("simulate", "--to", "paper")).isEqualTo(2);
        assertThat(Quorate.run("simulate", "--serve", "--speed", "max")).isEqualTo(2);
        assertThat(Quorate.run(
                        "simulate",
                        "--to",
                        "recording",
                        folder.resolve("no/where.jsonl").toString()))
                .isEqualTo(2);
        assertThat(Quorate.run("simulate", "--to", "kafka", "--speed", "fast")).isEqualTo(2);
        assertThat(console.complained())
                .contains("expected one of --serve", "paper", "cannot be served", "where.jsonl", "fast");
    }

    @Test
    void servesForAsLongAsItIsAskedToAndLeavesTheTruth() throws Exception {
        Path truth = folder.resolve("truth.json");
        assertThat(Quorate.run(
                        "simulate",
                        "--clusters",
                        "2",
                        "--serve",
                        "--speed",
                        "30x",
                        "--for",
                        "30s",
                        "--truth",
                        truth.toString()))
                .as(console.complained())
                .isZero();

        assertThat(console.told()).contains("Serving 2 clusters of 3 members", "/sd");
        assertThat(JSON.readTree(truth.toFile()).get("clusters")).hasSize(2);
    }
}
