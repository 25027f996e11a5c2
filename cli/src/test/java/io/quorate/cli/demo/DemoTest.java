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
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The whole of it, on real parts: every election seen, none invented, the storm paged, the numbers recomputed. */
@Tag("slow")
class DemoTest {

    @Test
    void seesEveryElectionAndPagesTheStorm(@TempDir Path folder) throws Exception {
        ByteArrayOutputStream said = new ByteArrayOutputStream();
        Path report = folder.resolve("report.json");
        Home home = Home.current().withState(folder.resolve("state"));
        Screen screen = new Screen(new PrintStream(said, true, StandardCharsets.UTF_8), false);

        boolean held;
        try (Demo demo = new Demo(home, screen)) {
            held = demo.run(Duration.ofSeconds(90), report);
        }

        String text = said.toString(StandardCharsets.UTF_8);
        assertThat(held).as(text).isTrue();
        JsonNode told = new ObjectMapper().readTree(report.toFile());
        assertThat(told.get("leaderChanges")).hasSizeGreaterThanOrEqualTo(3).allSatisfy(change -> {
            assertThat(change.get("injectedAt").isNull()).isFalse();
            assertThat(change.get("electedAt").isNull()).isFalse();
            assertThat(change.get("observedAt").isNull()).isFalse();
        });
        assertThat(told.get("pages")).isNotEmpty().allSatisfy(page -> {
            assertThat(page.get("rule").asText()).isEqualTo("EtcdElectionStorm");
            assertThat(page.get("id").asText()).hasSize(16);
        });
        assertThat(told.get("skipped")).isEmpty();
        assertThat(told.get("verification")).hasSize(5);
        assertThat(text).contains("Ready after", "stalled m", "saw the leader change", "firing  critical");
    }
}
