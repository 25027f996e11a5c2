package io.quorate.cli.rules;

import io.quorate.cli.data.Where;
import io.quorate.events.Alert;
import io.quorate.jobs.settings.Profiles;
import io.quorate.jobs.settings.Settings;
import io.quorate.jobs.settings.SettingsReader;
import io.quorate.rules.Rule;
import io.quorate.rules.RuleOverride;
import io.quorate.rules.compile.RuleExplainer;
import io.quorate.rules.yaml.InvalidYaml;
import io.quorate.sinks.clickhouse.ClickHouseClient;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** A rule in plain words, or an alert with all that it rests on. */
@Command(
        name = "explain",
        mixinStandardHelpOptions = true,
        description = {
            "Explain a rule in plain words, with the profile and the overrides that apply; or an alert: its timeline, the",
            "numbers that it rests on, and what would have silenced it."
        },
        footer = {
            "",
            "Alerts are looked up where 'quorate query' looks, or in the file that 'quorate backtest --alerts' wrote."
        })
final class ExplainCommand implements Callable<Integer> {

    private static final String ALERT_ID = "[0-9a-f]{16}";

    @Parameters(index = "0", paramLabel = "RULE|ALERT-ID", description = "Such as EtcdElectionStorm, or 16 hex digits.")
    private String what = "";

    @Option(names = "--profile", paramLabel = "P", description = "Default: that of the settings, else fleet.")
    private @Nullable String profile;

    @Option(names = "--rules", paramLabel = "DIR", description = "Folder of rules in place of those of the settings.")
    private @Nullable Path folder;

    @Option(names = "--alerts", paramLabel = "FILE", description = "Alerts as 'quorate backtest --alerts' writes them.")
    private @Nullable Path alerts;

    @ArgGroup(multiplicity = "0..1")
    private Where where = new Where();

    @Override
    public Integer call() throws IOException, InterruptedException, InvalidYaml {
        Optional<Path> config = where.config();
        Settings settings = config.isPresent() ? SettingsReader.read(config.get()) : null;
        String named = profile != null ? profile : settings != null ? settings.profile() : Profiles.DEFAULT;
        List<Rule> rules = rules(settings, named);
        List<RuleOverride> overrides = settings == null ? List.of() : settings.overrides();
        if (!what.matches(ALERT_ID)) {
            tellRule(rules, overrides, named);
            return 0;
        }
        List<AlertStory.Told> told = told();
        if (told.isEmpty()) {
            System.err.println("No alert " + what + "; expected the id of one that 'quorate query events' or a page"
                    + " names, or of one in shadow that 'quorate query shadow-alerts' does");
            return RulesCommand.DID_NOT_HOLD;
        }
        Alert last = told.get(told.size() - 1).alert();
        new AlertStory(
                        told,
                        rules.stream()
                                .filter(rule -> rule.name().equals(last.rule()))
                                .findFirst()
                                .orElse(null),
                        overrides)
                .lines()
                .forEach(System.out::println);
        return 0;
    }

    /** As they read under the profile; of a profile that somebody names it is checked that there is one. */
    private List<Rule> rules(@Nullable Settings settings, String named) throws InvalidYaml {
        if (folder == null && settings != null && named.equals(settings.profile())) {
            return settings.rules();
        }
        List<Rule> all = RuleFiles.read(folder == null ? List.of() : List.of(folder));
        return Profiles.underNamed(named, all);
    }

    private void tellRule(List<Rule> rules, List<RuleOverride> overrides, String named) {
        Rule rule = rules.stream()
                .filter(each -> each.name().equals(what))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("'" + what + "' is no rule that runs under profile "
                        + named + " and no alert's id; expected 16 hex digits, or one of "
                        + rules.stream().map(Rule::name).collect(Collectors.joining(", "))));
        String text = RuleExplainer.explain(rule, named);
        System.out.print(text);
        List<String> known = text.lines().toList();
        for (RuleOverride override : overrides) {
            if (override.rule().equals(rule.name())) {
                System.out.println("  override " + override.name() + ", where " + where(override)
                        + (override.condition() == null ? ": off" : ":"));
                if (override.condition() != null) {
                    RuleExplainer.explain(fixed(rule.with(override.condition())), named)
                            .lines()
                            .filter(line -> !known.contains(line))
                            .forEach(line -> System.out.println("  " + line));
                }
            }
        }
    }

    /** The same without profiles: what an override says holds under the one that it was read for. */
    private static Rule fixed(Rule rule) {
        return new Rule(
                rule.name(),
                rule.version(),
                rule.why(),
                rule.maturity(),
                rule.runsIn(),
                rule.rank(),
                rule.condition(),
                rule.alert(),
                rule.explains(),
                Map.of(),
                List.of(),
                rule.text());
    }

    static String where(RuleOverride override) {
        return override.where().entrySet().stream()
                .map(label -> label.getKey() + "=" + label.getValue())
                .collect(Collectors.joining(", "));
    }

    private List<AlertStory.Told> told() throws IOException, InterruptedException, InvalidYaml {
        if (alerts != null) {
            return ToldAlerts.inFile(alerts, what);
        }
        try (Where.Opened data = where.open()) {
            return ToldAlerts.inClickHouse(new ClickHouseClient(data.clickhouse()), what);
        }
    }
}
