package io.quorate.cli.cluster.etcd;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LogTailTest {

    @TempDir
    Path folder;

    private Path log;

    @BeforeEach
    void name() {
        log = folder.resolve("m1.log");
    }

    @Test
    void tellsTheLastLinesThenWhatIsAdded() throws Exception {
        Files.writeString(log, "one\ntwo\nthree\n");
        LogTail tail = new LogTail(log);

        assertThat(tail.last(2)).containsExactly("two", "three");
        assertThat(tail.added()).isEmpty();
        add("four\nfive\n");
        assertThat(tail.added()).containsExactly("four", "five");
    }

    @Test
    void tellsALineOnlyWhenItIsWhole() throws Exception {
        Files.writeString(log, "one\nhalf");
        LogTail tail = new LogTail(log);

        assertThat(tail.last(10)).containsExactly("one");
        add(" of it \u2713\n");
        assertThat(tail.added()).containsExactly("half of it \u2713");
    }

    @Test
    void waitsForALogThatIsNotThereYet() throws Exception {
        LogTail tail = new LogTail(log);

        assertThat(tail.last(10)).isEmpty();
        assertThat(tail.added()).isEmpty();
        Files.writeString(log, "one\n");
        assertThat(tail.added()).containsExactly("one");
    }

    @Test
    void readsALogThatWasBegunAnewFromItsStart() throws Exception {
        Files.writeString(log, "one\ntwo\n");
        LogTail tail = new LogTail(log);
        tail.last(10);

        Files.writeString(log, "anew\n");
        assertThat(tail.added()).containsExactly("anew");
    }

    private void add(String text) throws IOException {
        Files.writeString(log, text, StandardOpenOption.APPEND);
    }
}
