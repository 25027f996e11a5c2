package io.quorate.cli.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import io.quorate.cli.endtoend.RunningQuorate.Ended;
import io.quorate.cli.stack.RunLock;
import io.quorate.desk.Home;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What {@code run} and its kin refuse before they start anything, in a home of their own. */
@Tag("slow")
class RefusalsTest {

    private static final String INGEST = "ingest: { prometheus: [ { url: 'http://127.0.0.1:1' } ] }\n";

    @TempDir
    private Path folder;

    private Home home;
    private Path settings;

    @BeforeEach
    void settle() throws Exception {
        home = RunningQuorate.freshHome(folder.resolve("home"));
        settings = Files.writeString(folder.resolve("quorate.yaml"), INGEST);
    }

    @ParameterizedTest
    @ValueSource(strings = {"Kafka", "ClickHouse", "Flink"})
    void runNamesWhoHoldsAPortThatWasAskedFor(String part) throws Exception {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            Files.writeString(
                    settings,
                    INGEST + "desk: { " + part.toLowerCase(Locale.ROOT) + "-port: " + taken.getLocalPort() + " }\n");

            Ended ended = RunningQuorate.end(home, "run", "--config", settings.toString());

            assertThat(ended.code()).isEqualTo(3);
            assertThat(ended.said().lines())
                    .singleElement()
                    .asString()
                    .contains("port " + taken.getLocalPort() + ", asked for by " + part + ", is busy: held by ")
                    .contains("pid " + ProcessHandle.current().pid());
            Ended doctor = RunningQuorate.end(home, "doctor", "--config", settings.toString());
            assertThat(doctor.code()).isEqualTo(3);
            assertThat(doctor.said()).contains("MISS  desk", "port " + taken.getLocalPort() + ", asked for by " + part);
        }
    }

    @Test
    void runNamesTheRunThatGoesOnInItsHome() throws Exception {
        try (RunLock lock = RunLock.take(home, Duration.ZERO)) {
            Ended ended = RunningQuorate.end(home, "run", "--config", settings.toString());

            assertThat(ended.code()).isEqualTo(3);
            assertThat(ended.said())
                    .contains("a run goes on", "pid " + ProcessHandle.current().pid(), "Ctrl-C", "QUORATE_HOME");
        }
    }

    @Test
    void nothingIsToBeResumedOrReadWhereNothingRan() throws Exception {
        Ended resumed = RunningQuorate.end(home, "run", "--resume");
        assertThat(resumed.code()).isEqualTo(2);
        assertThat(resumed.said()).contains("finds no earlier run", "--config");

        Ended letters = RunningQuorate.end(home, "dead-letters");
        assertThat(letters.code()).isEqualTo(2);
        assertThat(letters.said()).contains("no run has left letters", "--config");
    }

    @Test
    void runWantsItsSettings() throws Exception {
        Ended ended = RunningQuorate.end(home, "run");
        assertThat(ended.code()).isEqualTo(2);
        assertThat(ended.said()).contains("--config quorate.yaml, or --resume");
    }
}
