package io.quorate.cli.rules;

import com.fasterxml.jackson.databind.JsonNode;
import io.quorate.cli.stack.RunsBroker;
import io.quorate.desk.Home;
import io.quorate.events.Control;
import io.quorate.jobs.kafka.ControlTopic;
import io.quorate.jobs.settings.Settings;
import io.quorate.jobs.settings.SettingsReader;
import io.quorate.rules.OverrideReader;
import io.quorate.rules.Rule;
import io.quorate.rules.RuleOverride;
import io.quorate.rules.RuleReader;
import io.quorate.rules.Threshold;
import io.quorate.rules.yaml.InvalidYaml;
import io.quorate.rules.yaml.YamlFile;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Says to the jobs that run what is to be otherwise: in shadow first, then for good. */
@Command(
        name = "apply",
        mixinStandardHelpOptions = true,
        description = {
            "Change a rule or overrides while the jobs run: first in shadow, where they are evaluated and notify nobody.",
            "Nothing is sent when anything in FILE is wrong, and nothing that is active changes until --activate."
        },
        footer = {
            "",
            "Thresholds can be changed so. Patterns, counted changes and regressions are part of the job's graph: stop with a",
            "savepoint, start with the new folder; the other rules keep their state."
        })
final class ApplyCommand implements Callable<Integer> {

    @Parameters(index = "0", paramLabel = "FILE", description = "A rule, or a list of overrides under 'overrides:'.")
    private Path file = Path.of("rule.yaml");

    @Option(names = "--config", required = true, paramLabel = "FILE", description = "The settings of the run.")
    private Path config = Path.of("quorate.yaml");

    @Option(names = "--at-once", description = "Activate also what did not run in shadow before.")
    private boolean atOnce;

    @ArgGroup(multiplicity = "0..1")
    private Way way = new Way();

    private final Clock clock = Clock.systemUTC();

    /** What is to become of what stands in the file. */
    static final class Way {

        @Option(names = "--activate", description = "Let count what runs in shadow now.")
        private boolean activate;

        @Option(names = "--remove", description = "As if it had never been applied, in shadow or active.")
        private boolean remove;

        private String mode() {
            return activate ? Control.ACTIVE : remove ? Control.REMOVED : Control.SHADOW;
        }
    }

    /**
     * One thing that the file tells.
     *
     * @param rule that it is, or is about
     */
    private record Change(String kind, String id, Rule rule, String text) {

        private boolean isAbout(Control control) {
            return control.kind().equals(kind) && control.id().equals(id);
        }

        private boolean reads(Control control) {
            return isAbout(control) && text.equals(control.text());
        }

        private String words() {
            return kind.equals(Control.RULE) ? "rule " + id : "override " + id + " of " + rule.name();
        }
    }

    @Override
    public Integer call() throws Exception {
        Settings settings = SettingsReader.read(config);
        String text = RuleFiles.text(file);
        if (atOnce && !way.activate) {
            throw new IllegalArgumentException("--at-once says how to activate; expected --activate beside it");
        }
        try (RunsBroker broker = RunsBroker.open(Home.current(), config, "rules")) {
            List<Control> heard = ControlTopic.said(broker.kafka());
            List<Control> said = ControlTopic.inForce(heard);
            List<Change> changes = changes(text, settings, said);
            List<String> refusals = new ArrayList<>();
            for (Change change : changes) {
                refusal(change, said, settings.rules()).ifPresent(refusals::add);
            }
            if (!refusals.isEmpty()) {
                refusals.forEach(System.err::println);
                return RulesCommand.DID_NOT_HOLD;
            }
            Instant now = ControlTopic.momentAfter(heard, clock.instant().truncatedTo(ChronoUnit.MILLIS));
            ControlTopic.say(
                    broker.kafka(),
                    changes.stream()
                            .map(change -> new Control(
                                    change.kind(),
                                    change.id(),
                                    now,
                                    System.getProperty("user.name", ""),
                                    way.mode(),
                                    way.remove ? null : change.text()))
                            .toList());
            changes.forEach(change -> tell(change, settings.profile()));
        }
        return 0;
    }

    private List<Change> changes(String text, Settings settings, List<Control> said) throws InvalidYaml {
        YamlFile yaml = YamlFile.parse(file.toString(), text);
        if (!yaml.root().has("overrides")) {
            Rule rule = RuleReader.parse(file.toString(), text);
            return List.of(new Change(Control.RULE, rule.name(), rule, text));
        }
        List<Rule> rules = known(settings, said);
        List<RuleOverride> overrides = OverrideReader.list(yaml, "/overrides", rules, settings.profile());
        List<Change> changes = new ArrayList<>();
        for (JsonNode entry : yaml.root().get("overrides")) {
            RuleOverride override = overrides.get(changes.size());
            Rule rule = rules.stream()
                    .filter(each -> each.name().equals(override.rule()))
                    .findFirst()
                    .orElseThrow();
            changes.add(new Change(Control.OVERRIDE, override.name(), rule, YamlFile.text(entry)));
        }
        return changes;
    }

    /** The rules that overrides may be about: those of the settings, and those that were applied since. */
    private static List<Rule> known(Settings settings, List<Control> said) {
        List<Rule> known = new ArrayList<>();
        for (Control control : said) {
            if (control.kind().equals(Control.RULE) && control.text() != null) {
                try {
                    known.add(RuleReader.parse(control.key(), control.text()));
                } catch (InvalidYaml e) {
                    // Of another version: the jobs refuse it as well.
                    continue;
                }
            }
        }
        settings.rules().stream()
                .filter(rule -> known.stream().noneMatch(other -> other.name().equals(rule.name())))
                .toList()
                .forEach(known::add);
        return known;
    }

    /** Why this cannot be done; empty when it can. */
    private Optional<String> refusal(Change change, List<Control> said, List<Rule> rules) {
        boolean fixed = !(change.rule().condition() instanceof Threshold)
                || rules.stream()
                        .anyMatch(rule ->
                                rule.name().equals(change.rule().name()) && !(rule.condition() instanceof Threshold));
        if (fixed) {
            return Optional.of(
                    file + ": " + change.words() + ": no threshold, so it is part of the job's graph and cannot"
                            + " be changed while it runs; deploy it: stop with a savepoint, start with the new folder");
        }
        if (way.remove && said.stream().noneMatch(change::isAbout)) {
            return Optional.of(
                    file + ": " + change.words() + " was never applied, or is removed already; expected one of"
                            + " those that 'quorate rules list' shows");
        }
        if (way.activate && !atOnce && said.stream().noneMatch(change::reads)) {
            boolean other = said.stream().anyMatch(change::isAbout);
            return Optional.of(file + ": " + change.words() + " does not run in shadow"
                    + (other ? " with this text" : "")
                    + "; expected it to be tried first: apply it without --activate, see"
                    + " 'quorate query shadow-alerts', then activate it; or say --at-once");
        }
        return Optional.empty();
    }

    private void tell(Change change, String profile) {
        System.out.println(change.words()
                + (way.remove ? " removed" : " now " + way.mode())
                + (way.mode().equals(Control.SHADOW)
                        ? ": evaluated, notifies nobody; see 'quorate query shadow-alerts', then apply it with --activate"
                        : ""));
        note(change, profile).ifPresent(System.err::println);
    }

    private Optional<String> note(Change change, String profile) {
        if (way.remove || !change.kind().equals(Control.RULE)) {
            return Optional.empty();
        }
        if (!change.rule().runsIn(profile)) {
            return Optional.of("note: " + change.id() + " does not run in profile " + profile + "; it runs in "
                    + String.join(", ", change.rule().runsIn()));
        }
        return way.activate && change.rule().maturity() == Rule.Maturity.SANDBOX
                ? Optional.of("note: " + change.id() + " is sandbox and still notifies nobody; set maturity: stable")
                : Optional.empty();
    }
}
