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

    private volatile @Nullable Demo demo;
    private volatile @Nullable DemoFolder folder;

    /** Told to end from outside: nothing that fails from then on is worth a word. */
    private volatile boolean stopping;

    /** Come to its own end, good or bad. */
    private volatile boolean over;

    @Override
    public Integer call() throws Exception {
        Duration wanted = Durations.parse(length);
        if (keep != null && Files.exists(keep) && !isEmpty(keep)) {
            throw new IllegalArgumentException("--keep " + keep + " is not empty; expected a folder that is new");
        }
        Platform.check();
        Home home = Home.current();
        Screen screen = System.console() != null ? Screen.page(System.out) : Screen.lines(System.out);
        screen.say(takes(wanted));
        Processes.beforeStop(() -> stop(screen));
        Processes.afterStop(this::removeFolder);
        try {
            return run(home, screen, wanted);
        } catch (Exception e) {
            if (stopping) {
                return 1;
            }
            throw e;
        } finally {
            over = true;
            if (!stopping) {
                removeFolder();
            }
        }
    }

    private int run(Home home, Screen screen, Duration wanted) throws Exception {
        Processes.stopOrphans(home);
        DemoFolder.sweep(home.data(), screen::say);
        Processes.announce(home, "demo");
        Parts.of(home, screen::say).all();
        try (Demo running = new Demo(home.withState(state(home)), screen)) {
            demo = running;
            return !stopping && running.run(wanted, report) ? 0 : 1;
        }
    }

    private Path state(Home home) throws IOException {
        if (keep != null) {
            return keep;
        }
        DemoFolder made = DemoFolder.make(home.data());
        folder = made;
        return made.path();
    }

    /** The start and the end take most of a minute. */
    static String takes(Duration wanted) {
        long minutes = Math.max(1, Math.round((wanted.toSeconds() + 50) / 60.0));
        return "This takes about " + minutes + (minutes == 1 ? " minute" : " minutes")
                + " and ends by itself; Ctrl-C ends it sooner (--for " + wanted.toSeconds()
                + "s, counted from ready)";
    }

    /** On Ctrl-C, while the parts still live. */
    private void stop(Screen screen) {
        if (over) {
            return;
        }
        stopping = true;
        Demo running = demo;
        screen.stopped(running == null ? null : running.soFar());
        if (running != null) {
            running.close();
        }
    }

    private void removeFolder() {
        DemoFolder made = folder;
        if (made == null) {
            return;
        }
        try {
            made.close();
        } catch (IOException e) {
            System.err.println("quorate: " + made.path() + " could not be removed (" + e
                    + "); the next demo or quorate clean removes it");
        }
    }

    private static boolean isEmpty(Path folder) throws IOException {
        try (Stream<Path> inside = Files.list(folder)) {
            return inside.findAny().isEmpty();
        }
    }
}
