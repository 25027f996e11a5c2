package io.quorate.desk;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * The folder of local state, {@code .quorate/}: downloads, unpacked parts, data, logs and pid files.
 *
 * <p>Pid files always stay under the root, also when data and logs go elsewhere, so that a clean-up finds every process.
 */
public record Home(Path root, Path state) {
    public Home {
        root = root.toAbsolutePath().normalize();
        state = state.toAbsolutePath().normalize();
    }

    public static Home at(Path root) {
        return new Home(root, root);
    }

    /** QUORATE_HOME, else {@code .quorate/} beside the nearest launcher upwards of here, else {@code .quorate/} here. */
    public static Home current() {
        return current(System.getenv("QUORATE_HOME"), Path.of("").toAbsolutePath());
    }

    static Home current(@Nullable String setting, Path here) {
        if (setting != null && !setting.isBlank()) {
            return at(Path.of(setting));
        }
        for (Path folder = here; folder != null; folder = folder.getParent()) {
            if (Files.isRegularFile(folder.resolve("quorate")) && Files.isRegularFile(folder.resolve("pom.xml"))) {
                return at(folder.resolve(".quorate"));
            }
        }
        return at(here.resolve(".quorate"));
    }

    /** The same downloads, parts and pid files, but data and logs under another folder (a kept demo, a test). */
    public Home withState(Path folder) {
        return new Home(root, folder);
    }

    public Path downloads() {
        return made(root.resolve("downloads"));
    }

    public Path parts() {
        return made(root.resolve("parts"));
    }

    public Path pids() {
        return made(root.resolve("pids"));
    }

    public Path data() {
        return made(state.resolve("data"));
    }

    public Path logs() {
        return made(state.resolve("logs"));
    }

    Path data(String name) {
        return made(data().resolve(name));
    }

    Path log(String name) {
        Path log = logs().resolve(name + ".log");
        made(log.resolveSibling("."));
        return log.normalize();
    }

    static Path made(Path folder) {
        try {
            return Files.createDirectories(folder.normalize());
        } catch (IOException e) {
            throw new UncheckedIOException(
                    folder + " cannot be made; check that it is writable or set QUORATE_HOME", e);
        }
    }
}
