package io.quorate.cli.demo;

import io.quorate.desk.Home;
import io.quorate.desk.Parts;
import io.quorate.desk.Platform;
import io.quorate.desk.Processes;
import io.quorate.rules.yaml.Durations;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Everything on this machine, faults included. */
@Command(
        name = "demo",
        mixinStandardHelpOptions = true,
        description = "Show all of it on this machine: a real etcd cluster, faults included.")
public final class DemoCommand implements Callable<Integer> {

    @Option(
            names = "--for",
            defaultValue = "180s",
            paramLabel = "DURATION",
            description = "How long, counted from ready (default: ${DEFAULT-VALUE}).")
    private String length = "180s";

    @Option(names = "--report", paramLabel = "FILE", description = "Write what was done and seen, as JSON.")
    private @Nullable Path report;

    @Option(names = "--keep", paramLabel = "DIR", description = "Leave data and logs there; it must not exist yet.")
    private @Nullable Path keep;

    @Override
    public Integer call() throws Exception {
        Duration wanted = Durations.parse(length);
        if (keep != null && Files.exists(keep) && !isEmpty(keep)) {
            throw new IllegalArgumentException("--keep " + keep + " is not empty; expected a folder that is new");
        }
        Platform.check();
        Home home = Home.current();
        Processes.stopOrphans(home);
        Processes.announce(home, "demo");
        Parts.of(home, System.out::println).all();
        Path state = keep != null ? keep : Files.createTempDirectory(home.data(), "demo-");
        Screen screen = System.console() != null ? Screen.page(System.out) : Screen.lines(System.out);
        try (Demo demo = new Demo(home.withState(state), screen)) {
            Processes.beforeStop(() -> end(demo, state));
            return demo.run(wanted, report) ? 0 : 1;
        } finally {
            removeUnlessKept(state);
        }
    }

    /** On Ctrl-C. */
    private void end(Demo demo, Path state) {
        try {
            demo.close();
        } finally {
            removeUnlessKept(state);
        }
    }

    private void removeUnlessKept(Path state) {
        if (keep != null || !Files.exists(state)) {
            return;
        }
        try (Stream<Path> all = Files.walk(state)) {
            for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(path);
            }
        } catch (IOException e) {
            System.err.println("quorate: " + state + " could not be removed (" + e + "); quorate clean removes it");
        }
    }

    private static boolean isEmpty(Path folder) throws IOException {
        try (Stream<Path> inside = Files.list(folder)) {
            return inside.findAny().isEmpty();
        }
    }
}
