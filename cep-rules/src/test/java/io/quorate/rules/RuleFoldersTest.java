package io.quorate.rules;

import static org.assertj.core.api.Assertions.assertThat;

import io.quorate.rules.yaml.InvalidYaml;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Whole rule files: of what lies in {@code bad} everything is told, of what lies in {@code good} there is nothing to tell. */
class RuleFoldersTest {

    private static final String EXPECT = "# expect: ";

    static Stream<String> bad() throws Exception {
        return names("bad");
    }

    static Stream<String> good() throws Exception {
        return names("good");
    }

    @ParameterizedTest
    @MethodSource("bad")
    void tellsOfABadFileExactlyWhatItsFirstCommentSays(String name) throws Exception {
        List<String> expected = Files.readAllLines(folder("bad").resolve(name)).stream()
                .filter(line -> line.startsWith(EXPECT))
                .map(line -> line.substring(EXPECT.length()))
                .toList();

        assertThat(told("bad", name)).isNotEmpty().containsExactlyElementsOf(expected);
    }

    @ParameterizedTest
    @MethodSource("bad")
    void tellsOfABadFileAlsoWhatToDo(String name) throws Exception {
        assertThat(told("bad", name))
                .allMatch(message -> message.matches(".*(expected|did you mean|move this one up|known here).*"));
    }

    @ParameterizedTest
    @MethodSource("good")
    void hasNothingToMendInAGoodFile(String name) throws Exception {
        assertThat(told("good", name)).isEmpty();
    }

    static List<String> told(String folder, String name) throws Exception {
        // What is expected is no comment of the rule, and keeps its line.
        String text = Files.readString(folder(folder).resolve(name)).replaceAll("(?m)^" + EXPECT + ".*$", "#");
        try {
            Rule rule = RuleReader.parse(name, text);
            return new RuleLint(new FakeMetrics(), folder("runbooks"), RuleReader.shipped())
                    .findings(List.of(new RuleFile(name, rule))).stream()
                            .filter(Finding::isToBeMended)
                            .map(finding -> finding.line() + ": " + finding.message())
                            .toList();
        } catch (InvalidYaml e) {
            return e.problems().stream()
                    .map(problem -> problem.line() + ": " + problem.message())
                    .toList();
        }
    }

    static Stream<String> names(String folder) throws Exception {
        try (Stream<Path> files = Files.list(folder(folder))) {
            return files
                    .map(file -> file.getFileName().toString())
                    .filter(name -> name.endsWith(".yaml"))
                    .sorted()
                    .toList()
                    .stream();
        }
    }

    static Path folder(String name) throws IOException {
        try {
            return Path.of(Objects.requireNonNull(RuleFoldersTest.class.getResource("/" + name))
                    .toURI());
        } catch (URISyntaxException e) {
            throw new IOException(e);
        }
    }
}
