package io.quorate.cli.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import io.quorate.desk.Home;
import io.quorate.sinks.clickhouse.ClickHouseClient;
import io.quorate.sinks.clickhouse.ClickHouseSettings;
import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The README's commands, as they stand there, in a copy of the sources that has never been built. */
@Tag("slow")
class ReadmeTest {

    private static final Path CHECKOUT = Path.of("..").toAbsolutePath().normalize();
    private static final Set<String> LEFT_OUT = Set.of("target", ".quorate", ".git");

    @TempDir
    private Path folder;

    private Path copy;
    private Home home;
    private String readme;

    @BeforeEach
    void copySources() throws Exception {
        copy = folder.resolve("quorate");
        home = RunningQuorate.freshHome(folder.resolve("home"));
        readme = Files.readString(CHECKOUT.resolve("README.md"));
        Files.walkFileTree(CHECKOUT, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult preVisitDirectory(Path from, BasicFileAttributes attributes) throws IOException {
                if (LEFT_OUT.contains(from.getFileName().toString())) {
                    return FileVisitResult.SKIP_SUBTREE;
                }
                Files.createDirectories(inCopy(from));
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFile(Path from, BasicFileAttributes attributes) throws IOException {
                Files.copy(from, inCopy(from), StandardCopyOption.COPY_ATTRIBUTES);
                return FileVisitResult.CONTINUE;
            }
        });
    }

    private Path inCopy(Path from) {
        return copy.resolve(CHECKOUT.relativize(from).toString());
    }

    @Test
    void carriesNoPlaceholder() {
        assertThat(readme).doesNotContain("EXAMPLE", "TODO");
    }

    @Test
    void demoRunsAsTheQuickStartSays() throws Exception {
        List<String> commands =
                block("sh", 0).lines().map(ReadmeTest::uncommented).toList();
        assertThat(commands).containsExactly("./quorate demo", "./quorate run --config quorate.yaml");

        Ended demo = end(start(commands.get(0)), 15);

        assertThat(demo.code()).as(demo.said()).isZero();
        assertThat(demo.said()).contains("Building Quorate (first time only)", "Ready after", ", 0 differ");
    }

    @Test
    void ownClustersShowTheirWindowsAsTheReadmeSays() throws Exception {
        try (Watched watched = Watched.start(folder.resolve("watched"))) {
            Files.writeString(copy.resolve("quorate.yaml"), watched.inPlaceOfExamples(block("yaml", 0)));
            List<String> commands =
                    block("sh", 1).lines().map(ReadmeTest::uncommented).toList();
            assertThat(commands)
                    .containsExactly("./quorate doctor --config quorate.yaml", "./quorate run --config quorate.yaml");

            Ended doctor = end(start(commands.get(0)), 10);
            assertThat(doctor.code()).as(doctor.said()).isZero();

            Started run = start(commands.get(1));
            try {
                Awaitility.await()
                        .atMost(5, TimeUnit.MINUTES)
                        .until(() -> run.said().contains("Running.")
                                || !run.process().isAlive());
                Matcher clickhouse =
                        Pattern.compile("ClickHouse +(http://\\S+)/play").matcher(run.said());
                assertThat(clickhouse.find()).as(run.said()).isTrue();
                ClickHouseClient client = new ClickHouseClient(ClickHouseSettings.at(clickhouse.group(1)));
                Awaitility.await()
                        .atMost(2, TimeUnit.MINUTES)
                        .untilAsserted(() -> assertThat(client.execute(
                                                "SELECT count(DISTINCT member) FROM quorate.member_quantile FORMAT TSV")
                                        .strip())
                                .isEqualTo("3"));
            } finally {
                run.process().destroy();
            }
            assertThat(run.process().waitFor(60, TimeUnit.SECONDS)).isTrue();
        }
    }

    /** The text of the n-th block in that language. */
    private String block(String language, int number) {
        Matcher blocks =
                Pattern.compile("```" + language + "\n(.*?)```", Pattern.DOTALL).matcher(readme);
        for (int i = 0; i <= number; i++) {
            assertThat(blocks.find())
                    .as("a " + language + " block in the README")
                    .isTrue();
        }
        return blocks.group(1).strip();
    }

    private static String uncommented(String line) {
        return line.replaceFirst("\\s+#.*", "").strip();
    }

    private record Started(Process process, Path told) {
        String said() throws IOException {
            return Files.readString(told);
        }
    }

    private record Ended(int code, String said) {}

    private Started start(String command) throws IOException {
        Path told = Files.createTempFile(folder, "told", ".txt");
        ProcessBuilder builder = new ProcessBuilder("bash", "-c", "exec " + command)
                .directory(copy.toFile())
                .redirectErrorStream(true)
                .redirectOutput(told.toFile());
        builder.environment().put("QUORATE_HOME", home.root().toString());
        return new Started(builder.start(), told);
    }

    private static Ended end(Started started, int minutes) throws Exception {
        assertThat(started.process().waitFor(minutes, TimeUnit.MINUTES))
                .as(started.said())
                .isTrue();
        return new Ended(started.process().exitValue(), started.said());
    }
}
