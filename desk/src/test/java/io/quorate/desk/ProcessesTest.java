package io.quorate.desk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.BufferedReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ProcessesTest {
    @TempDir
    Path folder;

    @Test
    void stopsWhatACrashedParentLeft() throws Exception {
        long left = lastLongOf("crashes");
        assertThat(TestHome.runs(left)).isTrue();
        assertThat(Processes.stopOrphans(Home.at(folder))).containsExactly("long");
        assertThat(TestHome.runs(left)).isFalse();
        assertThat(folder.resolve("pids")).isEmptyDirectory();
        assertThat(Processes.stopAll(Home.at(folder))).isEmpty();
    }

    @Test
    void stopsByItsNameWhatACrashedParentLeft() throws Exception {
        long left = lastLongOf("crashes");
        assertThat(Processes.stop(Home.at(folder), "another")).isFalse();
        assertThat(TestHome.runs(left)).isTrue();
        assertThat(Processes.stop(Home.at(folder), "short-lived")).isTrue();
        assertThat(TestHome.runs(left)).isFalse();
        assertThat(folder.resolve("pids")).isEmptyDirectory();
        assertThat(Processes.stop(Home.at(folder), "short-lived")).isFalse();
    }

    @Test
    void aParentThatExitsTakesItsChildrenAlong() throws Exception {
        assertThat(TestHome.runs(lastLongOf("exits"))).isFalse();
        assertThat(folder.resolve("pids")).isEmptyDirectory();
    }

    @Test
    void aParentToldToEndDoesItsFirstStepsThenStopsItsChildrenThenDoesItsLastSteps() throws Exception {
        Process parent = ShortLived.start(folder, "stays", Map.of());
        try (BufferedReader words = parent.inputReader()) {
            long pid = Long.parseLong(words.readLine());
            assertThat(Processes.stopOrphans(Home.at(folder)))
                    .as("it has a parent")
                    .isEmpty();
            assertThat(TestHome.runs(pid)).isTrue();
            assertThat(Processes.stopAll(Home.at(folder))).contains("short-lived");
            assertThat(words.readLine()).isEqualTo("stopping");
            assertThat(words.readLine()).isEqualTo("stopped");
            assertThat(TestHome.runs(pid)).isFalse();
            assertThat(parent.waitFor()).isEqualTo(143);
        } finally {
            parent.destroyForcibly();
        }
        assertThat(folder.resolve("pids")).isEmptyDirectory();
    }

    @Test
    void aStalePidFileCostsNoStrangerItsLife() throws Exception {
        Home home = Home.at(folder);
        try (Child stranger =
                Processes.spawn(home, "stranger", List.of("sleep", "600"), home.log("stranger"), Map.of())) {
            ProcessId id = ProcessId.of(stranger.pid()).orElseThrow();
            Path file = TestHome.pidFile(home, stranger.pid()).orElseThrow();
            Files.writeString(
                    file,
                    Files.readString(file).replace(" " + id.startTicks() + " ", " " + (id.startTicks() - 1) + " "));
            assertThat(Processes.stopAll(home)).isEmpty();
            assertThat(stranger.alive()).isTrue();
        }
    }

    @Test
    void aChildHasASessionOfItsOwnSoThatCtrlCDoesNotReachIt() throws Exception {
        Home home = Home.at(folder);
        try (Child child = Processes.spawn(home, "sleeper", List.of("sleep", "600"), home.log("sleeper"), Map.of())) {
            // setsid takes the process over, so the pid is the program's own.
            await().until(() -> Files.readString(Path.of("/proc/" + child.pid() + "/comm"))
                    .trim()
                    .equals("sleep"));
            String[] stat =
                    Files.readString(Path.of("/proc/" + child.pid() + "/stat")).split(" ");
            assertThat(stat[5]).isEqualTo(Long.toString(child.pid()));
        }
    }

    @Test
    void aStalledChildIsLetRunAgainSoThatItEndsInOrder() {
        Home home = Home.at(folder);
        String program = "trap 'echo ended in order; exit' TERM; echo ready; while :; do sleep 0.05; done";
        Child child = Processes.spawn(home, "orderly", List.of("sh", "-c", program), home.log("orderly"), Map.of());
        await().until(() -> Files.readString(child.logFile()).contains("ready"));
        child.stall();
        child.close();
        assertThat(child.alive()).isFalse();
        assertThat(child.logFile()).content().contains("ended in order");
    }

    @Test
    void aProgramThatIsNotThereIsNamed() {
        Home home = Home.at(folder);
        Child child = Processes.spawn(home, "ghost", List.of("/no/such/program"), home.log("ghost"), Map.of());
        assertThatThrownBy(() -> Readiness.await(child, java.time.Duration.ofSeconds(5), () -> false))
                .isInstanceOf(PartUnavailable.class)
                .hasMessageContaining("ghost ended with code")
                .hasMessageContaining("/no/such/program")
                .hasMessageContaining("whole log: " + home.log("ghost"));
        child.close();
    }

    /** The pid of the long process, after its parent has ended in that way. */
    private long lastLongOf(String end) throws Exception {
        Process parent = ShortLived.start(folder, end, Map.of());
        try (BufferedReader words = parent.inputReader()) {
            long pid = Long.parseLong(words.readLine());
            parent.waitFor();
            return pid;
        }
    }
}
