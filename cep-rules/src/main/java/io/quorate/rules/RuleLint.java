package io.quorate.rules;

import io.quorate.rules.Finding.Severity;
import io.quorate.rules.Threshold.Guard;
import io.quorate.rules.Threshold.Limit;
import io.quorate.rules.yaml.InvalidYaml;
import io.quorate.rules.yaml.YamlFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** What is doubtful about rules that can be read: limits that data cannot decide, rules that can never fire, missing pages. */
public final class RuleLint {

    /** Profiles that the product knows. */
    public static final Set<String> PROFILES = Set.of("fleet", "strict", "prd", "mixin", "openshift", "lab");

    private final KnownMetrics metrics;
    private final @Nullable Path root;
    private final Set<String> symptoms;
    private final Set<String> causes;

    /**
     * A lint of rules beside others.
     *
     * @param root folder against which runbooks are looked up; null when nobody looks
     * @param beside the other rules that run, whose symptoms patterns may name
     */
    public RuleLint(KnownMetrics metrics, @Nullable Path root, Collection<Rule> beside) {
        this.metrics = metrics;
        this.root = root;
        this.symptoms = symptoms(beside.stream());
        this.causes = causes(beside.stream());
    }

    private static Set<String> causes(Stream<Rule> rules) {
        return rules.map(Rule::explains)
                .filter(Objects::nonNull)
                .map(Explains::cause)
                .collect(Collectors.toCollection(TreeSet::new));
    }

    private static Set<String> symptoms(Stream<Rule> rules) {
        return rules.filter(rule -> rule.condition() instanceof Threshold)
                .map(Rule::name)
                .collect(Collectors.toCollection(TreeSet::new));
    }

    /** Everything that is to be said of these rules, in order of file and line, each once. */
    public List<Finding> findings(List<RuleFile> rules) {
        Set<String> given = symptoms(rules.stream().map(RuleFile::rule));
        given.addAll(symptoms);
        Set<String> explained = causes(rules.stream().map(RuleFile::rule));
        explained.addAll(causes);
        return rules.stream()
                .flatMap(rule -> new OfRule(rule, given, explained).findings().stream())
                .distinct()
                .sorted()
                .toList();
    }

    /** What is to be said of one rule. */
    private final class OfRule {

        private final String name;
        private final Rule rule;
        private final YamlFile file;
        private final Set<String> given;
        private final Set<String> explained;
        private final List<Finding> found = new ArrayList<>();

        OfRule(RuleFile rule, Set<String> given, Set<String> explained) {
            this.name = rule.name();
            this.rule = rule.rule();
            this.given = given;
            this.explained = explained;
            try {
                this.file = YamlFile.parse(rule.name(), rule.rule().text());
            } catch (InvalidYaml e) {
                throw new IllegalStateException("the text of " + rule.rule().name() + " was read before", e);
            }
        }

        List<Finding> findings() {
            conditions().forEach((profile, condition) -> {
                if (condition instanceof Threshold threshold) {
                    lint(threshold, profile);
                } else if (condition instanceof Rule.Regression regression) {
                    lintMetric(
                            Selector.of(regression.metric()),
                            KnownMetrics.Kind.HISTOGRAM,
                            place(profile, "/regression/metric"));
                } else if (condition instanceof StepPattern pattern) {
                    lint(pattern, profile);
                }
            });
            if (rule.explains() != null) {
                lint(rule.explains());
            }
            lintProfiles();
            lintRunbook();
            lintTests();
            return found;
        }

        /** By profile, the rule's own first, under an empty name. */
        private Map<String, Rule.Condition> conditions() {
            Map<String, Rule.Condition> all = new LinkedHashMap<>();
            all.put("", rule.condition());
            all.putAll(rule.profiles());
            return all;
        }

        /** Where a profile says this, or the rule where the profile does not. */
        private String place(String profile, String pointer) {
            String own = "/profiles" + YamlFile.step(profile) + pointer;
            String list = pointer.replaceFirst("^(/\\w+).*", "$1");
            boolean isOwn = !profile.isEmpty()
                    && (file.lines().containsKey(own)
                            || (list.equals("/levels")
                                    && file.lines().containsKey("/profiles" + YamlFile.step(profile) + list)));
            return isOwn ? own : pointer;
        }

        private void lint(Threshold threshold, String profile) {
            lint(threshold.signal(), "/when/" + SignalReader.name(threshold.signal()), threshold, profile);
            Guard guard = threshold.guard();
            if (guard != null) {
                lint(guard.signal(), "/and/" + SignalReader.name(guard.signal()), threshold, profile);
                if (guard.signal() instanceof Signal.QuantileOf quantile) {
                    String key = RuleWords.lower(guard.comparison());
                    add(
                            place(profile, "/and/" + key),
                            new Decidable(quantile, threshold.policy()).judge(key, guard.comparison(), guard.bound()));
                }
            }
            if (threshold.signal() instanceof Signal.QuantileOf quantile) {
                Decidable decidable = new Decidable(quantile, threshold.policy());
                for (int i = 0; i < threshold.limits().size(); i++) {
                    Limit limit = threshold.limits().get(i);
                    String at = "/levels/" + i + "/";
                    String key = RuleWords.lower(limit.comparison());
                    add(place(profile, at + key), decidable.judge(key, limit.comparison(), limit.bound()));
                    if (limit.clear() != null) {
                        add(place(profile, at + "clear"), decidable.judge("clear", limit.comparison(), limit.clear()));
                    }
                }
            }
        }

        private void add(String at, Decidable.Judged judged) {
            add(at, judged.severity(), judged.message());
        }

        private void add(String at, Severity severity, String message) {
            found.add(new Finding(name, file.line(at), rule.name(), severity, message));
        }

        private void lint(Signal signal, String at, Threshold threshold, String profile) {
            if (threshold.reads() == Threshold.Source.MEMBER_STATUS) {
                return;
            }
            List<String> keys = signal instanceof Signal.ShareOf ? List.of("/of", "/among") : List.of("/of", "/to");
            for (int i = 0; i < signal.reads().size(); i++) {
                lintMetric(signal.reads().get(i), kind(signal, i), place(profile, at + keys.get(i)));
            }
        }

        /** What the signal takes the metric for that it reads there. */
        private static KnownMetrics.Kind kind(Signal signal, int read) {
            if (signal instanceof Signal.QuantileOf) {
                return KnownMetrics.Kind.HISTOGRAM;
            }
            boolean isSpeed = signal instanceof Signal.UtilizationOf && read == 1;
            return isSpeed
                            || signal instanceof Signal.GaugeOf
                            || signal instanceof Signal.ForecastOf
                            || signal instanceof Signal.ChangesOf
                    ? KnownMetrics.Kind.GAUGE
                    : KnownMetrics.Kind.COUNTER;
        }

        private void lintMetric(Selector selector, KnownMetrics.Kind asked, String at) {
            String metric = selector.metric();
            if (metric.equals(StatusMetric.UP.text())) {
                return;
            }
            KnownMetrics.Known known = metrics.of(metric).orElse(null);
            if (known == null) {
                add(
                        at,
                        Severity.ERROR,
                        "unknown metric '" + metric + "'"
                                + RuleWords.nearest(metric, metrics.names())
                                + ", or the rule is dead");
                return;
            }
            if (known.kind() != asked) {
                add(
                        at,
                        Severity.ERROR,
                        "'" + metric + "' is a " + lower(known.kind()) + ", read as a " + lower(asked) + "; expected "
                                + RuleWords.signals(known.kind()));
            }
            if (known.extensive()) {
                addUnlessTold(
                        at,
                        "--metrics=extensive",
                        "'" + metric + "' is only shown by etcd with --metrics=extensive, which is not its default: the"
                                + " rule is blind without");
            }
            if (known.since() != null) {
                addUnlessTold(
                        at,
                        known.since(),
                        "'" + metric + "' is only there from etcd " + known.since() + " on: the rule is blind before");
            }
            if (known.bornByUse() && asked != KnownMetrics.Kind.HISTOGRAM && !selector.absentIsZero()) {
                add(
                        at,
                        Severity.WARNING,
                        "'" + metric + "' is born by its first event: the rule is blind until then; expected "
                                + "{ metric: " + metric + ", absent: zero }");
            }
        }

        private void lint(Explains explains) {
            for (int i = 0; i < explains.advice().size(); i++) {
                String when = explains.advice().get(i).when();
                if (when != null) {
                    lintSymptom(when, "/explains/advice/" + i + "/when");
                }
            }
            for (String cause : explains.over()) {
                if (!explained.contains(cause) || cause.equals(explains.cause())) {
                    add(
                            "/explains/over",
                            Severity.ERROR,
                            "no other rule explains by '" + cause + "'" + RuleWords.nearest(cause, explained)
                                    + ", or nothing comes of it");
                }
            }
        }

        private void lintSymptom(String symptom, String at) {
            if (!given.contains(symptom)) {
                add(
                        at,
                        Severity.ERROR,
                        "no rule gives the symptom '" + symptom + "'" + RuleWords.nearest(symptom, given)
                                + ", or the pattern never matches");
            }
        }

        /** A warning until the comment above the rule says so to whoever is on call. */
        private void addUnlessTold(String at, String word, String message) {
            boolean isTold = rule.why().contains(word);
            add(
                    at,
                    isTold ? Severity.INFO : Severity.WARNING,
                    message
                            + (isTold
                                    ? ", as its comment says"
                                    : "; expected the comment above the rule to say '" + word
                                            + "', or another metric"));
        }

        private void lint(StepPattern pattern, String profile) {
            for (int i = 0; i < pattern.steps().size(); i++) {
                for (String symptom : pattern.steps().get(i).symptoms()) {
                    lintSymptom(symptom, place(profile, "/pattern/" + i + "/symptom"));
                }
            }
        }

        private void lintProfiles() {
            if (!rule.runsIn().isEmpty() && rule.runsIn().stream().noneMatch(PROFILES::contains)) {
                add(
                        "/runs-in",
                        Severity.ERROR,
                        "runs in no profile of the product; expected some of "
                                + String.join(", ", new TreeSet<>(PROFILES)) + ", or the rule is dead");
            }
            for (String profile : rule.profiles().keySet()) {
                if (!rule.runsIn(profile)) {
                    add(
                            "/profiles" + YamlFile.step(profile),
                            Severity.WARNING,
                            "numbers for '" + profile + "', where the rule does not run; expected '" + profile
                                    + "' in runs-in, or no numbers for it");
                }
            }
        }

        private void lintRunbook() {
            Rule.Says alert = rule.alert();
            if (alert == null || alert.runbook().matches("https?://.*")) {
                return;
            }
            if (alert.runbook().isEmpty()) {
                add(
                        "/alert",
                        Severity.INFO,
                        "no runbook; expected one before the rule becomes stable, such as docs/runbooks/" + rule.name()
                                + ".md");
            } else if (root != null && !Files.isRegularFile(root.resolve(alert.runbook()))) {
                add(
                        "/alert/runbook",
                        Severity.ERROR,
                        "no runbook at " + alert.runbook() + "; expected the file there, or its address");
            } else if (root != null && alert.runbook().startsWith(RunbookLint.FOLDER)) {
                found.addAll(RunbookLint.of(root, alert.runbook(), rule.name()));
            }
        }

        /** A limit is tested when a test of a profile that has it expects its severity. */
        private void lintTests() {
            if (rule.tests().isEmpty()) {
                if (rule.alert() != null) {
                    add(
                            "",
                            Severity.INFO,
                            "no tests; expected at least 1 that fires and 2 silent ones before it is stable");
                }
                return;
            }
            Set<Limit> crossed = new LinkedHashSet<>();
            for (RuleTest test : rule.tests()) {
                limits(rule.under(test.profile()).condition())
                        .filter(limit -> test.expect().stream().anyMatch(alert -> alert.severity() == limit.severity()))
                        .forEach(crossed::add);
            }
            conditions().forEach((profile, condition) -> {
                List<Limit> limits = limits(condition).toList();
                for (int i = 0; i < limits.size(); i++) {
                    if (!crossed.contains(limits.get(i))) {
                        Limit limit = limits.get(i);
                        add(
                                place(profile, "/levels/" + i),
                                Severity.WARNING,
                                "no test crosses " + lower(limit.severity()) + " "
                                        + RuleWords.lower(limit.comparison()) + " "
                                        + limit.bound().text() + "; expected one that expects this severity"
                                        + (profile.isEmpty() ? "" : ", with profile: " + profile));
                    }
                }
            });
        }

        private static Stream<Limit> limits(Rule.Condition condition) {
            return condition instanceof Threshold threshold ? threshold.limits().stream() : Stream.empty();
        }

        private static String lower(Enum<?> value) {
            return value.name().toLowerCase(Locale.ROOT);
        }
    }
}
