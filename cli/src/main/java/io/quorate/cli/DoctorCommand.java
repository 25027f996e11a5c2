package io.quorate.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.quorate.cli.output.OutputFormat;
import io.quorate.ingest.catalogue.Catalogue;
import io.quorate.jobs.detection.CatalogueMetrics;
import io.quorate.jobs.settings.Settings;
import io.quorate.jobs.settings.SettingsReader;
import io.quorate.rules.Rule;
import io.quorate.rules.RuleFile;
import io.quorate.rules.RuleLint;
import io.quorate.rules.yaml.InvalidYaml;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Checks settings, and whether everything they name can be reached. */
@Command(
        name = "doctor",
        mixinStandardHelpOptions = true,
        description = "Check the settings, and whether everything they name can be reached.")
final class DoctorCommand implements Callable<Integer> {

    /** What is told after ten seconds nobody waits for, and Java wants some of them to begin and to end. */
    private static final Duration IN_ALL = Duration.ofSeconds(7);

    private static final String RULES = "rules";

    private static final ObjectMapper JSON = new ObjectMapper();

    @Option(names = "--config", required = true, paramLabel = "FILE", description = "The settings: quorate.yaml.")
    private Path config = Path.of("quorate.yaml");

    @Option(names = "--print-config", description = "Only print the effective settings, secrets masked.")
    private boolean printConfig;

    @Option(
            names = "--format",
            paramLabel = "text|json",
            defaultValue = "text",
            description = "text, one line per finding; or json, one object with all of them. Default: text.")
    private OutputFormat format = OutputFormat.TEXT;

    @Override
    public Integer call() throws InvalidYaml, InterruptedException, JsonProcessingException {
        if (printConfig) {
            System.out.print(SettingsReader.print(config));
            return 0;
        }
        Settings settings = SettingsReader.read(config);
        List<Finding> findings = new ArrayList<>();
        findings.add(Finding.ok("settings", config + ": " + summary(settings)));
        findings.addAll(rules(settings));
        FleetCheckup fleet;
        try (Looking looking = new Looking(IN_ALL)) {
            // First, so that they do not wait for a fleet.
            PartsCheckup parts = PartsCheckup.begin(settings, looking);
            fleet = FleetCheckup.begin(settings, looking);
            findings.addAll(parts.found());
            findings.addAll(fleet.answered());
        }
        findings.addAll(fleet.seen());
        return tell(Digest.of(findings));
    }

    private int tell(List<Finding> findings) throws JsonProcessingException {
        boolean missed = findings.stream().anyMatch(Finding::missed);
        if (format == OutputFormat.JSON) {
            System.out.println(JSON.writerWithDefaultPrettyPrinter()
                    .writeValueAsString(Map.of(
                            "ok",
                            !missed,
                            "findings",
                            findings.stream().map(Finding::fields).toList())));
        } else {
            findings.forEach(Finding::tell);
        }
        return missed ? Quorate.OUT_OF_REACH : 0;
    }

    /** Which rules run, and those among them that can never fire as they stand. */
    private static List<Finding> rules(Settings settings) {
        List<Rule> rules = settings.rules();
        List<Finding> findings = new ArrayList<>();
        findings.add(Finding.ok(
                RULES,
                number(rules.size(), "rule") + " under profile " + settings.profile() + ", "
                        + number(settings.overrides().size(), "override") + ": "
                        + rules.stream().map(Rule::name).collect(Collectors.joining(", "))));
        new RuleLint(new CatalogueMetrics(Catalogue.shipped()), null, List.of())
                        .findings(rules.stream()
                                .map(rule -> new RuleFile(rule.name(), rule))
                                .toList())
                        .stream()
                        .filter(finding -> finding.severity() == io.quorate.rules.Finding.Severity.ERROR)
                        .forEach(finding -> findings.add(Finding.note(
                                RULES,
                                finding.rule() + ", line " + finding.line() + ": " + finding.message()
                                        + "; 'quorate rules lint' tells all")));
        return findings;
    }

    private static String summary(Settings settings) {
        return settings.prometheus().size() + " Prometheus; "
                + number(settings.etcd().size(), "etcd cluster")
                + (settings.scraped().isEmpty()
                        ? ""
                        : "; " + number(settings.scraped().size(), "place") + " with members' metrics")
                + (settings.foundEtcd().isEmpty()
                        ? ""
                        : "; " + number(settings.foundEtcd().size(), "place") + " with etcd clusters");
    }

    private static String number(int count, String noun) {
        return count + " " + noun + (count == 1 ? "" : "s");
    }
}
