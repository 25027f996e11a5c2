package io.quorate.cli;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import java.util.stream.Stream;

/** The ten plans of faults on which the product is judged. */
final class Plans {

    private Plans() {}

    static Stream<String> names() {
        return Stream.of(
                "storm",
                "kill",
                "partition",
                "partition-with-pre-vote",
                "one-way",
                "slow-disk",
                "hung-disk",
                "rolling-restart",
                "quota",
                "zone");
    }

    /** Where it now stands in this folder. */
    static Path copy(String name, Path folder) throws IOException {
        Path plan = folder.resolve(name + ".yaml");
        if (!Files.exists(plan)) {
            try (InputStream in =
                    Objects.requireNonNull(Plans.class.getResourceAsStream("/plans/" + name + ".yaml"), name)) {
                Files.copy(in, plan);
            }
        }
        return plan;
    }
}
