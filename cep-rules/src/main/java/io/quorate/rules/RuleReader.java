package io.quorate.rules;

import com.fasterxml.jackson.databind.JsonNode;
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
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Reads rule files, and tells everything that is wrong with one in one go. */
public final class RuleReader {

    private static final YamlSchema SCHEMA = YamlSchema.resource(RuleReader.class, "/schema/rule.schema.json");

    /** Words of a summary that a condition fills in. */
    private static final Pattern WORD = Pattern.compile("\\{([^{}]*)}");

    private RuleReader() {}

    /** The rules that come with the product. */
    public static List<Rule> shipped() {
        return shippedFiles().stream().map(RuleFile::rule).toList();
    }

    /** The one of this name that comes with the product. */
    public static Rule shipped(String name) {
        return shipped().stream()
                .filter(rule -> rule.name().equals(name))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("no rule " + name + " comes with the product"));
    }

    /** The same, with their names in the product's resources. */
    public static List<RuleFile> shippedFiles() {
        return Shipped.FILES;
    }

    /** Read once, and when somebody asks: what comes with the product stays what it is. */
    private static final class Shipped {

        static final List<RuleFile> FILES =
                resource("index.txt").lines().map(RuleReader::shippedRule).toList();
    }

    /**
     * Every {@code .yaml} file of this folder and those in it, in order of name.
     *
     * @throws InvalidYaml with every problem of every file
     */
    public static List<Rule> folder(Path folder) throws InvalidYaml {
        return files(folder).stream().map(RuleFile::rule).toList();
    }

    /**
     * This rule file, or every one of this folder and those in it, in order of name.
     *
     * @throws InvalidYaml with every problem of every file
     */
    public static List<RuleFile> files(Path fileOrFolder) throws InvalidYaml {
        List<Path> paths;
        try (Stream<Path> all = Files.walk(fileOrFolder)) {
            paths = all.filter(
                            path -> path.equals(fileOrFolder) || path.toString().endsWith(".yaml"))
                    .filter(path -> !Files.isDirectory(path))
                    .sorted()
                    .toList();
        } catch (IOException e) {
            throw new InvalidYaml(List.of(new YamlProblem(
                    fileOrFolder.toString(), 1, "cannot be read; expected a folder of rules; check the path")));
        }
        List<RuleFile> rules = new ArrayList<>();
        List<YamlProblem> problems = new ArrayList<>();
        for (Path path : paths) {
            try {
                Rule rule = rule(YamlFile.read(path), Files.readString(path));
                if (rules.stream().anyMatch(other -> other.rule().name().equals(rule.name()))) {
                    problems.add(new YamlProblem(
                            path.toString(), 1, "a second rule " + rule.name() + "; expected each name once"));
                }
                rules.add(new RuleFile(path.toString(), rule));
            } catch (InvalidYaml e) {
                problems.addAll(e.problems());
            } catch (IOException e) {
                problems.add(new YamlProblem(path.toString(), 1, "cannot be read; expected a rule file"));
            }
        }
        if (paths.isEmpty()) {
            problems.add(
                    new YamlProblem(fileOrFolder.toString(), 1, "holds no .yaml file; expected at least one rule"));
        }
        if (!problems.isEmpty()) {
            throw new InvalidYaml(problems);
        }
        return rules;
    }

    /** The rule in this text, under the name that messages shall show. */
    public static Rule parse(String name, String text) throws InvalidYaml {
        return rule(YamlFile.parse(name, text), text);
    }

    private static RuleFile shippedRule(String name) {
        String file = "rules/" + name;
        try {
            return new RuleFile(file, parse(file, resource(name)));
        } catch (InvalidYaml e) {
            throw new IllegalStateException(e.getMessage(), e);
        }
    }

    /** What comes with the product under this name; the index lists the rules. */
    private static String resource(String name) {
        try (InputStream in = RuleReader.class.getResourceAsStream("/rules/" + name)) {
            if (in == null) {
                throw new IllegalStateException("no rule " + name + " in this build");
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Of two texts that differ, it differs. */
    private static String version(String text) {
        try {
            byte[] hash = MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(Arrays.copyOf(hash, 4));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }

    private static Rule rule(YamlFile file, String text) throws InvalidYaml {
        Draft draft = new Draft(file, SCHEMA);
        String why = comment(text);
        if (why.isEmpty()) {
            draft.problem("", "no comment above the rule; expected what it means, for a person on call");
        }
        Rule.Condition condition = ConditionReader.read(draft);
        Map<String, Rule.Condition> profiles = profiles(draft);
        Rule.Maturity maturity =
                draft.text("/maturity").equals("sandbox") ? Rule.Maturity.SANDBOX : Rule.Maturity.STABLE;
        Rule.Says alert = alert(draft, maturity);
        List<RuleTest> tests =
                condition == null ? List.of() : TestReader.read(draft, condition, profiles, runsIn(draft));
        if (maturity == Rule.Maturity.STABLE && (draft.has("/alert") || draft.has("/explains"))) {
            checkTests(draft);
        }
        if (!draft.problems().isEmpty() || condition == null) {
            throw new InvalidYaml(draft.problems());
        }
        return new Rule(
                draft.text("/rule"),
                version(text),
                why,
                maturity,
                runsIn(draft),
                rank(draft),
                condition,
                alert,
                explains(draft),
                profiles,
                tests,
                text);
    }

    private static @Nullable Explains explains(Draft draft) {
        if (!draft.has("/explains") || !draft.isSound("/explains")) {
            return null;
        }
        checkWords(draft, "/explains/says", List.of("cluster", "member"));
        List<Explains.Advice> advice = new ArrayList<>();
        for (JsonNode one : draft.at("/explains/advice")) {
            JsonNode when = one.get("when");
            advice.add(new Explains.Advice(
                    Explains.About.valueOf(Draft.constant(one.get("about"))),
                    one.get("do").asText(),
                    when == null ? null : when.asText()));
        }
        Set<Rule.CausalRank> of = EnumSet.noneOf(Rule.CausalRank.class);
        draft.at("/explains/of").forEach(rank -> of.add(Rule.CausalRank.valueOf(Draft.constant(rank))));
        Set<String> over = new TreeSet<>();
        draft.at("/explains/over").forEach(cause -> over.add(cause.asText()));
        return new Explains(
                draft.text("/explains/cause"),
                draft.text("/explains/says"),
                of,
                over,
                draft.text("/explains/ruled-out"),
                draft.text("/explains/unseen"),
                advice);
    }

    /** What each profile makes of the condition, as far as it can be read. */
    private static Map<String, Rule.Condition> profiles(Draft draft) {
        Map<String, Rule.Condition> profiles = new LinkedHashMap<>();
        if (!draft.root().isObject()) {
            return profiles;
        }
        draft.at("/profiles").fieldNames().forEachRemaining(name -> {
            Draft layer = layer(draft.root(), draft.file(), "/profiles" + YamlFile.step(name));
            Rule.Condition condition = ConditionReader.read(layer);
            draft.addProblemsOf(layer);
            if (condition != null) {
                profiles.put(name, condition);
            }
        });
        return profiles;
    }

    /** A rule's tree under what stands at a pointer of a file, held to the schema as a rule is. */
    static Draft layer(JsonNode rule, YamlFile file, String pointer) {
        return new Draft(Layers.over(rule, file, pointer), SCHEMA);
    }

    private static Set<String> runsIn(Draft draft) {
        Set<String> profiles = new LinkedHashSet<>();
        draft.at("/runs-in").forEach(profile -> profiles.add(profile.asText()));
        return profiles;
    }

    private static Rule.CausalRank rank(Draft draft) {
        if (draft.has("/rank")) {
            return Rule.CausalRank.valueOf(draft.constant("/rank"));
        }
        return draft.text("/reads").equals("leader-change") ? Rule.CausalRank.LEADER_CHANGE : Rule.CausalRank.CAPACITY;
    }

    private static Rule.@Nullable Says alert(Draft draft, Rule.Maturity maturity) {
        if (!draft.has("/alert") || !draft.isSound("/alert")) {
            return null;
        }
        if (maturity == Rule.Maturity.STABLE && !draft.has("/alert/runbook")) {
            draft.problem(
                    "/alert",
                    "'runbook' is missing; expected the path or address of the runbook, or maturity: sandbox");
        }
        checkWords(draft, "/alert/summary", words(draft));
        return new Rule.Says(draft.text("/alert/summary"), draft.text("/alert/runbook"));
    }

    /** What conditions of this kind fill in. */
    private static List<String> words(Draft draft) {
        return switch (draft.text("/reads")) {
            case "leader-change" -> List.of("cluster", "count", "span");
            case "symptom" -> List.of("cluster", "member", "count", "span", "steps");
            default -> {
                if (draft.has("/regression")) {
                    yield List.of("who", "share", "slow", "edge");
                }
                yield draft.text("/per").equals("cluster")
                        ? List.of("who", "cluster", "value", "limit", "over", "series")
                        : List.of("who", "cluster", "member", "value", "limit", "over", "series");
            }
        };
    }

    private static void checkWords(Draft draft, String at, List<String> known) {
        Matcher word = WORD.matcher(draft.text(at));
        while (word.find()) {
            if (!known.contains(word.group(1))) {
                draft.problem(
                        at,
                        "'" + word.group() + "' is no word of this rule's summary; expected one of "
                                + known.stream().map(one -> "{" + one + "}").collect(Collectors.joining(", ")));
            }
        }
    }

    /** Counted as they stand, also those that cannot be read. No test of one file can make other rules blind. */
    private static void checkTests(Draft draft) {
        if (draft.has("/when/blind-rules")) {
            return;
        }
        JsonNode tests = draft.at("/tests");
        int firing = 0;
        for (JsonNode test : tests) {
            firing += test.path("expect").findValuesAsText("status").contains("firing") ? 1 : 0;
        }
        int silent = tests.size() - firing;
        // Nothing but what it reads can be told in the tests of a pattern: little is left to be silent about.
        int quiet = draft.has("/explains") ? 1 : 2;
        if (firing < 1 || silent < quiet) {
            draft.problem(
                    "/tests",
                    "a stable rule has " + firing + " firing and " + silent + " silent tests; expected at least 1 and "
                            + quiet + ", or maturity: sandbox");
        }
    }

    /** The comment that opens a file, without what it says to editors. */
    private static String comment(String text) {
        return text.lines()
                .takeWhile(line -> line.startsWith("#"))
                .map(line -> line.substring(1).strip())
                .filter(line -> !line.isEmpty() && !line.startsWith("yaml-language-server:"))
                .collect(Collectors.joining(" "));
    }
}
