package io.quorate.desk;

import java.nio.file.Path;
import java.util.Optional;

/** The home that tests share for downloads, with data and logs of each test in a folder of its own. */
final class TestHome {
    private TestHome() {}

    static Home in(Path folder) {
        return Home.current().withState(folder);
    }

    static boolean runs(long pid) {
        return ProcessId.of(pid).isPresent();
    }

    static Optional<Path> pidFile(Home home, long pid) {
        try (var files = java.nio.file.Files.list(home.pids())) {
            return files.filter(file -> file.toString().endsWith("." + pid + ".pid"))
                    .findFirst();
        } catch (java.io.IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }
}
