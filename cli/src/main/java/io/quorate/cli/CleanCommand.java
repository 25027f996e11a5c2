package io.quorate.cli;

import io.quorate.desk.Home;
import io.quorate.desk.Processes;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import picocli.CommandLine.Command;

/** Stops what was started from here, and removes the local state. */
@Command(
        name = "clean",
        mixinStandardHelpOptions = true,
        description = "Stop what was started from here and remove .quorate/.")
final class CleanCommand implements Callable<Integer> {

    /** What stands in a home. */
    private static final Set<String> OURS =
            Set.of("downloads", "parts", "data", "logs", "pids", "apt", "npm", "build.lock");

    @Override
    public Integer call() throws IOException {
        Home home = Home.current();
        List<String> stopped = Processes.stopAll(home);
        if (Files.exists(home.root())) {
            refuseStrangers(home.root());
            delete(home.root());
        }
        System.out.println((stopped.isEmpty() ? "Nothing was running" : "Stopped " + String.join(", ", stopped))
                + "; removed " + home.root());
        return 0;
    }

    /** QUORATE_HOME may point anywhere: what Quorate did not make is not Quorate's to remove. */
    static void refuseStrangers(Path root) throws IOException {
        try (Stream<Path> inside = Files.list(root)) {
            List<String> strangers = inside.map(path -> path.getFileName().toString())
                    .filter(name -> !OURS.contains(name.replaceFirst("^apt-.*", "apt")) && !name.startsWith("quorate."))
                    .sorted()
                    .toList();
            if (!strangers.isEmpty()) {
                throw new IllegalArgumentException(root + " holds what Quorate did not make (" + strangers.get(0)
                        + "); expected only its own; check QUORATE_HOME, or remove the folder by hand");
            }
        }
    }

    private static void delete(Path folder) throws IOException {
        try (Stream<Path> all = Files.walk(folder)) {
            all.sorted(Comparator.reverseOrder()).forEach(path -> {
                try {
                    Files.deleteIfExists(path);
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            });
        }
    }
}
