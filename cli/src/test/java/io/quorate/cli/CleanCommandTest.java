package io.quorate.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CleanCommandTest {

    @Test
    void leavesAFolderAloneThatHoldsWhatQuorateDidNotMake(@TempDir Path folder) throws Exception {
        Files.createDirectory(folder.resolve("data"));
        Files.writeString(folder.resolve("thesis.txt"), "years of work");

        assertThatIllegalArgumentException()
                .isThrownBy(() -> CleanCommand.refuseStrangers(folder))
                .withMessageContaining("thesis.txt")
                .withMessageContaining("QUORATE_HOME");
        Files.delete(folder.resolve("thesis.txt"));
        CleanCommand.refuseStrangers(folder);
        assertThat(folder.resolve("data")).exists();
    }
}
