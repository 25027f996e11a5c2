package io.quorate.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.quorate.cli.stack.FlinkRest;
import io.quorate.desk.PartUnavailable;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

class FlinkVerbsTest {

    @RegisterExtension
    private final Console console = new Console();

    private static final String ID = "0123456789abcdef0123456789abcdef";

    @Test
    void saysWhereNoFlinkAnswersAndWhatToDo() {
        FlinkRest nobody = new FlinkRest(List.of("http://127.0.0.1:1", "http://127.0.0.1:2/"));

        assertThatThrownBy(nobody::jobs)
                .isInstanceOf(PartUnavailable.class)
                .hasMessage(
                        "no Flink answers at http://127.0.0.1:1 or http://127.0.0.1:2; start one with 'quorate cluster flink"
                                + " start', or name yours with --flink URL");
    }

    @Test
    void asksTheOtherJobManagerWhereTheFirstIsGone() throws Exception {
        try (FakeFlink flink = new FakeFlink().has(ID, "quorate-ingest", "RUNNING", 2, 2)) {
            FlinkRest rest = new FlinkRest(List.of("http://127.0.0.1:1", flink.url()));

            assertThat(rest.url()).contains(flink.url());
            assertThat(rest.alive("quorate-ingest")).map(FlinkRest.Job::runs).contains(true);
        }
    }

    @Test
    void doesNotCallRunningWhatWaitsForATask() throws Exception {
        try (FakeFlink flink = new FakeFlink()
                .has(ID, "quorate-ingest", "RUNNING", 1, 2)
                .has(ID, "quorate-history", "RESTARTING", 0, 2)
                .has(ID, "quorate-alerting", "CANCELED", 0, 2)) {
            assertThat(flink.rest().jobs()).extracting(FlinkRest.Job::runs).containsExactly(false, false, false);
            assertThat(flink.rest().alive("quorate-alerting")).isEmpty();
        }
    }

    @Test
    void showsEachJobWithItsRestartsAndItsLastCheckpoint() throws Exception {
        try (FakeFlink flink = new FakeFlink()
                .has(ID, "quorate-ingest", "RUNNING", 2, 2)
                .has("f".repeat(32), "somebody-elses", "FAILED", 0, 2)
                .answers("/jobs/" + ID + "/metrics?get=numRestarts", "[{\"id\":\"numRestarts\",\"value\":\"3\"}]")
                .answers(
                        "/jobs/" + ID + "/checkpoints",
                        "{\"counts\":{\"completed\":7,\"failed\":1},\"latest\":{\"completed\":{\"latest_ack_timestamp\":1000,"
                                + "\"state_size\":2048}}}")) {
            assertThat(Quorate.run("jobs", "--flink", flink.url(), "--format", "json"))
                    .isZero();
            assertThat(console.told().strip())
                    .isEqualTo("{\"job\":\"ingest\",\"id\":\"" + ID + "\",\"state\":\"RUNNING\",\"runs\":true,"
                            + "\"startedAt\":\"1970-01-01T00:00:01Z\",\"tasksRunning\":2,\"tasks\":2,\"restarts\":3,"
                            + "\"checkpoints\":7,\"checkpointsFailed\":1,\"checkpointBytes\":2048,"
                            + "\"checkpointAt\":\"1970-01-01T00:00:01Z\"}");
        }
    }

    @Test
    void endsWithOneWhileAJobThatWasSubmittedDoesNotRun() throws Exception {
        try (FakeFlink flink = new FakeFlink()
                .has(ID, "quorate-ingest", "RESTARTING", 0, 2)
                .answers("/jobs/" + ID + "/metrics?get=numRestarts", "[]")
                .answers("/jobs/" + ID + "/checkpoints", "{}")) {
            assertThat(Quorate.run("jobs", "--flink", flink.url())).isEqualTo(1);
            assertThat(console.told()).contains("ingest", "RESTARTING", "none yet");
        }
    }

    @Test
    void refusesASecondOneOfAJob(@TempDir Path folder) throws Exception {
        try (FakeFlink flink = new FakeFlink().has(ID, "quorate-ingest", "RUNNING", 2, 2)) {
            assertThat(Quorate.run("submit", "all", "--config", settings(folder).toString(), "--flink", flink.url()))
                    .isEqualTo(2);
            assertThat(console.complained())
                    .contains(
                            "job ingest is there already (" + ID + ", RUNNING)",
                            "'quorate upgrade ingest' replaces it");
        }
    }

    @Test
    void refusesWhatItCannotMean(@TempDir Path folder) throws Exception {
        String config = settings(folder).toString();
        try (FakeFlink flink = new FakeFlink()) {
            assertThat(Quorate.run("submit", "ingestion", "--config", config, "--flink", flink.url()))
                    .isEqualTo(2);
            assertThat(Quorate.run("submit", "alerting", "--config", config, "--flink", flink.url()))
                    .isEqualTo(2);
            assertThat(Quorate.run(
                            "submit", "all", "--config", config, "--from-savepoint", "/s", "--flink", flink.url()))
                    .isEqualTo(2);
            assertThat(Quorate.run("stop", "ingest", "--flink", flink.url())).isEqualTo(1);
            assertThat(Quorate.run("upgrade", "ingest", "--flink", flink.url())).isEqualTo(1);
            assertThat(console.complained().lines())
                    .containsExactly(
                            "no job ingestion, expected one of history, alerting, detection, percentiles, ingest",
                            "job alerting has nothing to do: the settings name no receiver; expected alerting.receivers",
                            "--from-savepoint is of one job; expected its name instead of all",
                            "quorate: nothing of that runs there; 'quorate jobs' shows what does",
                            "quorate: nothing of that runs there; 'quorate jobs' shows what does");
        }
    }

    private static Path settings(Path folder) throws Exception {
        return Files.writeString(
                folder.resolve("quorate.yaml"),
                "ingest: { metrics: [ { cluster: c1, targets: [\"127.0.0.1:1\"] } ] }\n");
    }
}
