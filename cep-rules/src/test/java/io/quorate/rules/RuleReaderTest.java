package io.quorate.rules;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.quorate.events.Alert.Severity;
import io.quorate.rules.yaml.InvalidYaml;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class RuleReaderTest {

    @Test
    void readsTheRulesThatShip() {
        Rule storm = RuleReader.shipped("EtcdElectionStorm");

        Rule.CountedChanges fleet = (Rule.CountedChanges) storm.condition();
        assertThat(fleet.levels())
                .extracting(Rule.Level::severity)
                .containsExactly(Severity.CRITICAL, Severity.WARNING);
        assertThat(fleet.levels().get(1).needed(3)).isEqualTo(4);
        assertThat(fleet.levels().get(1).needed(5)).isEqualTo(6);
        assertThat(fleet.levels().get(0).needed(5)).as("whatever the size").isEqualTo(3);
        assertThat(((Rule.CountedChanges) storm.under("lab").condition()).resolveAfter())
                .hasSeconds(30);
        assertThat(storm.under("fleet")).isEqualTo(storm);
        assertThat(storm.tests()).hasSizeGreaterThan(8);
    }

    @Test
    void readsWhatAProfileSetsOfARegressionAndKeepsTheRest() {
        Rule rule = RuleReader.shipped("EtcdWalFsyncRegression");

        Rule.Regression fleet = (Rule.Regression) rule.condition();
        Rule.Regression lab = (Rule.Regression) rule.under("lab").condition();
        assertThat(fleet.baseline()).isEqualTo(new Rule.Baseline(Rule.Baseline.Kind.TRAILING, Duration.ofHours(1)));
        assertThat(fleet.windows()).isEqualTo(3);
        assertThat(lab.baseline()).isEqualTo(new Rule.Baseline(Rule.Baseline.Kind.FIRST, Duration.ofSeconds(20)));
        assertThat(lab.windows()).isEqualTo(2);
        assertThat(lab.share()).isEqualTo(fleet.share()).isEqualTo(0.1);
        assertThat(lab.severity()).isEqualTo(Severity.WARNING);
    }

    @Test
    void shipsWhatItsIndexLists() throws Exception {
        Path rules = Path.of(
                Objects.requireNonNull(RuleReader.class.getResource("/rules")).toURI());

        assertThat(RuleReader.shippedFiles().stream().map(RuleFile::name))
                .containsExactlyInAnyOrderElementsOf(RuleReader.files(rules).stream()
                        .map(file -> "rules/" + rules.relativize(Path.of(file.name())))
                        .toList());
    }

    static Stream<String> brokenRules() throws IOException {
        return edits("storm").stream().map(edit -> edit.split(" => ", 2)[0]);
    }

    static Stream<String> brokenRegressions() throws IOException {
        return edits("regression").stream().map(edit -> edit.split(" => ", 2)[0]);
    }

    /** One edit of the rule a line: what is replaced, by what, and the problem that must be told. */
    private static List<String> edits(String rule) throws IOException {
        try (InputStream in = RuleReaderTest.class.getResourceAsStream("/bad/" + rule + "-edits.txt")) {
            return new String(Objects.requireNonNull(in).readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .filter(line -> !line.isBlank() && !line.startsWith("#"))
                    .toList();
        }
    }

    @ParameterizedTest
    @MethodSource("brokenRules")
    void tellsWhatIsWrongWithLineAndExpectation(String edit) throws Exception {
        tells("storm", "/rules/etcd-election-storm.yaml", edit);
    }

    @ParameterizedTest
    @MethodSource("brokenRegressions")
    void tellsWhatIsWrongWithARegression(String edit) throws Exception {
        tells("regression", "/rules/etcd-wal-fsync-regression.yaml", edit);
    }

    private static void tells(String rule, String resource, String edit) throws Exception {
        String expected = edits(rule).stream()
                .filter(line -> line.startsWith(edit + " => "))
                .map(line -> line.substring(edit.length() + 4))
                .findFirst()
                .orElseThrow();
        String[] fromTo = edit.split(" -> ", 2);
        String good = text(resource);
        assertThat(good).contains(fromTo[0]);

        InvalidYaml problem = catchThrowableOfType(
                InvalidYaml.class,
                () -> RuleReader.parse(
                        rule + ".yaml",
                        good.replaceFirst(
                                java.util.regex.Pattern.quote(fromTo[0]),
                                java.util.regex.Matcher.quoteReplacement(fromTo[1]))));

        assertThat(problem).as("the edited rule must be refused").isNotNull();
        assertThat(problem.getMessage()).contains(expected);
    }

    @Test
    void tellsAllProblemsOfAllFilesInOneGo(@TempDir Path folder) throws Exception {
        Files.writeString(
                folder.resolve("a.yaml"),
                storm().replace("within: 2m", "within: soon").replace("per: cluster", "per: moon"));
        Files.writeString(folder.resolve("b.yaml"), "rule: [");
        Files.writeString(folder.resolve("good.yaml"), storm());

        InvalidYaml problem = catchThrowableOfType(InvalidYaml.class, () -> RuleReader.folder(folder));

        assertThat(problem.problems()).hasSize(3);
        assertThat(problem.problems().get(0).toString()).endsWith("a.yaml:8: 'per' is \"moon\"; expected cluster");
        assertThat(problem.problems().get(2).file()).endsWith("b.yaml");
    }

    @Test
    void refusesTwoRulesOfOneName(@TempDir Path folder) throws Exception {
        Files.writeString(folder.resolve("a.yaml"), storm());
        Files.writeString(folder.resolve("b.yaml"), storm());

        assertThat(catchThrowableOfType(InvalidYaml.class, () -> RuleReader.folder(folder)))
                .isNotNull()
                .hasMessageContaining("b.yaml:1: a second rule EtcdElectionStorm");
    }

    @Test
    void refusesAFolderWithoutRules(@TempDir Path folder) {
        assertThat(catchThrowableOfType(InvalidYaml.class, () -> RuleReader.folder(folder)))
                .hasMessageContaining("holds no .yaml file");
        assertThat(catchThrowableOfType(InvalidYaml.class, () -> RuleReader.folder(folder.resolve("none"))))
                .hasMessageContaining("expected a folder of rules");
    }

    private static String storm() throws IOException {
        return text("/rules/etcd-election-storm.yaml");
    }

    private static String text(String resource) throws IOException {
        try (InputStream in = RuleReader.class.getResourceAsStream(resource)) {
            return new String(Objects.requireNonNull(in).readAllBytes(), StandardCharsets.UTF_8);
        }
    }
}
