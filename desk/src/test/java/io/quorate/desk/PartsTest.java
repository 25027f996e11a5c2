package io.quorate.desk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class PartsTest {
    private static final String SHA512_OF_ABC =
            "3a81oZNherrMQXNJriBBMRLm+k6JqX6iCp7u5ktV05ohkpkqJ0/BqDa6PCOj/uu9RU1EI2Q86A4qmslPpUyknw==";

    @TempDir
    Path folder;

    @Test
    void refusesAFileWhoseChecksumIsNotTheOneExpected() throws Exception {
        Path file = Files.writeString(folder.resolve("library.tgz"), "abc");
        assertThatCode(() -> Parts.verify(file, SHA512_OF_ABC)).doesNotThrowAnyException();
        Files.writeString(file, "abd");
        assertThatThrownBy(() -> Parts.verify(file, SHA512_OF_ABC))
                .isInstanceOf(PartUnavailable.class)
                .hasMessageContaining("library.tgz is not the file expected")
                .hasMessageContaining("expected " + SHA512_OF_ABC);
    }

    @Test
    void whatCannotBeHadIsNamedWithTheLineThatBringsIt() throws Exception {
        Process asking = ShortLived.start(folder, "asks-for-etcd", Map.of("PATH", "/nowhere"));
        String words = new String(asking.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(words.trim())
                .isEqualTo(
                        "etcd cannot be had: it is not on PATH and apt-get, which would bring it, is not there either;"
                                + " put etcd on PATH, for example with: apt-get install etcd-server");
    }

    @Test
    @Tag("slow")
    void bringsStraceWithItsLibrariesWhereTheMachineHasNone() throws Exception {
        Path path = Files.createDirectories(folder.resolve("bin"));
        try (Stream<Path> programs = Files.list(Path.of("/usr/bin"))) {
            for (Path program : programs.toList()) {
                if (!program.endsWith("strace")) {
                    Files.createSymbolicLink(path.resolve(program.getFileName()), program);
                }
            }
        }
        Path home = folder.resolve("home");
        Process asking = ShortLived.start(home, "asks-for-strace", Map.of("PATH", path.toString()));
        String words = new String(asking.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(words).contains(home.resolve("parts/strace/usr/bin/strace").toString(), "strace -- version");
        assertThat(words)
                .contains(home.resolve("parts/strace/usr/lib/x86_64-linux-gnu").toString());
        assertThat(home.resolve("parts/strace")).isDirectoryRecursivelyContaining("glob:**/libunwind-ptrace.so*");
    }

    @Test
    @Tag("slow")
    void bringsEveryPartOnceAlsoWhenAskedTwiceAtTheSameTime() {
        List<String> told = java.util.Collections.synchronizedList(new ArrayList<>());
        Parts parts = Parts.of(Home.at(folder), told::add);
        CompletableFuture<Void> other = CompletableFuture.runAsync(parts::all);
        parts.all();
        other.join();
        assertThat(told).doesNotHaveDuplicates().anyMatch(line -> line.contains("ClickHouse"));
        assertThat(parts.etcdctl()).isExecutable();
        assertThat(folder.resolve("downloads")).isEmptyDirectory();
    }
}
