package io.quorate.rules;

import com.fasterxml.jackson.databind.JsonNode;
import io.quorate.events.Alert.Severity;
import io.quorate.events.Alert.Status;
import io.quorate.events.BucketVector;
import io.quorate.events.Histogram;
import io.quorate.events.Labels;
import io.quorate.events.LeaderChange;
import io.quorate.events.Measures;
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
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Reads rule files, and tells everything that is wrong with one in one go. */
public final class RuleReader {

    private static final List<String> SHIPPED = List.of("etcd-election-storm.yaml", "etcd-wal-fsync-regression.yaml");

    private static final YamlSchema SCHEMA = YamlSchema.resource(RuleReader.class, "/schema/rule.schema.json");

    /** {@code 80s b->c term 8}, with {@code planned} behind it where somebody meant it. */
    private static final Pattern MOVE = Pattern.compile("(\\d+(?:ms|s|m|h)) (\\w+)->(\\w+) term (\\d+)( planned)?");

    /** {@code 10s..60s}, or {@code 70s}: the ends of windows; then what each member's saw. */
    private static final Pattern WINDOWS = Pattern.compile("(\\d+[smh])(?:\\.\\.(\\d+[smh]))? (\\S.*)");

    /** {@code m1 gap 100 x 1ms + 40 x 100ms}; a window without operations is {@code m1 0 x 1ms}. */
    private static final Pattern OF_MEMBER =
            Pattern.compile("(\\w+)( gap)? (\\d{1,9} x \\d+(?:ms|s)(?: \\+ \\d{1,9} x \\d+(?:ms|s))*)");

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
                Rule rule = rule(YamlFile.read(file), Files.readString(file));
                if (rules.stream().anyMatch(other -> other.name().equals(rule.name()))) {
                    problems.add(new YamlProblem(
                            file.toString(), 1, "a second rule " + rule.name() + "; expected each name once"));
                }
                rules.add(rule);
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
        return rule(YamlFile.parse(name, text), text);
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
        String why = comment(text);
        List<YamlProblem> problems = new ArrayList<>(SCHEMA.problems(file));
        if (!problems.isEmpty()) {
            throw new InvalidYaml(problems);
        }
        JsonNode root = file.root();
        JsonNode alert = root.get("alert");
        Map<String, Rule.Condition> profiles = new HashMap<>();
        root.path("profiles")
                .fields()
                .forEachRemaining(profile -> profiles.put(profile.getKey(), condition(root, profile.getValue())));
        Rule rule = new Rule(
                root.get("rule").asText(),
                version(text),
                why,
                Rule.Maturity.STABLE,
                Set.of(),
                Rule.CausalRank.DISK,
                condition(root, root),
                new Rule.Says(
                        alert.get("summary").asText(), alert.get("runbook").asText()),
                profiles,
                tests(file, profiles.keySet(), problems),
                text);
        if (why.isEmpty()) {
            problems.add(file.problemAt("", "no comment above the rule; expected what it means, for a person on call"));
        }
        checkLevels(file, "/levels", rule.condition(), problems);
        profiles.forEach(
                (name, profile) -> checkLevels(file, "/profiles" + YamlFile.step(name) + "/levels", profile, problems));
        checkTests(file, rule, problems);
        if (!problems.isEmpty()) {
            throw new InvalidYaml(problems);
        }
        return rule;
    }

    /** The condition of the rule at {@code root} with what {@code said}, it or one of its profiles, says. */
    private static Rule.Condition condition(JsonNode root, JsonNode said) {
        if (readsWindows(root)) {
            return regression(root, said.get("regression"));
        }
        JsonNode counts = root.get("counts");
        return new Rule.CountedChanges(
                counts.get("step").asText(),
                planned(counts.get("planned")),
                levels(said.get("levels")),
                duration(said.get("resolve-after")));
    }

    private static Rule.Regression regression(JsonNode root, JsonNode said) {
        JsonNode base = root.get("regression");
        JsonNode baseline = either(said, base, "baseline");
        Rule.Baseline.Kind kind = baseline.has("first") ? Rule.Baseline.Kind.FIRST : Rule.Baseline.Kind.TRAILING;
        return new Rule.Regression(
                base.get("metric").asText(),
                new Rule.Baseline(kind, duration(baseline.get(kind.name().toLowerCase(Locale.ROOT)))),
                either(said, base, "share").asDouble(),
                either(said, base, "at-least").asInt(),
                either(said, base, "p50-edges").asInt(),
                either(said, base, "windows").asInt(),
                either(said, base, "peers").asDouble(),
                Severity.valueOf(upper(root.get("alert").get("severity"))));
    }

    private static JsonNode either(JsonNode said, JsonNode base, String key) {
        return said.has(key) ? said.get(key) : base.get(key);
    }

    private static boolean readsWindows(JsonNode root) {
        return root.get("reads").asText().equals("member-window");
    }

    private static void checkLevels(YamlFile file, String at, Rule.Condition condition, List<YamlProblem> problems) {
        List<Rule.Level> levels = condition instanceof Rule.CountedChanges counted ? counted.levels() : List.of();
        for (int i = 1; i < levels.size(); i++) {
            if (levels.get(i).severity().compareTo(levels.get(i - 1).severity()) >= 0) {
                problems.add(file.problemAt(
                        at + "/" + i, "levels must stand worst first, each severity once; move this one up"));
            }
        }
    }

    private static void checkTests(YamlFile file, Rule rule, List<YamlProblem> problems) {
        long firing = rule.tests().stream().filter(RuleReader::expectsToFire).count();
        long silent = rule.tests().size() - firing;
        if (firing < 1 || silent < 2) {
            problems.add(file.problemAt(
                    "/tests",
                    "a stable rule has " + firing + " firing and " + silent
                            + " silent tests; expected at least 1 and 2"));
        }
    }

    private static boolean expectsToFire(RuleTest test) {
        return test.expect().stream().anyMatch(alert -> alert.status() == Status.FIRING);
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
            int members = test.path("members").asInt(3);
            List<RuleTest.Given> given = new ArrayList<>();
            int line = 0;
            for (JsonNode happened : test.get("given")) {
                String where = at + "/given/" + line++;
                if (readsWindows(file.root())) {
                    given.addAll(windows(
                            file,
                            where,
                            file.root().at("/regression/metric").asText(),
                            happened.asText(),
                            members,
                            problems));
                } else {
                    given.addAll(move(file, where, happened.asText(), problems));
                }
            }
            List<RuleTest.Expected> expect = new ArrayList<>();
            for (JsonNode alert : test.get("expect")) {
                expect.add(new RuleTest.Expected(
                        duration(alert.get("at")),
                        Status.valueOf(upper(alert.get("status"))),
                        Severity.valueOf(upper(alert.get("severity"))),
                        alert.path("count").asInt(),
                        alert.has("member") ? alert.get("member").asText() : null));
            }
            tests.add(new RuleTest(
                    test.get("it").asText(), profile, members, given, duration(test.get("until")), expect));
        }
        return tests;
    }

    private static List<RuleTest.Given> move(YamlFile file, String at, String text, List<YamlProblem> problems) {
        Matcher matcher = MOVE.matcher(text);
        if (!matcher.matches()) {
            problems.add(file.problemAt(at, "'" + text + "' is no leader change; expected one like '80s b->c term 8'"));
            return List.of();
        }
        return List.of(new RuleTest.Move(
                Durations.parse(matcher.group(1)),
                matcher.group(2),
                matcher.group(3),
                Long.parseLong(matcher.group(4)),
                matcher.group(5) != null));
    }

    /** One window of each member that the text tells of, for each of its ends. */
    private static List<RuleTest.Given> windows(
            YamlFile file, String at, String metric, String text, int members, List<YamlProblem> problems) {
        Matcher matcher = WINDOWS.matcher(text);
        if (!matcher.matches()) {
            problems.add(file.problemAt(at, noWindows(text)));
            return List.of();
        }
        Duration first = Durations.parse(matcher.group(1));
        Duration last = matcher.group(2) == null ? first : Durations.parse(matcher.group(2));
        long size = RuleTest.Window.SIZE.toMillis();
        if (first.toMillis() % size != 0 || last.toMillis() % size != 0 || last.compareTo(first) < 0) {
            problems.add(file.problemAt(
                    at, "'" + text + "' ends where no window ends; expected multiples of 10s, the earlier one first"));
            return List.of();
        }
        Map<String, Matcher> byMember = new TreeMap<>();
        Set<String> others = new TreeSet<>();
        for (int i = 1; i <= members; i++) {
            others.add("m" + i);
        }
        for (String part : matcher.group(3).split(", ")) {
            Matcher ofMember = OF_MEMBER.matcher(part);
            if (!ofMember.matches()) {
                problems.add(file.problemAt(at, noWindows(text)));
                return List.of();
            }
            String who = ofMember.group(1);
            Set<String> told = who.equals("all") || who.equals("others") ? Set.copyOf(others) : Set.of(who);
            if (!others.containsAll(told)) {
                problems.add(file.problemAt(
                        at, "'" + who + "' is told of twice or is none of m1 to m" + members + "; expected each once"));
                return List.of();
            }
            told.forEach(member -> byMember.put(member, ofMember));
            others.removeAll(told);
        }
        List<RuleTest.Given> windows = new ArrayList<>();
        for (Duration end = first; end.compareTo(last) <= 0; end = end.plus(RuleTest.Window.SIZE)) {
            for (Map.Entry<String, Matcher> member : byMember.entrySet()) {
                windows.add(new RuleTest.Window(
                        end,
                        member.getKey(),
                        member.getValue().group(2) != null,
                        operations(metric, member.getValue().group(3))));
            }
        }
        return windows;
    }

    private static String noWindows(String text) {
        return "'" + text + "' is no window; expected one like '70s..90s m1 100 x 1ms + 40 x 100ms, others 200 x 1ms'";
    }

    /** So many that took so long, and so on, in the buckets of this histogram. */
    private static Measures operations(String metric, String text) {
        double[] edges = Buckets.edges(metric);
        long[] counts = new long[edges.length + 1];
        double sum = 0;
        for (String some : text.split(" \\+ ")) {
            String[] countAndTook = some.split(" x ");
            long count = Long.parseLong(countAndTook[0]);
            double seconds = Durations.parse(countAndTook[1]).toMillis() / 1000.0;
            int bucket = 0;
            while (bucket < edges.length && edges[bucket] < seconds) {
                bucket++;
            }
            counts[bucket] += count;
            sum += count * seconds;
        }
        return new Measures(
                List.of(new Histogram(metric, Labels.NONE, new BucketVector(edges, counts, sum))),
                List.of(),
                List.of());
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
