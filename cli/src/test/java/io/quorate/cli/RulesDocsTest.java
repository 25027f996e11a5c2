package io.quorate.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.quorate.rules.Rule;
import io.quorate.rules.RuleReader;
import io.quorate.rules.compile.RulePages;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** The pages of rules, which are made of their files and committed. */
class RulesDocsTest {

    private static final Path CHECKOUT = Path.of("..").toAbsolutePath().normalize();
    private static final String REWRITE =
            "the pages are not what the rules say; run: ./quorate rules docs --to docs/rules";

    @TempDir
    Path folder;

    @RegisterExtension
    final Console console = new Console();

    @Test
    void areWhatTheRulesSay() throws Exception {
        assertThat(write()).as(console.complained()).isZero();

        assertThat(pages(CHECKOUT.resolve("docs/rules"))).as(REWRITE).isEqualTo(pages(folder));
    }

    @Test
    void removeThePageOfARuleThatIsNoMoreAndNoOther() throws Exception {
        Files.writeString(
                folder.resolve("etcd-gone.md"), "# EtcdGone\n\nMade by `quorate rules docs` from the rule's file\n");
        Files.writeString(folder.resolve("notes.md"), "# Mine\n");

        assertThat(write()).isZero();

        assertThat(folder.resolve("etcd-gone.md")).doesNotExist();
        assertThat(folder.resolve("notes.md")).exists();
        assertThat(console.told()).contains(", 1 removed");
    }

    @Test
    void leadToRunbooksAndFilesThatAreThere() throws Exception {
        Pattern link = Pattern.compile("]\\((\\.\\./[^)#]+)");
        for (Map.Entry<String, String> page :
                pages(CHECKOUT.resolve("docs/rules")).entrySet()) {
            Matcher found = link.matcher(page.getValue());
            while (found.find()) {
                assertThat(CHECKOUT.resolve("docs/rules").resolve(found.group(1)))
                        .as(page.getKey())
                        .exists();
            }
        }
    }

    @Test
    void everyNumberOfTheListHasARuleOrAReason() throws Exception {
        Set<String> numbers = new TreeSet<>(RulePages.watched().keySet());
        Matcher reason =
                Pattern.compile("(?m)^\\| (R\\d+) \\|").matcher(Files.readString(CHECKOUT.resolve("docs/rules.md")));
        while (reason.find()) {
            numbers.add(reason.group(1));
        }

        assertThat(numbers)
                .containsAll(IntStream.rangeClosed(1, 47)
                        .mapToObj("R%02d"::formatted)
                        .toList());
    }

    @Test
    void everyRuleOfTheListIsThere() {
        List<String> shipped = RuleReader.shipped().stream().map(Rule::name).toList();

        assertThat(RulePages.watched().values().stream().flatMap(List::stream))
                .filteredOn(rule -> !shipped.contains(rule))
                .isEmpty();
    }

    private int write() {
        return Quorate.run("rules", "docs", "--to", folder.toString());
    }

    private static Map<String, String> pages(Path folder) throws IOException {
        Map<String, String> pages = new TreeMap<>();
        try (Stream<Path> files = Files.list(folder)) {
            for (Path page : files.toList()) {
                pages.put(page.getFileName().toString(), Files.readString(page));
            }
        }
        return pages;
    }
}
