package io.quorate.rules;

import com.fasterxml.jackson.databind.JsonNode;
import io.quorate.events.Alert.Severity;
import io.quorate.events.Alert.Status;
import io.quorate.events.LeaderChange;
import io.quorate.rules.yaml.Durations;
import io.quorate.rules.yaml.InvalidYaml;
import io.quorate.rules.yaml.YamlFile;
import io.quorate.rules.yaml.YamlProblem;
import io.quorate.rules.yaml.YamlSchema;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Reads rule files, and tells everything that is wrong with one in one go. */
public final class RuleReader {

    private static final List<String> SHIPPED = List.of("etcd-election-storm.yaml");

    private static final YamlSchema SCHEMA = YamlSchema.resource(RuleReader.class, "/schema/rule.schema.json");

    /** {@code 80s b->c term 8}, with {@code planned} behind it where somebody meant it. */
    private static final Pattern MOVE = Pattern.compile("(\\d+(?:ms|s|m|h)) (\\w+)->(\\w+) term (\\d+)( planned)?");

    private RuleReader() {}

    /** The rules that come with the product. */
    public static List<Rule> shipped() {
        return SHIPPED.stream().map(RuleReader::shippedRule).toList();
    }

    /**
     * Every {@code .yaml} file of this folder, in order of name.
     *
     * @throws InvalidYaml with every problem of every file
     */
    public static List<Rule> folder(Path folder) throws InvalidYaml {
        List<Path> files;
        try (Stream<Path> all = Files.list(folder)) {
            files = all.filter(file -> file.toString().endsWith(".yaml"))
                    .sorted()
                    .toList();
        } catch (IOException e) {
            throw new InvalidYaml(
                    List.of(new YamlProblem(folder.toString(), 1, "cannot be read; expected a folder of rules")));
        }
        List<Rule> rules = new ArrayList<>();
        List<YamlProblem> problems = new ArrayList<>();
        for (Path file : files) {
            try {
                rules.add(rule(YamlFile.read(file), comment(Files.readString(file))));
            } catch (InvalidYaml e) {
                problems.addAll(e.problems());
            } catch (IOException e) {
                problems.add(new YamlProblem(file.toString(), 1, "cannot be read; expected a rule file"));
            }
        }
        if (files.isEmpty()) {
            problems.add(new YamlProblem(folder.toString(), 1, "holds no .yaml file; expected at least one rule"));
        }
        if (!problems.isEmpty()) {
            throw new InvalidYaml(problems);
        }
        return rules;
    }

    /** The rule in this text, under the name that messages shall show. */
    public static Rule parse(String name, String text) throws InvalidYaml {
        return rule(YamlFile.parse(name, text), comment(text));
    }

    private static Rule shippedRule(String name) {
        try (InputStream in = RuleReader.class.getResourceAsStream("/rules/" + name)) {
            if (in == null) {
                throw new IllegalStateException("no rule " + name + " in this build");
            }
            return parse("rules/" + name, new String(in.readAllBytes(), StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InvalidYaml e) {
            throw new IllegalStateException(e.getMessage(), e);
        }
    }

    private static Rule rule(YamlFile file, String why) throws InvalidYaml {
        List<YamlProblem> problems = new ArrayList<>(SCHEMA.problems(file));
        if (!problems.isEmpty()) {
            throw new InvalidYaml(problems);
        }
        JsonNode root = file.root();
        JsonNode counts = root.get("counts");
        JsonNode alert = root.get("alert");
        Map<String, Rule.Profile> profiles = new HashMap<>();
        root.path("profiles")
                .fields()
                .forEachRemaining(profile -> profiles.put(
                        profile.getKey(),
                        new Rule.Profile(
                                levels(profile.getValue().get("levels")),
                                duration(profile.getValue().get("resolve-after")))));
        Rule rule = new Rule(
                root.get("rule").asText(),
                why,
                counts.get("step").asText(),
                planned(counts.get("planned")),
                levels(root.get("levels")),
                duration(root.get("resolve-after")),
                alert.get("summary").asText(),
                alert.get("runbook").asText(),
                profiles,
                tests(file, profiles.keySet(), problems));
        if (why.isEmpty()) {
            problems.add(file.problemAt("", "no comment above the rule; expected what it means, for a person on call"));
        }
        checkLevels(file, "/levels", rule.levels(), problems);
        profiles.forEach((name, profile) ->
                checkLevels(file, "/profiles" + YamlFile.step(name) + "/levels", profile.levels(), problems));
        checkTests(file, rule, problems);
        if (!problems.isEmpty()) {
            throw new InvalidYaml(problems);
        }
        return rule;
    }

    private static void checkLevels(YamlFile file, String at, List<Rule.Level> levels, List<YamlProblem> problems) {
        for (int i = 1; i < levels.size(); i++) {
            if (levels.get(i).severity().compareTo(levels.get(i - 1).severity()) >= 0) {
                problems.add(file.problemAt(
                        at + "/" + i, "levels must stand worst first, each severity once; move this one up"));
            }
        }
    }

    private static void checkTests(YamlFile file, Rule rule, List<YamlProblem> problems) {
        long firing =
                rule.tests().stream().filter(test -> !test.expect().isEmpty()).count();
        long silent = rule.tests().size() - firing;
        if (firing < 1 || silent < 2) {
            problems.add(file.problemAt(
                    "/tests",
                    "a stable rule has " + firing + " firing and " + silent
                            + " silent tests; expected at least 1 and 2"));
        }
    }

    private static List<Rule.Level> levels(JsonNode levels) {
        List<Rule.Level> all = new ArrayList<>();
        for (JsonNode level : levels) {
            JsonNode times = level.get("times");
            all.add(new Rule.Level(
                    Severity.valueOf(upper(level.get("severity"))),
                    times.get("at-least").asInt(),
                    times.has("or-members-plus") ? times.get("or-members-plus").asInt() : -1,
                    duration(level.get("within"))));
        }
        return all;
    }

    private static Set<LeaderChange.Planned> planned(@Nullable JsonNode planned) {
        if (planned == null) {
            return EnumSet.allOf(LeaderChange.Planned.class);
        }
        Set<LeaderChange.Planned> some = EnumSet.noneOf(LeaderChange.Planned.class);
        planned.forEach(value -> some.add(LeaderChange.Planned.valueOf(upper(value))));
        return some;
    }

    private static List<RuleTest> tests(YamlFile file, Set<String> profiles, List<YamlProblem> problems) {
        List<RuleTest> tests = new ArrayList<>();
        for (JsonNode test : file.root().path("tests")) {
            String at = "/tests/" + tests.size();
            String profile = test.path("profile").asText("fleet");
            if (!profile.equals("fleet") && !profiles.contains(profile)) {
                problems.add(file.problemAt(
                        at + "/profile",
                        "'" + profile + "' is no profile of this rule; expected fleet or one of " + profiles));
            }
            List<RuleTest.Move> given = new ArrayList<>();
            for (JsonNode move : test.get("given")) {
                Matcher matcher = MOVE.matcher(move.asText());
                if (matcher.matches()) {
                    given.add(new RuleTest.Move(
                            Durations.parse(matcher.group(1)),
                            matcher.group(2),
                            matcher.group(3),
                            Long.parseLong(matcher.group(4)),
                            matcher.group(5) != null));
                } else {
                    problems.add(file.problemAt(
                            at + "/given/" + given.size(),
                            "'" + move.asText() + "' is no leader change; expected one like '80s b->c term 8'"));
                }
            }
            List<RuleTest.Expected> expect = new ArrayList<>();
            for (JsonNode alert : test.get("expect")) {
                expect.add(new RuleTest.Expected(
                        duration(alert.get("at")),
                        Status.valueOf(upper(alert.get("status"))),
                        Severity.valueOf(upper(alert.get("severity"))),
                        alert.get("count").asInt()));
            }
            tests.add(new RuleTest(
                    test.get("it").asText(),
                    profile,
                    test.path("members").asInt(3),
                    given,
                    duration(test.get("until")),
                    expect));
        }
        return tests;
    }

    private static Duration duration(JsonNode node) {
        return Durations.parse(node.asText());
    }

    private static String upper(JsonNode node) {
        return node.asText().toUpperCase(Locale.ROOT);
    }

    /** The comment that opens a file. */
    private static String comment(String text) {
        return text.lines()
                .takeWhile(line -> line.startsWith("#"))
                .map(line -> line.substring(1).strip())
                .collect(Collectors.joining(" "));
    }
}
