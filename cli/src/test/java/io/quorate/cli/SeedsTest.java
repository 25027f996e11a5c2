package io.quorate.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The ten plans under many seeds: backtest finds every leader that any answer named, and invents none. A leader that came and
 * went between two answers stands in the truth, and nobody who polls can have seen it.
 */
@Tag("slow")
class SeedsTest {

    private static final int SEEDS = 10;
    private static final ObjectMapper JSON = new ObjectMapper();

    @TempDir
    Path folder;

    @ParameterizedTest
    @MethodSource("io.quorate.cli.Plans#names")
    void backtestFindsEveryLeaderThatWasNamedUnderAnySeed(String scenario) throws Exception {
        int elected = 0;
        int unseen = 0;
        List<String> wrong = new ArrayList<>();
        for (int seed = 1; seed <= SEEDS; seed++) {
            Path recording = folder.resolve(scenario + ".jsonl.gz");
            Path changes = folder.resolve("changes");
            simulate(scenario, seed, recording);
            assertThat(Quorate.run("backtest", "--from", recording.toString(), "--changes", changes.toString()))
                    .isZero();
            JsonNode truth =
                    JSON.readTree(folder.resolve(scenario + ".truth.json").toFile());
            Set<String> named = named(recording, truth);
            Set<String> missed = elected(truth);
            elected += missed.size();
            Set<String> invented = found(changes);
            Set<String> both = new HashSet<>(missed);
            both.retainAll(invented);
            missed.removeAll(both);
            invented.removeAll(both);
            int all = missed.size();
            missed.retainAll(named);
            unseen += all - missed.size();
            if (!missed.isEmpty() || !invented.isEmpty()) {
                wrong.add("seed " + seed + ": missed " + missed + ", invented " + invented);
            }
        }
        // In all plans but one a leader falls: where nobody is elected, nothing was looked for.
        assertThat(elected).isGreaterThanOrEqualTo(scenario.equals("quota") ? 0 : SEEDS);
        assertThat(wrong)
                .as("%d leaders elected, %d of them named by no answer", elected, unseen)
                .isEmpty();
        assertThat(unseen).as("named by no answer, of %d", elected).isLessThanOrEqualTo(elected / 10);
    }

    private void simulate(String scenario, int seed, Path recording) throws IOException {
        Path plan = Plans.copy(scenario, folder);
        assertThat(Quorate.run(
                        "simulate",
                        "--plan",
                        plan.toString(),
                        "--seed",
                        String.valueOf(seed),
                        "--for",
                        "150s",
                        "--to",
                        "recording",
                        recording.toString()))
                .isZero();
    }

    private static Set<String> elected(JsonNode truth) {
        Set<String> elected = new TreeSet<>();
        for (JsonNode leader : truth.get("leaders_from_log")) {
            double t = leader.get("t").asDouble();
            if (t > truth.get("t0").asDouble() && t < truth.get("t1").asDouble()) {
                elected.add(line(leader.get("cluster"), leader.get("leader"), leader.get("term")));
            }
        }
        return elected;
    }

    private static Set<String> found(Path changes) throws IOException {
        Set<String> found = new TreeSet<>();
        for (String text : Files.readAllLines(changes)) {
            JsonNode change = JSON.readTree(text);
            found.add(line(change.get("cluster"), change.get("to"), change.get("term")));
        }
        return found;
    }

    /** Leaders that the status of any member named, with the term it told. */
    private static Set<String> named(Path recording, JsonNode truth) throws IOException {
        Map<String, JsonNode> names = new HashMap<>();
        for (JsonNode cluster : truth.get("clusters")) {
            for (JsonNode member : cluster.get("members")) {
                names.put(
                        Long.toUnsignedString(
                                Long.parseUnsignedLong(member.get("id").asText(), 16)),
                        member);
            }
        }
        Set<String> named = new HashSet<>();
        try (BufferedReader lines = new BufferedReader(
                new InputStreamReader(new GZIPInputStream(Files.newInputStream(recording)), StandardCharsets.UTF_8))) {
            for (String text = lines.readLine(); text != null; text = lines.readLine()) {
                JsonNode record = JSON.readTree(text);
                if (record.at("/body/text").isTextual()) {
                    JsonNode status = JSON.readTree(record.at("/body/text").asText());
                    JsonNode leader = names.get(status.path("leader").asText());
                    if (leader != null) {
                        named.add(line(record.get("cluster"), leader.get("member"), status.get("raftTerm")));
                    }
                }
            }
        }
        return named;
    }

    private static String line(JsonNode cluster, JsonNode leader, JsonNode term) {
        return cluster.asText() + " " + leader.asText() + " term " + term.asText();
    }
}
