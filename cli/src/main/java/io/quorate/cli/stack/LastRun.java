package io.quorate.cli.stack;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.quorate.desk.Home;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * What the last {@code quorate run} from this home used, so that later commands find it.
 *
 * @param config the settings file
 * @param kafka host:port of the broker
 * @param embedded whether it was the run's own, which ends with it
 */
public record LastRun(String config, String kafka, boolean embedded) {

    private static final ObjectMapper JSON = new ObjectMapper();

    /** Empty when there never was one. */
    public static Optional<LastRun> of(Home home) {
        Path file = file(home);
        if (!Files.exists(file)) {
            return Optional.empty();
        }
        try {
            return Optional.of(JSON.readValue(file.toFile(), LastRun.class));
        } catch (IOException e) {
            throw new IllegalArgumentException(
                    file + " cannot be read; expected what 'quorate run' wrote; remove it, and give --config", e);
        }
    }

    public void remember(Home home) throws IOException {
        Files.writeString(file(home), JSON.writeValueAsString(this));
    }

    private static Path file(Home home) {
        return home.data().resolve("last-run.json");
    }
}
