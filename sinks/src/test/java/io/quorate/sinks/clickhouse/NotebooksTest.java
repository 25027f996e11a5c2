package io.quorate.sinks.clickhouse;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.apache.flink.test.junit5.MiniClusterExtension;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** The notebooks, executed against the seeded fleet; what they say is counted again from the single observations. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class NotebooksTest {

    @RegisterExtension
    static final MiniClusterExtension FLINK = new MiniClusterExtension();

    private static final Path NOTEBOOKS = Path.of("../notebooks");
    private static final String PYTHON = "/usr/bin/python3";
    private static final String BRING = "apt-get install --no-install-recommends python3-nbconvert python3-ipykernel"
            + " python3-pandas python3-matplotlib";

    private final SeededFleet fleet = new SeededFleet();
    private ClickHouseSettings settings;

    @TempDir
    Path folder;

    @BeforeAll
    void fill() throws Exception {
        settings = Engine.databaseFor(NotebooksTest.class);
        fleet.saveTo(settings);
    }

    @Test
    void tellTheMergedP99FromTheMeanOfP99s() throws Exception {
        String page = execute("p99_merged_or_averaged");

        // The case of which everything is known: a mean ten times too small, and bounds that hold the truth.
        double truth = figure(page, "true p99 of all fsyncs: ([0-9.]+) ms");
        assertThat(truth).isBetween(150.0, 185.0);
        assertThat(figure(page, "mean of the clusters' p99: ([0-9.]+) ms")).isBetween(14.0, 18.0);
        assertThat(page).contains("p99 of the merged buckets: in (128, 256] ms");

        // The seeded fleet: red, with two layouts, meets the others on 8, 32 and 512 ms.
        List<Double> all = fleet.fsyncs.values().stream()
                .flatMap(members -> members.values().stream())
                .flatMap(List::stream)
                .sorted()
                .toList();
        double p99 = all.get((int) Math.ceil(0.99 * all.size()) - 1);
        assertThat(page).contains("3 clusters, " + all.size() + " fsyncs");
        double above = figure(page, "your merged buckets: in \\(([0-9.]+),");
        double atMost = figure(page, "your merged buckets: in \\([0-9.]+, ([0-9.]+)\\] ms");
        assertThat(List.of(above, atMost)).containsExactly(32.0, 512.0);
        assertThat(p99 * 1000).isBetween(above, atMost);
    }

    @Test
    void nameTheSlowDiskAndWhatCannotBeDecided() throws Exception {
        String page = execute("which_disks_are_too_slow");

        List<Double> bad = fleet.fsyncs.get("green").get("m2");
        long slow = bad.stream().filter(observed -> observed > 0.032).count();
        assertThat(page)
                .contains("slowest: green m2, " + slow + " of " + bad.size()
                        + " fsyncs took longer than 32 ms: level critical");
        Matcher verdicts = Pattern.compile("p99 at most 10 ms [^:]*: (\\d+) kept, (\\d+) cannot be told, (\\d+) missed")
                .matcher(page);
        assertThat(verdicts.find()).isTrue();
        // Of each member, by its own sorted fsyncs and the edges of its buckets around 10 ms.
        int[] expected = new int[3];
        fleet.fsyncs.forEach((cluster, members) -> members.forEach((member, seen) -> {
            double p99 = seen.stream().sorted().toList().get((int) Math.ceil(0.99 * seen.size()) - 1);
            boolean other = cluster.equals("red") && member.equals("m3");
            expected[p99 <= 0.008 ? 0 : p99 <= (other ? 0.032 : 0.016) ? 1 : 2]++;
        }));
        assertThat(List.of(verdicts.group(1), verdicts.group(2), verdicts.group(3)))
                .containsExactly("" + expected[0], "" + expected[1], "" + expected[2]);
    }

    /** What a run has left in a notebook is neither read nor kept. */
    @Test
    void areCommittedWithoutOutputs() throws IOException {
        try (Stream<Path> files = Files.list(NOTEBOOKS)) {
            List<Path> notebooks =
                    files.filter(file -> file.toString().endsWith(".ipynb")).toList();
            assertThat(notebooks)
                    .hasSize(2)
                    .allSatisfy(notebook -> assertThat(Files.readString(notebook))
                            .contains("\"outputs\": []")
                            .doesNotContain("\"output_type\"")
                            .doesNotContainPattern("\"execution_count\": \\d"));
        }
    }

    /** The text of the executed notebook as a page. */
    private String execute(String notebook) throws IOException, InterruptedException {
        run(folder.resolve("imports.log"), BRING, "-c", "import nbconvert, ipykernel, pandas, matplotlib");
        run(
                folder.resolve(notebook + ".log"),
                "",
                "-m",
                "nbconvert",
                "--to",
                "html",
                "--execute",
                "--output-dir",
                folder.toAbsolutePath().toString(),
                notebook + ".ipynb");
        return Files.readString(folder.resolve(notebook + ".html"))
                .replaceAll("<[^>]+>", "")
                .replace("&#39;", "'")
                .replace("&gt;", ">");
    }

    private void run(Path log, String bring, String... arguments) throws IOException, InterruptedException {
        ProcessBuilder python = new ProcessBuilder(
                        Stream.concat(Stream.of(PYTHON), Stream.of(arguments)).toList())
                .directory(NOTEBOOKS.toFile())
                .redirectErrorStream(true)
                .redirectOutput(log.toFile());
        Map<String, String> environment = python.environment();
        environment.put("QUORATE_CLICKHOUSE", settings.url());
        environment.put("QUORATE_DATABASE", settings.database());
        // The kernel is the first python3 on the path, and must be the one that has the packages.
        environment.put("PATH", "/usr/bin:/bin");
        environment.put("HOME", folder.toAbsolutePath().toString());
        Process process = python.start();
        assertThat(process.waitFor(5, TimeUnit.MINUTES)).as("ended in time").isTrue();
        assertThat(process.exitValue())
                .as("%s %s; %s%n%s", PYTHON, List.of(arguments), bring, Files.readString(log))
                .isZero();
    }

    private static double figure(String page, String pattern) {
        Matcher matcher = Pattern.compile(pattern).matcher(page);
        assertThat(matcher.find()).as(pattern).isTrue();
        return Double.parseDouble(matcher.group(1));
    }
}
