package io.quorate.cli.rules;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.quorate.cli.output.OutputFormat;
import io.quorate.ingest.catalogue.Catalogue;
import io.quorate.ingest.prometheus.PrometheusSettings;
import io.quorate.jobs.detection.CatalogueMetrics;
import io.quorate.jobs.settings.Profiles;
import io.quorate.jobs.settings.Settings;
import io.quorate.jobs.settings.SettingsReader;
import io.quorate.rules.Finding;
import io.quorate.rules.Rule;
import io.quorate.rules.RuleFile;
import io.quorate.rules.RuleLint;
import io.quorate.rules.RuleReader;
import io.quorate.rules.Selector;
import io.quorate.rules.Threshold;
import io.quorate.rules.yaml.InvalidYaml;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** What is to be mended in rules, and with --live which of them lack their metrics. */
@Command(
        name = "lint",
        mixinStandardHelpOptions = true,
        description = {
            "Check rules: whether each can be read, whether its limits can be decided, whether it can fire at all.",
            "Without FOLDER or FILE: the rules that ship. With --live also whether each cluster shows what they read."
        },
        footer = {
            "",
            "Exit codes: 0 nothing to mend, 1 something, 2 a file cannot be read as a rule, 3 a Prometheus cannot be asked."
        })
final class LintCommand implements Callable<Integer> {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int OUT_OF_REACH = 3;

    @Parameters(paramLabel = "FOLDER|FILE", description = "Rules (default: those that ship).")
    private List<Path> paths = List.of();

    @Option(
            names = "--profile",
            paramLabel = "P",
            description = "With --live, the rules as they read under this one (default: that of the settings).")
    private @Nullable String profile;

    @Option(names = "--live", description = "Ask each Prometheus of the settings; it only reads.")
    private boolean live;

    @Option(names = "--config", paramLabel = "FILE", description = "The settings, for --live.")
    private @Nullable Path config;

    @Option(
            names = "--format",
            paramLabel = "text|json",
            defaultValue = "text",
            description = "text, a line each; or json, one object a line (default: ${DEFAULT-VALUE}).")
    private OutputFormat format = OutputFormat.TEXT;

    /** A rule that would be blind in a cluster. */
    private record Blind(String rule, String prometheus, LiveMetrics.Dead dead) {

        @Override
        public String toString() {
            return rule + " is blind in " + dead.cluster() + ": " + dead.metric() + " " + dead.why() + " (" + prometheus
                    + ")";
        }
    }

    @Override
    public Integer call() throws InvalidYaml, JsonProcessingException {
        if (live == (config == null)) {
            throw new IllegalArgumentException(
                    live
                            ? "--live asks the Prometheus of the settings; expected --config FILE beside it"
                            : "--config is of use with --live only; expected both or neither");
        }
        List<RuleFile> files = RuleFiles.named(paths);
        List<Finding> findings = lint(files);
        for (Finding finding : findings) {
            tell(finding, fields(finding));
        }
        long toMend = findings.stream().filter(Finding::isToBeMended).count();
        List<Blind> blind = new ArrayList<>();
        boolean asked = !live || askThem(files, blind);
        for (Blind each : blind) {
            tell(each, fields(each));
        }
        if (format == OutputFormat.TEXT) {
            System.out.println(files.size()
                    + (files.size() == 1 ? " rule: " : " rules: ")
                    + (toMend == 0 ? "nothing to mend" : toMend + " to mend")
                    + (live ? "; " + (asked ? "" : "not all could be asked; ") + blindInWords(blind) : ""));
        }
        if (!asked) {
            return OUT_OF_REACH;
        }
        return toMend == 0 && blind.isEmpty() ? 0 : RulesCommand.DID_NOT_HOLD;
    }

    /** Rules in a file of their own may name symptoms of those that ship. */
    private List<Finding> lint(List<RuleFile> files) {
        Path here = Path.of("").toAbsolutePath();
        // Runbooks are named as they lie in the tree of the rules, which an installed product does not have.
        Path root = Files.isDirectory(here.resolve("docs/runbooks")) ? here : null;
        List<Rule> beside = paths.isEmpty() ? List.of() : RuleReader.shipped();
        return new RuleLint(new CatalogueMetrics(Catalogue.shipped()), root, beside).findings(files);
    }

    private void tell(Object line, Map<String, ?> fields) throws JsonProcessingException {
        System.out.println(format == OutputFormat.JSON ? JSON.writeValueAsString(fields) : line);
    }

    private static Map<String, ?> fields(Finding finding) {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("file", finding.file());
        fields.put("line", finding.line());
        fields.put("rule", finding.rule());
        fields.put("severity", finding.severity().name().toLowerCase(Locale.ROOT));
        fields.put("message", finding.message());
        return fields;
    }

    private static Map<String, ?> fields(Blind blind) {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("rule", blind.rule());
        fields.put("severity", "blind");
        fields.put("cluster", blind.dead().cluster());
        fields.put("metric", blind.dead().metric());
        fields.put("message", blind.dead().why());
        fields.put("prometheus", blind.prometheus());
        return fields;
    }

    /** Whether all could be asked. */
    private boolean askThem(List<RuleFile> files, List<Blind> blind) throws InvalidYaml {
        Settings settings = SettingsReader.read(config == null ? Path.of("quorate.yaml") : config);
        String named = profile == null ? settings.profile() : profile;
        List<Rule> rules =
                Profiles.underNamed(named, files.stream().map(RuleFile::rule).toList());
        if (settings.prometheus().isEmpty()) {
            throw new IllegalArgumentException(
                    config + " names no Prometheus; expected ingest.prometheus, or lint without --live");
        }
        boolean asked = true;
        for (PrometheusSettings entry : settings.prometheus()) {
            try {
                LiveMetrics metrics = new LiveMetrics(entry);
                if (metrics.clusters().isEmpty()) {
                    throw new LiveMetrics.Unasked(metrics.url()
                            + " has no member of etcd; check ingest.prometheus.selector and cluster-label");
                }
                for (Rule rule : rules) {
                    for (Selector selector : reads(rule)) {
                        metrics.dead(selector).forEach(dead -> blind.add(new Blind(rule.name(), metrics.url(), dead)));
                    }
                }
            } catch (LiveMetrics.Unasked e) {
                System.err.println(e.getMessage());
                asked = false;
            }
        }
        return asked;
    }

    /** The metrics of members' pages that it reads; what statuses tell no Prometheus has. */
    private static Set<Selector> reads(Rule rule) {
        Set<Selector> all = new LinkedHashSet<>();
        if (rule.condition() instanceof Rule.Regression regression) {
            all.add(Selector.of(regression.metric()));
        } else if (rule.condition() instanceof Threshold threshold
                && threshold.reads() == Threshold.Source.MEMBER_WINDOW) {
            Threshold.Guard guard = threshold.guard();
            Stream.concat(
                            threshold.signal().reads().stream(),
                            guard == null ? Stream.empty() : guard.signal().reads().stream())
                    .forEach(all::add);
        }
        return all;
    }

    private static String blindInWords(List<Blind> blind) {
        long rules = blind.stream().map(Blind::rule).distinct().count();
        long clusters =
                blind.stream().map(each -> each.dead().cluster()).distinct().count();
        return blind.isEmpty()
                ? "each sees all that it reads"
                : rules + (rules == 1 ? " rule" : " rules") + " blind in " + clusters
                        + (clusters == 1 ? " cluster" : " clusters");
    }
}
