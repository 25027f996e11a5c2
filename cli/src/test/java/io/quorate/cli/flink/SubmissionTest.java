package io.quorate.cli.flink;

import static org.assertj.core.api.Assertions.assertThat;

import io.quorate.cli.stack.QuorateJob;
import io.quorate.desk.Home;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SubmissionTest {

    @Test
    void tellsTheCauseOfFlinksTraceThatSaysMost() {
        assertThat(FlinkRun.reason("""
                org.apache.flink.client.program.ProgramInvocationException: The main method caused an error
                \tat somewhere
                Caused by: java.lang.RuntimeException: wrapped
                Caused by: io.quorate.rules.yaml.InvalidYaml: quorate.yaml:3: unknown key ingst
                \tat elsewhere
                """)).isEqualTo("InvalidYaml: quorate.yaml:3: unknown key ingst");
        assertThat(FlinkRun.reason("\n")).isEqualTo("it gives no reason");
    }

    @Test
    void remembersWhatWasSubmittedWithACopyOfItsJar(@TempDir Path folder) throws Exception {
        Home home = Home.at(folder.resolve("home"));
        Path jar = Files.writeString(folder.resolve("jobs.jar"), "first");
        Submission first = new Submission("ingest", jar.toString(), List.of("--config", "quorate.yaml"), 2);
        first.remember(home, "0a");
        Files.writeString(jar, "second");

        Optional<Submission> last = Submission.of(home, QuorateJob.INGEST, "0a");

        assertThat(last).hasValueSatisfying(kept -> {
            assertThat(kept.arguments()).isEqualTo(first.arguments());
            assertThat(kept.parallelism()).isEqualTo(2);
            assertThat(Path.of(kept.jar())).isNotEqualTo(jar).hasContent("first");
        });
        assertThat(Submission.of(home, QuorateJob.INGEST, "0b"))
                .as("somebody else's of that name")
                .isEmpty();
        assertThat(Submission.of(home, QuorateJob.HISTORY, "0a")).isEmpty();
    }

    @Test
    void knowsAClusterOnAnotherMachineFromOneHere() {
        assertThat(SubmitCommand.elsewhere("http://127.0.0.1:8081")).isFalse();
        assertThat(SubmitCommand.elsewhere("http://localhost:8081/flink")).isFalse();
        assertThat(SubmitCommand.elsewhere("https://192.0.2.1")).isTrue();
    }
}
