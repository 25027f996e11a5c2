package io.quorate.cli.rules;

import io.quorate.ingest.catalogue.Catalogue;
import io.quorate.jobs.detection.CatalogueMetrics;
import io.quorate.rules.Finding;
import io.quorate.rules.Rule;
import io.quorate.rules.RuleFile;
import io.quorate.rules.RuleLint;
import io.quorate.rules.RuleReader;
import io.quorate.rules.compile.RulePages;
import io.quorate.rules.yaml.InvalidYaml;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** A page for each rule. */
@Command(
        name = "docs",
        mixinStandardHelpOptions = true,
        description = {
            "Write a page in Markdown for each rule: what it means, when it fires under each profile, what lint says of its",
            "limits, and what its tests hold it to; and one that lists them all. Pages of rules that are no more are removed."
        })
final class DocsCommand implements Callable<Integer> {

    /** By which a page that may be removed is known. */
    private static final String MADE = "Made by `quorate rules docs`";

    @Parameters(paramLabel = "FOLDER|FILE", description = "Rules (default: those that ship).")
    private List<Path> paths = List.of();

    @Option(
            names = "--to",
            paramLabel = "DIR",
            defaultValue = "docs/rules",
            description = "Where the pages are written (default: ${DEFAULT-VALUE}).")
    private Path to = Path.of("docs/rules");

    @Override
    public Integer call() throws InvalidYaml, IOException {
        Map<String, String> pages = pages(RuleFiles.named(paths), paths.isEmpty() ? List.of() : RuleReader.shipped());
        Files.createDirectories(to);
        int removed = 0;
        try (Stream<Path> there = Files.list(to)) {
            for (Path page :
                    there.filter(path -> path.toString().endsWith(".md")).toList()) {
                if (!pages.containsKey(page.getFileName().toString())
                        && Files.readString(page).contains(MADE)) {
                    Files.delete(page);
                    removed++;
                }
            }
        }
        for (Map.Entry<String, String> page : pages.entrySet()) {
            Files.writeString(to.resolve(page.getKey()), page.getValue());
        }
        System.out.println(
                pages.size() + " pages written to " + to + (removed == 0 ? "" : ", " + removed + " removed"));
        return 0;
    }

    /** Whether a runbook lies here says nothing of a rule, so that pages are the same everywhere. */
    private static Map<String, String> pages(List<RuleFile> files, List<Rule> beside) {
        List<Finding> findings = new RuleLint(new CatalogueMetrics(Catalogue.shipped()), null, beside).findings(files);
        return RulePages.of(files, findings);
    }
}
