package io.quorate.jobs.settings;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.quorate.rules.yaml.InvalidYaml;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Files that are no settings, and whatever else a hand that slips makes of one. */
class SpoiltSettingsTest extends OnSettings {

    /** Files that are no settings at all; each is one problem. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "ingest: [|not YAML",
                "'ingest:\n  etcd: x\n prometheus: y'|not YAML",
                "'ingest: \"open'|not YAML",
                "'\tingest: x'|not YAML",
                "'ingest: \u0001'|not YAML",
                "'# nothing but this'|empty; expected",
                "'---'|empty; expected",
                "null|empty; expected",
                "'just text'|the file does not fit (not repeated, as it may hold a secret); expected settings",
                "'ingest: &a [*a, *a]'|an alias"
            })
    void isAFileThatIsNone(String text, String told) throws Exception {
        assertThat(problems(text))
                .anySatisfy(problem -> assertThat(problem.message()).contains(told));
        if (!told.equals("an alias")) {
            assertThat(problems(text)).hasSize(1);
        }
    }

    @Test
    void areAliasesThatWouldGrow() throws Exception {
        StringBuilder bomb = new StringBuilder("a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n");
        for (int i = 1; i < 12; i++) {
            bomb.append("a").append(i).append(": &a").append(i).append(" [");
            bomb.append(("*a" + (i - 1) + ", ").repeat(9))
                    .append("*a")
                    .append(i - 1)
                    .append("]\n");
        }
        assertThat(problems(bomb.toString()))
                .hasSizeLessThan(200)
                .filteredOn(problem -> problem.message().startsWith("an alias"))
                .hasSize(11);
    }

    @Test
    void areFilesThatCannotBeRead() throws Exception {
        assertThat(message(folder)).contains(":1: cannot be read (it is a folder); expected a readable file");
        assertThat(message(folder.resolve("none"))).contains("none:1: cannot be read (no such file)");
        Path large = Files.writeString(folder.resolve("large"), "#".repeat(10 << 20));
        assertThat(message(large)).contains("large:1: larger than 1 MiB");
        Path latin = Files.write(folder.resolve("latin"), "a: b\nc: \u00e4\n".getBytes(StandardCharsets.ISO_8859_1));
        assertThat(message(latin)).contains("latin:2: not UTF-8");
        Path deep = Files.writeString(folder.resolve("deep"), "[".repeat(100_000));
        assertThat(message(deep)).contains("deep:1: not YAML");
        Path wide = Files.write(folder.resolve("utf16"), GOOD.getBytes(StandardCharsets.UTF_16));
        assertThat(message(wide)).contains("utf16:1: not UTF-8");
    }

    @Test
    void isNoMarkOfByteOrder() throws Exception {
        assertThat(read("\uFEFF" + GOOD).etcd()).hasSize(2);
    }

    /** Whatever a slip of the hand does to a file: settings or problems, each one line with its place, nothing else. */
    @Test
    void areAllThatAnySlipOfTheHandCauses() throws Exception {
        List<String> lines = GOOD.lines().toList();
        List<String> slips = IntStream.range(0, lines.size())
                .boxed()
                .flatMap(i -> Stream.of(
                                "",
                                "  " + lines.get(i),
                                lines.get(i).strip(),
                                lines.get(i).replaceFirst(":.*", ":"),
                                lines.get(i).replaceFirst(":.*", ": 1e999"),
                                lines.get(i).replaceFirst(":.*", ": 0x"),
                                lines.get(i).replaceFirst(":.*", ": 1__0"),
                                lines.get(i).replaceFirst(":.*", ": !!binary x"),
                                lines.get(i).replaceFirst(":.*", ": {a: b}"),
                                lines.get(i).replaceFirst(":.*", ": \"a\\\\nb\\\\u2028c\""),
                                lines.get(i).replaceFirst(":.*", ": .inf"),
                                lines.get(i).replaceFirst(":.*", ": 2026-01-01"),
                                lines.get(i) + "}",
                                "? " + lines.get(i),
                                lines.get(i).replace(":", ""))
                        .map(slip -> String.join(
                                "\n",
                                Stream.of(lines.subList(0, i), List.of(slip), lines.subList(i + 1, lines.size()))
                                        .flatMap(List::stream)
                                        .toList())))
                .toList();

        int refused = 0;
        for (String slip : slips) {
            try {
                read(slip);
            } catch (InvalidYaml e) {
                refused++;
                assertThat(e.problems()).isNotEmpty();
                assertThat(e.getMessage().lines().toList())
                        .as(slip)
                        .hasSize(e.problems().size())
                        .allMatch(line -> line.matches(".*quorate\\.yaml:\\d+: \\S.*"))
                        .doesNotHaveDuplicates();
            }
        }
        assertThat(refused).isGreaterThan(slips.size() / 2);
    }

    private String message(Path file) {
        return String.valueOf(catchThrowableOfType(InvalidYaml.class, () -> SettingsReader.read(file))
                .getMessage());
    }
}
