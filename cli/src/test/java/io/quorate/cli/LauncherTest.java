package io.quorate.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Runs a copy of the launcher in a checkout of its own, on a PATH that holds only what each test puts there. */
class LauncherTest {

    private static final List<String> BASE_TOOLS = List.of(
            "awk",
            "bash",
            "cat",
            "dirname",
            "env",
            "find",
            "flock",
            "mkdir",
            "mktemp",
            "readlink",
            "rm",
            "sed",
            "tail",
            "touch");
    private static final String JAVA_17 =
            "[[ $1 == -version ]] && echo 'openjdk version \"17.0.15\"' >&2 || echo ran \"$@\"";
    private static final String COVERAGE_TABLE = "cli/target/site/jacoco-aggregate/jacoco.csv";
    private static final String COVERAGE = """
            GROUP,PACKAGE,CLASS,INSTRUCTION_MISSED,INSTRUCTION_COVERED,BRANCH_MISSED,BRANCH_COVERED,LINE_MISSED,LINE_COVERED,COMPLEXITY_MISSED,COMPLEXITY_COVERED,METHOD_MISSED,METHOD_COVERED
            Quorate,io.quorate.events,Alert,0,90,1,9,1,19,0,5,0,5
            Quorate,io.quorate.jobs,Part.new Of(int, int) {...},50,50,5,5,9,11,2,2,1,1
            """;

    @TempDir
    private Path folder;

    private Path checkout;
    private Path bin;

    @BeforeEach
    void layOut() throws IOException {
        checkout = Files.createDirectories(folder.resolve("a checkout"));
        bin = Files.createDirectories(folder.resolve("bin"));
        Files.copy(Path.of("..", "quorate"), checkout.resolve("quorate"), StandardCopyOption.COPY_ATTRIBUTES);
        Files.createDirectories(checkout.resolve("cli/src/main"));
        Files.writeString(checkout.resolve("pom.xml"), "<project/>");
        Files.writeString(checkout.resolve("cli/pom.xml"), "<project/>");
        Files.createDirectories(checkout.resolve("deploy/flink"));
        Files.writeString(checkout.resolve("deploy/flink/pom.xml"), "<project/>");
        for (String tool : BASE_TOOLS) {
            Files.createSymbolicLink(bin.resolve(tool), onPath(tool));
        }
    }

    @Test
    void withoutJavaSaysWhatToInstall() throws Exception {
        Ended ended = launch("doctor");

        assertThat(ended.code()).isEqualTo(3);
        assertThat(ended.errors()).contains("no java found", "apt-get install openjdk-17-jdk-headless");
    }

    @Test
    void refusesAJavaThatIsTooOld() throws Exception {
        put("java", "echo 'openjdk version \"11.0.20\"' >&2");

        Ended ended = launch("doctor");

        assertThat(ended.code()).isEqualTo(3);
        assertThat(ended.errors()).contains("is Java 11", "needs 17 or newer", "set JAVA_HOME");
    }

    @Test
    void withoutACompilerSaysWhatToInstall() throws Exception {
        put("java", JAVA_17);

        Ended ended = launch("doctor");

        assertThat(ended.code()).isEqualTo(3);
        assertThat(ended.errors()).contains("no javac", "apt-get install openjdk-17-jdk-headless");
    }

    @Test
    void withoutMavenSaysWhatToInstall() throws Exception {
        putJdk();

        for (String verb : List.of("doctor", "test")) {
            Ended ended = launch(verb);

            assertThat(ended.code()).isEqualTo(3);
            assertThat(ended.errors()).contains("no mvn found on PATH", "apt-get install maven");
        }
    }

    @Test
    void buildsOnceAndAgainOnlyAfterAChange() throws Exception {
        putJdk();
        put("mvn", "mkdir -p cli/target/quorate/lib");

        assertThat(launch("doctor", "--config", "my quorate.yaml")).satisfies(first -> {
            assertThat(first.errors()).contains("Building Quorate (first time only)");
            assertThat(first.output()).contains("io.quorate.cli.Quorate doctor --config my quorate.yaml");
            assertThat(first.code()).isZero();
        });
        assertThat(launch("doctor").errors()).isEmpty();
        Files.writeString(checkout.resolve("cli/src/main/New.java"), "class New {}");
        assertThat(launch("doctor").errors()).contains("its sources have changed");
        Files.writeString(checkout.resolve("deploy/flink/pom.xml"), "<project></project>");
        assertThat(launch("doctor").errors()).contains("its sources have changed");
    }

    @Test
    void showsTheEndOfABuildThatFailed() throws Exception {
        putJdk();
        put("mvn", "echo 'cannot find symbol'; exit 1");

        Ended ended = launch("doctor");

        assertThat(ended.code()).isEqualTo(3);
        assertThat(ended.errors()).contains("cannot find symbol", "build.log");
    }

    @Test
    void printsTheCoverageOfTheTestsItRan() throws Exception {
        putJdk();
        Files.writeString(folder.resolve("coverage.csv"), COVERAGE);
        put("mvn", """
                echo "mvn $*"
                mkdir -p cli/target/site/jacoco-aggregate
                cat ../coverage.csv >""" + COVERAGE_TABLE);

        Ended ended = launch("test", "-Dtest.included.tags=slow");

        assertThat(ended.output().lines())
                .containsExactly(
                        "mvn -B -ntp verify -Dtest.included.tags=slow", "Coverage: 75.0 % of lines (30 of 40)");
        assertThat(ended.code()).isZero();
    }

    @Test
    void neverPrintsTheCoverageOfAnEarlierRun() throws Exception {
        putJdk();
        put("mvn", "true");
        Path old = checkout.resolve(COVERAGE_TABLE);
        Files.createDirectories(old.getParent());
        Files.writeString(old, COVERAGE);

        Ended ended = launch("test");

        assertThat(ended.output()).isEmpty();
        assertThat(ended.errors()).contains("no coverage figure");
        assertThat(ended.code()).isEqualTo(1);
    }

    @Test
    void failsWhenTheTestsFail() throws Exception {
        putJdk();
        put("mvn", "exit 1");

        Ended ended = launch("test");

        assertThat(ended.code()).isEqualTo(1);
        assertThat(ended.output()).doesNotContain("Coverage");
    }

    private void putJdk() throws IOException {
        put("java", JAVA_17);
        put("javac", "true");
    }

    private void put(String tool, String script) throws IOException {
        Path file = bin.resolve(tool);
        Files.writeString(file, "#!/usr/bin/env bash\n" + script + "\n");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    private Ended launch(String... arguments) throws Exception {
        Path output = folder.resolve("output");
        Path errors = folder.resolve("errors");
        ProcessBuilder process = new ProcessBuilder(
                Stream.concat(Stream.of(checkout.resolve("quorate").toString()), Stream.of(arguments))
                        .toList());
        process.environment().clear();
        process.environment().put("PATH", bin.toString());
        process.redirectOutput(output.toFile()).redirectError(errors.toFile());
        Process running = process.start();
        assertThat(running.waitFor(20, TimeUnit.SECONDS)).isTrue();
        return new Ended(running.exitValue(), Files.readString(output), Files.readString(errors));
    }

    private static Path onPath(String tool) {
        return Stream.of(System.getenv("PATH").split(File.pathSeparator, -1))
                .map(place -> Path.of(place, tool))
                .filter(Files::isExecutable)
                .findFirst()
                .orElseThrow(() -> new IllegalStateException(tool + " is not on PATH; the launcher needs it"));
    }

    private record Ended(int code, String output, String errors) {}
}
