package io.quorate.cli.stack;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Folders as Flink leaves them. */
class CheckpointsTest {

    private static final String FIRST = "00000000000000000000000000000001";
    private static final String SECOND = "00000000000000000000000000000002";

    @TempDir
    private Path folder;

    @Test
    void areNoneWhereNothingRan() throws Exception {
        assertThat(checkpoints().newest()).isEmpty();
        assertThat(checkpoints().newestAt()).isEmpty();
        checkpoints().removeAllButNewest();
    }

    @Test
    void newestIsTheLastThatIsComplete() throws Exception {
        complete(FIRST, 9, 1_000);
        complete(SECOND, 3, 2_000);
        Files.createDirectories(folder.resolve("job").resolve(SECOND).resolve("chk-4"));

        assertThat(checkpoints().newest()).get().asString().endsWith(SECOND + "/chk-3");
        assertThat(checkpoints().newestAt()).get().matches(at -> at.toEpochMilli() == 2_000);
    }

    @Test
    void leaveOnlyTheNewestAndWhatIsNotFlinks() throws Exception {
        complete(FIRST, 9, 1_000);
        complete(SECOND, 3, 2_000);
        Path strangers = Files.createDirectories(folder.resolve("job").resolve("photos"));

        checkpoints().removeAllButNewest();

        assertThat(folder.resolve("job").resolve(FIRST)).doesNotExist();
        assertThat(folder.resolve("job").resolve(SECOND)).exists();
        assertThat(strangers).exists();
    }

    private Checkpoints checkpoints() {
        return Checkpoints.of(folder.toUri().toString(), "job");
    }

    private void complete(String start, int number, long at) throws IOException {
        Path checkpoint =
                Files.createDirectories(folder.resolve("job").resolve(start).resolve("chk-" + number));
        Path metadata = Files.writeString(checkpoint.resolve("_metadata"), "");
        Files.setLastModifiedTime(metadata, FileTime.fromMillis(at));
    }
}
