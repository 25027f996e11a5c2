package io.quorate.rules;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The pages that alerts point to: they are read in a hurry, so that each has the same sections in the same order. */
class RunbookLintTest {

    private static final Path CHECKOUT = Path.of("..").toAbsolutePath().normalize();

    private static final String SOUND = """
            # DiskSlow, DiskVerySlow

            A disk is slow.

            ## Meaning
            It is slow.
            ## Impact
            All wait.
            ## Diagnosis
            ```sh
            ## no heading
            iostat -x 1 5
            ```
            ### At night
            Look again.
            ## Mitigation
            Another disk.
            ## Verify
            It is fast.
            """;

    @TempDir
    Path root;

    @Test
    void findsNothingInAPageThatHasAllSectionsInOrder() throws Exception {
        assertThat(told(SOUND, "DiskVerySlow")).isEmpty();
    }

    @Test
    void wantsTheWholeNameOfTheRuleInTheFirstHeading() throws Exception {
        assertThat(told(SOUND, "Disk"))
                .containsExactly(
                        "docs/runbooks/disk.md:1: error: its first heading does not name Disk; expected '# Disk',"
                                + " or a list of names");
        assertThat(told("Disks\n" + SOUND, "DiskSlow")).hasSize(1).allMatch(message -> message.contains("disk.md:1: "));
    }

    @Test
    void namesTheLineBeforeWhichASectionIsMissing() throws Exception {
        assertThat(told(SOUND.replace("## Impact\nAll wait.\n", ""), "DiskSlow"))
                .containsExactly(
                        "docs/runbooks/disk.md:7: error: '## Impact' is missing before here; expected ## Meaning,"
                                + " ## Impact, ## Diagnosis, ## Mitigation, ## Verify, in this order");
        assertThat(told(SOUND.replace("## Verify\nIt is fast.\n", ""), "DiskSlow"))
                .singleElement()
                .asString()
                .contains("disk.md:17: error: '## Verify' is missing before here");
    }

    @Test
    void wantsTheSectionsInOrder() throws Exception {
        String turned = SOUND.replace("## Mitigation", "## X")
                .replace("## Diagnosis", "## Mitigation")
                .replace("## X", "## Diagnosis");

        assertThat(told(turned, "DiskSlow"))
                .anyMatch(message -> message.contains("disk.md:16: error: '## Diagnosis' stands too late, or twice"));
    }

    @Test
    void wantsNoOtherSectionAndNoEmptyOne() throws Exception {
        assertThat(told(SOUND.replace("### At night", "## At night"), "DiskSlow"))
                .singleElement()
                .asString()
                .contains("disk.md:14: error: '## At night' is no section");
        assertThat(told(SOUND.replace("It is slow.\n", "\n"), "DiskSlow"))
                .singleElement()
                .asString()
                .contains("disk.md:5: error: nothing below '## Meaning'");
    }

    @Test
    void everyShippedRuleThatAlertsHasItsRunbookHere() {
        assertThat(RuleReader.shipped())
                .filteredOn(rule -> rule.alert() != null)
                .allSatisfy(rule -> assertThat(rule.says().runbook())
                        .as(rule.name())
                        .startsWith(RunbookLint.FOLDER)
                        .matches(runbook -> Files.isRegularFile(CHECKOUT.resolve(runbook))));
    }

    private List<String> told(String page, String rule) throws IOException {
        Path runbook = root.resolve("docs/runbooks/disk.md");
        Files.createDirectories(runbook.getParent());
        Files.writeString(runbook, page);
        return RunbookLint.of(root, "docs/runbooks/disk.md", rule).stream()
                .map(Finding::toString)
                .toList();
    }
}
