package io.quorate.cli.cluster.etcd;

import io.quorate.desk.Parts;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** The start of a cluster, and what is told of it. */
record Starting(KeptEtcd cluster, Layout layout, Path settings) {

    private static final double MILLIS = 1_000;

    /** Refuses what is known beforehand not to go well. */
    void check() {
        List<String> problems = new ArrayList<>();
        if (cluster.keeper().pid().isPresent()) {
            problems.add("etcd cluster " + cluster.name() + " runs already ("
                    + cluster.known().words() + "); look at it: "
                    + cluster.line("status") + "; end it: " + cluster.line("stop") + "; or start another: "
                    + "--name another");
        }
        cluster.layout()
                .filter(data -> !data.equals(layout))
                .ifPresent(data -> problems.add("the data of etcd cluster "
                        + cluster.name() + " are those of " + data.words() + ", and " + layout.words()
                        + " cannot go on with them; go on: " + data.line() + "; or remove them: "
                        + cluster.line("clean")
                        + (data.members() == layout.members()
                                ? ""
                                : "; or begin anew at another size: " + cluster.line("restart " + layout.members()))));
        refuse(problems);
        checkBesideOthers();
    }

    /** The same for one that is about to be removed. */
    void checkBesideOthers() {
        List<String> problems = new ArrayList<>();
        refuseOverlap(problems);
        Path folder = settings.toAbsolutePath().getParent();
        if (folder != null && !Files.isDirectory(folder)) {
            problems.add(
                    "--settings " + settings + ": there is no folder " + folder + "; make it, or name another file");
        }
        refuse(problems);
    }

    private static void refuse(List<String> problems) {
        if (!problems.isEmpty()) {
            throw new IllegalArgumentException(String.join("\n", problems));
        }
    }

    /** A cluster that is stopped may have the same ports: only one of the two can run. */
    private void refuseOverlap(List<String> problems) {
        List<Layout> running = KeptEtcd.all(cluster.home()).stream()
                .filter(other -> !other.name().equals(cluster.name()))
                .filter(other -> other.keeper().pid().isPresent())
                .flatMap(other -> other.layout().stream())
                .toList();
        int free = running.stream().mapToInt(Layout::lastPort).max().orElse(0) + 1;
        running.stream()
                .filter(layout::overlaps)
                .forEach(other -> problems.add("ports " + layout.basePort() + " to " + layout.lastPort()
                        + " overlap those of etcd cluster " + other.name() + ", which runs: " + other.words()
                        + "; set --base-port " + free + ", or end it: " + KeptEtcd.line("stop", other.name())));
    }

    /** Starts it, checked before. */
    void run() throws IOException, InterruptedException {
        if (layout.even()) {
            System.err.println("quorate: " + layout.members() + " members bear the loss of " + layout.bears()
                    + ", no more than " + (layout.members() - 1) + " do, and need one more for every write; "
                    + "an odd number is better");
        }
        boolean goesOn = cluster.layout().isPresent();
        // Here, where its progress can be told, and not in the process that is about to begin.
        Parts.of(cluster.home(), System.err::println).etcd();
        long begun = System.nanoTime();
        cluster.begin(layout);
        System.out.println("etcd cluster " + cluster.name() + (goesOn ? " goes on with its data: " : " runs: ")
                + layout.words() + ", ready in "
                + String.format(
                        Locale.ROOT,
                        "%.1f s",
                        Duration.ofNanos(System.nanoTime() - begun).toMillis() / MILLIS)
                + ", kept by pid "
                + cluster.keeper().pid().map(String::valueOf).orElse("none"));
        for (Map.Entry<String, String> endpoint : layout.endpoints().entrySet()) {
            System.out.println("  " + endpoint.getKey() + "  " + endpoint.getValue());
        }
        if (layout.tls()) {
            System.out.println("  certificates: " + cluster.certificates().folder());
        }
        new SettingsSection(cluster, layout).writeUnlessThere(settings).forEach(System.out::println);
        System.out.println("Look: " + cluster.line("status") + "; use: " + cluster.line("shell") + "; end: "
                + cluster.line("stop"));
    }
}
