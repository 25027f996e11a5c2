package io.quorate.cli.demo;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.quorate.desk.Home;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The whole of it, on real parts: every election seen, the storm and the slow disk paged, the numbers recomputed. */
@Tag("slow")
class DemoTest {

    @Test
    void seesEveryElectionPagesTheStormAndNamesTheSlowDisk(@TempDir Path folder) throws Exception {
        ByteArrayOutputStream said = new ByteArrayOutputStream();
        Path report = folder.resolve("report.json");
        Home home = Home.current().withState(folder.resolve("state"));

        boolean held;
        try (Demo demo = new Demo(home, Screen.lines(new PrintStream(said, true, StandardCharsets.UTF_8)))) {
            held = demo.run(Duration.ofSeconds(150), report);
        }

        String text = said.toString(StandardCharsets.UTF_8);
        assertThat(held).as(text).isTrue();
        JsonNode told = new ObjectMapper().readTree(report.toFile());
        assertThat(told.get("leaderChanges")).allSatisfy(change -> {
            assertThat(change.get("electedAt").isNull()).isFalse();
            assertThat(change.get("observedAt").isNull()).isFalse();
        });
        assertThat(told.get("leaderChanges"))
                .filteredOn(change -> !change.get("injectedAt").isNull())
                .hasSizeGreaterThanOrEqualTo(3);
        assertThat(told.get("skipped")).isEmpty();
        assertThat(told.get("faults"))
                .filteredOn(fault -> fault.get("kind").asText().equals("slow-disk"))
                .singleElement()
                .satisfies(slow -> assertThat(told.get("pages")).anySatisfy(page -> {
                    assertThat(page.get("rule").asText()).isEqualTo("EtcdWalFsyncRegression");
                    assertThat(page.get("member")).isEqualTo(slow.get("member"));
                    assertThat(at(page, "breachedAt")).isAfter(at(slow, "from"));
                    assertThat(Duration.between(at(slow, "from"), at(page, "breachedAt")))
                            .as("two windows, not the first breached one")
                            .isGreaterThan(Duration.ofSeconds(10));
                }));
        assertThat(told.get("pages")).anySatisfy(page -> {
            assertThat(page.get("rule").asText()).isEqualTo("EtcdElectionStorm");
            assertThat(page.get("id").asText()).hasSize(16);
            assertThat(told.get("leaderChanges"))
                    .as("the change that completed it")
                    .anyMatch(change -> change.get("observedAt").equals(page.get("breachedAt")));
        });
        assertThat(told.get("verification"))
                .extracting(check -> check.get("check").asText()
                        + ' '
                        + check.get("scope").asText()
                        + ' '
                        + check.get("size").asText())
                .contains(
                        "quantiles member base",
                        "quantiles cluster base",
                        "quantiles fleet base",
                        "quantiles member 1m",
                        "sums cluster base",
                        "sums fleet base",
                        "sums cluster 1m",
                        "rollups member 1m",
                        "rollups fleet 1m");
        assertThat(text)
                .contains(
                        "Ready after",
                        "stalled m",
                        "saw the leader change",
                        "firing  critical",
                        "slowed the disk of m",
                        "is quick again",
                        "firing  warning",
                        "Every leader change was seen, every alert paged, every number recomputed equal.");
    }

    private static Instant at(JsonNode object, String field) {
        return Instant.parse(object.get(field).asText());
    }
}
