package io.quorate.cli.demo;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DemoFolderTest {

    private final List<String> said = new ArrayList<>();

    @TempDir
    private Path data;

    @Test
    void removesWhatAKilledDemoHasLeftAndSaysHowMuch() throws IOException {
        killed("demo-1");
        killed("demo-2");
        DemoFolder.sweep(data, said::add);
        assertThat(data.resolve("demo-1")).doesNotExist();
        assertThat(data.resolve("demo-2")).doesNotExist();
        assertThat(said).containsExactly("Removed what 2 killed demos had left in " + data + ": 4 MB");
    }

    @Test
    void leavesADemoThatGoesOn() throws IOException {
        try (DemoFolder other = DemoFolder.make(data)) {
            Files.writeString(other.path().resolve("log"), "written");
            DemoFolder.sweep(data, said::add);
            assertThat(other.path().resolve("log")).exists();
        }
        assertThat(said).isEmpty();
    }

    @Test
    void leavesWhatIsNoDemos() throws IOException {
        Files.createDirectories(data.resolve("kafka"));
        Files.writeString(data.resolve("demo-notes.txt"), "mine");
        DemoFolder.sweep(data, said::add);
        assertThat(data.resolve("kafka")).exists();
        assertThat(data.resolve("demo-notes.txt")).exists();
        assertThat(said).isEmpty();
    }

    @Test
    void goesAwayWithItsDemoOnceOrMoreOften() throws IOException {
        DemoFolder folder = DemoFolder.make(data);
        Files.createDirectories(folder.path().resolve("data/kafka"));
        folder.close();
        folder.close();
        assertThat(folder.path()).doesNotExist();
    }

    private void killed(String name) throws IOException {
        Path inside = Files.createDirectories(data.resolve(name).resolve("data/kafka"));
        Files.write(inside.resolve("0.log"), new byte[2_000_000]);
        Files.createFile(data.resolve(name).resolve("demo.lock"));
    }
}
