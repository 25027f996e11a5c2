package io.quorate.cli.cluster.etcd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.quorate.desk.Home;
import io.quorate.desk.PartUnavailable;
import io.quorate.desk.Processes;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a start is refused for before anything is started. A cluster "runs" here where this very process says that it keeps it. */
class StartingTest {

    @TempDir
    Path folder;

    private Home home;

    @BeforeEach
    void open() {
        home = Home.at(folder);
    }

    @Test
    void beginsWhereNothingIs() {
        assertThatCode(() -> starting("local", 3, 23_790, false).check()).doesNotThrowAnyException();
    }

    @Test
    void goesOnWithDataOfTheSameLayoutOnly() throws Exception {
        left(new Layout("local", 3, 23_790, false));

        assertThatCode(() -> starting("local", 3, 23_790, false).check()).doesNotThrowAnyException();
        assertThatThrownBy(() -> starting("local", 5, 23_790, false).check())
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContainingAll(
                        "go on: quorate cluster etcd start 3;", "quorate cluster etcd clean", "etcd restart 5");
        assertThatThrownBy(() -> starting("local", 3, 23_790, true).check())
                .hasMessageContainingAll("3 members on ports 23790 to 23798 in TLS cannot go on")
                .hasMessageNotContaining("restart");
        assertThatThrownBy(() -> starting("local", 3, 24_000, false).check())
                .hasMessageContaining("24000 to 24008 cannot go on");
    }

    @Test
    void refusesASecondOneOfTheSameName() throws Exception {
        runs(new Layout("local", 3, 23_790, false));

        assertThatThrownBy(() -> starting("local", 3, 23_790, false).check())
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContainingAll("local runs already", "quorate cluster etcd stop", "--name another");
    }

    @Test
    void refusesPortsOfAnotherThatRunsAndNamesFreeOnes() throws Exception {
        runs(new Layout("local", 3, 23_790, false));

        assertThatThrownBy(() -> starting("other", 1, 23_798, false).check())
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContainingAll("overlap those of etcd cluster local", "--base-port 23799");
        assertThatCode(() -> starting("other", 1, 23_799, false).check()).doesNotThrowAnyException();
    }

    @Test
    void mayHaveThePortsOfOneThatIsStopped() throws Exception {
        left(new Layout("local", 3, 23_790, false));

        assertThatCode(() -> starting("other", 3, 23_790, false).check()).doesNotThrowAnyException();
    }

    @Test
    void refusesASettingsFileThatHasNoFolder() {
        KeptEtcd cluster = new KeptEtcd(home, "local");
        Starting starting =
                new Starting(cluster, new Layout("local", 3, 23_790, false), folder.resolve("nowhere/quorate.yaml"));

        assertThatThrownBy(starting::check)
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContainingAll("--settings", "nowhere", "make it");
    }

    @Test
    void refusesNamesThatMakeNoFolder() {
        assertThatThrownBy(() -> new KeptEtcd(home, "../etc"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContainingAll("--name ../etc", "expected a lower-case letter");
    }

    @Test
    void knowsNoClusterThatWasNeverStartedAndNamesThoseThatWere() throws Exception {
        left(new Layout("other", 1, 23_790, false));
        KeptEtcd local = new KeptEtcd(home, "local");

        assertThatThrownBy(local::running)
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContainingAll("no etcd cluster local", "there are: other", "quorate cluster etcd start 3");
        assertThat(KeptEtcd.all(home)).extracting(KeptEtcd::name).containsExactly("other");
    }

    @Test
    void saysOfOneThatIsStoppedHowToStartIt() throws Exception {
        left(new Layout("other", 5, 24_000, true));

        assertThatThrownBy(() -> new KeptEtcd(home, "other").running())
                .isInstanceOf(PartUnavailable.class)
                .hasMessageContaining("start it: quorate cluster etcd start 5 --name other --base-port 24000 --tls");
    }

    private Starting starting(String name, int members, int basePort, boolean tls) {
        return new Starting(
                new KeptEtcd(home, name), new Layout(name, members, basePort, tls), folder.resolve("quorate.yaml"));
    }

    private void left(Layout layout) throws IOException {
        Path data = Files.createDirectories(new KeptEtcd(home, layout.name()).folder());
        Files.writeString(data.resolve("layout.json"), new ObjectMapper().writeValueAsString(layout));
    }

    private void runs(Layout layout) throws IOException {
        left(layout);
        Processes.announce(home, new KeptEtcd(home, layout.name()).keeper().name());
    }
}
