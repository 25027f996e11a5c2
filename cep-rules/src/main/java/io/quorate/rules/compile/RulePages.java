package io.quorate.rules.compile;

import com.fasterxml.jackson.databind.JsonNode;
import io.quorate.events.Alert.Severity;
import io.quorate.events.Alert.Status;
import io.quorate.rules.Finding;
import io.quorate.rules.Rule;
import io.quorate.rules.RuleFile;
import io.quorate.rules.RuleTest;
import io.quorate.rules.StepPattern;
import io.quorate.rules.Threshold;
import io.quorate.rules.yaml.InvalidYaml;
import io.quorate.rules.yaml.YamlFile;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** A page in Markdown for each rule, made of its file, and one that lists them all. */
public final class RulePages {

    /** The page that lists the others; the name under which a folder is shown. */
    public static final String INDEX = "README.md";

    private static final String WATCHED = "/watched.yaml";
    private static final List<String> IN_ORDER = List.of("fleet", "strict", "prd", "mixin", "openshift", "lab");

    private RulePages() {}

    /**
     * By name of the file.
     *
     * @param findings what lint says of these rules
     */
    public static SortedMap<String, String> of(List<RuleFile> files, List<Finding> findings) {
        SortedMap<String, String> pages = new TreeMap<>();
        for (RuleFile file : files) {
            pages.put(
                    page(file),
                    page(
                            file,
                            findings.stream()
                                    .filter(finding ->
                                            finding.rule().equals(file.rule().name()))
                                    .toList()));
        }
        pages.put(INDEX, index(files));
        return pages;
    }

    /** By number, which rules of the list of what is to be watched there should be. */
    public static Map<String, List<String>> watched() {
        Map<String, List<String>> watched = new LinkedHashMap<>();
        list().forEach(one -> {
            List<String> rules = new ArrayList<>();
            one.get("rules").forEach(rule -> rules.add(rule.asText()));
            watched.put(one.get("id").asText(), rules);
        });
        return watched;
    }

    private static JsonNode list() {
        try (InputStream in = RulePages.class.getResourceAsStream(WATCHED)) {
            if (in == null) {
                throw new IllegalStateException("no " + WATCHED + " in this build");
            }
            return YamlFile.parse(WATCHED, new String(in.readAllBytes(), StandardCharsets.UTF_8))
                    .root()
                    .get("watched");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InvalidYaml e) {
            throw new IllegalStateException(e.getMessage(), e);
        }
    }

    private static String page(RuleFile file) {
        return Path.of(file.name()).getFileName().toString().replaceFirst("\\.yaml$", ".md");
    }

    private static String page(RuleFile file, List<Finding> findings) {
        Rule rule = file.rule();
        StringBuilder text = new StringBuilder();
        text.append("# ").append(rule.name()).append("\n\n").append(rule.why()).append("\n\n");
        text.append("| | |\n|---|---|\n");
        row(text, "maturity", RuleExplainer.lower(rule.maturity()));
        row(text, "between cause and effect", RuleExplainer.lower(rule.rank()));
        row(text, "runs in", rule.runsIn().isEmpty() ? "every profile" : String.join(", ", inOrder(rule.runsIn())));
        row(
                text,
                "says",
                rule.alert() == null
                        ? "nothing: only patterns read it"
                        : rule.alert().summary());
        row(text, "runbook", runbook(rule));
        row(text, "file", source(file));
        conditions(rule, text);
        decided(findings, text);
        tests(rule, text);
        return text.append("\nMade by `quorate rules docs` from the rule's file: change that, not this.\n")
                .toString();
    }

    private static void row(StringBuilder text, String what, String is) {
        text.append("| ")
                .append(what)
                .append(" | ")
                .append(is.replace("|", "\\|"))
                .append(" |\n");
    }

    private static String runbook(Rule rule) {
        if (rule.alert() == null || rule.alert().runbook().isEmpty()) {
            return "none";
        }
        String runbook = rule.alert().runbook();
        return "[" + runbook + "]("
                + (runbook.startsWith("docs/") ? "../" + runbook.substring("docs/".length()) : runbook) + ")";
    }

    private static String source(RuleFile file) {
        return file.name().startsWith("rules/")
                ? "[" + file.name() + "](../../cep-rules/src/main/resources/" + file.name() + ")"
                : "`" + file.name() + "`";
    }

    /** The profiles of the product first, as people list them. */
    private static List<String> inOrder(Set<String> profiles) {
        return Stream.concat(
                        IN_ORDER.stream().filter(profiles::contains),
                        new TreeSet<>(profiles).stream().filter(one -> !IN_ORDER.contains(one)))
                .toList();
    }

    private static List<String> profiles(Rule rule) {
        Set<String> profiles = new LinkedHashSet<>(rule.runsIn());
        if (profiles.isEmpty()) {
            profiles.add(IN_ORDER.get(0));
            profiles.addAll(rule.profiles().keySet());
        }
        return inOrder(profiles);
    }

    /** Profiles in which the rule reads the same share a paragraph. */
    private static void conditions(Rule rule, StringBuilder text) {
        Map<String, List<String>> byWords = new LinkedHashMap<>();
        for (String profile : profiles(rule)) {
            byWords.computeIfAbsent(words(rule, profile), words -> new ArrayList<>())
                    .add(profile);
        }
        byWords.forEach((words, profiles) -> {
            text.append("\n## Under ")
                    .append(
                            rule.runsIn().isEmpty() && byWords.size() == 1
                                    ? "every profile"
                                    : String.join(", ", profiles))
                    .append("\n\n")
                    .append(words);
        });
    }

    /** What {@link RuleExplainer} says between the comment and the summary, as a list. */
    private static String words(Rule rule, String profile) {
        return RuleExplainer.explain(rule, profile)
                .lines()
                .skip(2)
                .filter(line -> !line.matches("  (says|runbook|between cause and effect|sandbox)\\b.*"))
                .map(line -> line.replaceFirst("^  ( *)", "$1- ").replaceFirst("^  - ", "  - "))
                .map(line -> line + '\n')
                .collect(Collectors.joining());
    }

    private static void decided(List<Finding> findings, StringBuilder text) {
        List<String> messages =
                findings.stream().map(Finding::message).distinct().toList();
        if (!messages.isEmpty()) {
            text.append("\n## What lint says\n\n");
            messages.forEach(message -> text.append("- ").append(message).append('\n'));
        }
    }

    private static void tests(Rule rule, StringBuilder text) {
        if (rule.tests().isEmpty()) {
            return;
        }
        text.append("\n## What its tests hold it to\n\nIt\n\n");
        Stream.concat(
                        rule.tests().stream().filter(RulePages::fires),
                        rule.tests().stream().filter(test -> !fires(test)))
                .forEach(test -> text.append("- ")
                        .append(test.claim())
                        .append(test.profile().equals(IN_ORDER.get(0)) ? "" : " (profile " + test.profile() + ")")
                        .append('\n'));
    }

    private static boolean fires(RuleTest test) {
        return test.expect().stream().anyMatch(alert -> alert.status() == Status.FIRING);
    }

    private static String index(List<RuleFile> files) {
        Map<String, RuleFile> byName = new TreeMap<>();
        files.forEach(file -> byName.put(file.rule().name(), file));
        StringBuilder text = new StringBuilder("# Rules, one by one\n\n");
        text.append(
                "How rules are read, tested and changed: [rules](../rules.md). Severities are those of the first profile.\n\n");
        text.append("| rule | severity | runs in | runbook |\n|---|---|---|---|\n");
        byName.values()
                .forEach(file -> text.append("| ")
                        .append(link(file))
                        .append(" | ")
                        .append(severities(file.rule()))
                        .append(" | ")
                        .append(
                                file.rule().runsIn().isEmpty()
                                        ? "all"
                                        : String.join(", ", inOrder(file.rule().runsIn())))
                        .append(" | ")
                        .append(runbookLink(file.rule()))
                        .append(" |\n"));
        text.append(
                "\n## By what is watched\n\n| number | what | rule | severity | runbook |\n|---|---|---|---|---|\n");
        list().forEach(one -> one.get("rules").forEach(name -> {
            RuleFile file = byName.get(name.asText());
            if (file != null) {
                text.append("| ")
                        .append(one.get("id").asText())
                        .append(" | ")
                        .append(one.get("what").asText())
                        .append(" | ")
                        .append(link(file))
                        .append(" | ")
                        .append(severities(file.rule()))
                        .append(" | ")
                        .append(runbookLink(file.rule()))
                        .append(" |\n");
            }
        }));
        return text.append("\nWhat has no rule, and why: [rules](../rules.md#what-is-not-watched-and-why).\n\n")
                .append("Made by `quorate rules docs` from the rules' files: change those, not this.\n")
                .toString();
    }

    private static String link(RuleFile file) {
        return "[" + file.rule().name() + "](" + page(file) + ")";
    }

    private static String runbookLink(Rule rule) {
        String runbook = rule.alert() == null ? "" : rule.alert().runbook();
        return runbook.isEmpty()
                ? "none"
                : runbook(rule)
                        .replace("[" + runbook + "]", "[" + Path.of(runbook).getFileName() + "]");
    }

    private static String severities(Rule rule) {
        Rule.Condition condition = rule.under(profiles(rule).get(0)).condition();
        Stream<Severity> all;
        if (condition instanceof Threshold threshold) {
            all = threshold.limits().stream().map(Threshold.Limit::severity);
        } else if (condition instanceof Rule.CountedChanges counted) {
            all = counted.levels().stream().map(Rule.Level::severity);
        } else if (condition instanceof Rule.Regression regression) {
            all = Stream.of(regression.severity());
        } else {
            all = Stream.of(((StepPattern) condition).severity());
        }
        return all.map(severity -> severity.name().toLowerCase(Locale.ROOT)).collect(Collectors.joining(", "));
    }
}
