package io.quorate.cli.rules;

import static org.assertj.core.api.Assertions.assertThat;

import io.quorate.desk.Home;
import io.quorate.desk.Parts;
import io.quorate.events.Alert.Severity;
import io.quorate.events.Alert.Status;
import io.quorate.jobs.detection.RuleTests;
import io.quorate.rules.Rule;
import io.quorate.rules.RuleReader;
import io.quorate.rules.RuleTest;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * etcd's own alerts, asked twice: every test in the files of profile {@code mixin} runs on our operators, and the same series
 * run through promtool with the alerts as PromQL asks them. Both must begin to fire within one evaluation of each other.
 */
@Tag("slow")
class PromtoolPeerTest {

    private static final long EVALUATION_SECONDS = 10;

    /** {@code exp:... got:{__name__="ALERTS", ...} 1.23E+03}: when an alert was first seen to fire. */
    private static final Pattern GOT =
            Pattern.compile("got:.*?([0-9.]+(?:E[+-]?[0-9]+)?)[\"'\\s]*$", Pattern.MULTILINE);

    /** By rule and test, why the two do not begin together. */
    private static final Map<String, String> DIFFERENCES = Map.of();

    @TempDir
    private Path folder;

    /** One rule's test, and when each of the two first fired, in seconds; null for never. */
    private record Scenario(String rule, String claim, Severity severity, Long ours, Long peers) {

        boolean agrees() {
            return ours == null || peers == null
                    ? Objects.equals(ours, peers)
                    : Math.abs(ours - peers) <= EVALUATION_SECONDS;
        }

        String name() {
            return rule + ": " + claim;
        }

        @Override
        public String toString() {
            return name() + ", " + severity.name().toLowerCase(Locale.ROOT) + ": ours " + ours + ", promtool's "
                    + peers;
        }
    }

    @Test
    void firesWhenPromtoolDoes() throws Exception {
        List<Rule> rules = RuleReader.shipped().stream()
                .filter(rule -> rule.runsIn().contains("mixin"))
                .toList();
        List<Scenario> scenarios = new ArrayList<>();
        for (RuleTests.Outcome outcome : RuleTests.run(StreamExecutionEnvironment.createLocalEnvironment(1), rules)) {
            if (!outcome.test().profile().equals("mixin")) {
                continue;
            }
            for (Severity severity : List.of(Severity.WARNING, Severity.CRITICAL)) {
                Long ours = firstOf(outcome, severity);
                // A test may end as it fires, before promtool's next evaluation: its last window goes on for two of
                // them.
                long last = PromtoolSeries.lastSecond(outcome.test()) + (ours == null ? 0 : 2 * EVALUATION_SECONDS);
                scenarios.add(new Scenario(
                        outcome.rule().name(),
                        outcome.test().claim(),
                        severity,
                        ours,
                        firstOfPromtool(outcome.rule().name(), outcome.test(), severity, last)));
            }
        }
        scenarios.forEach(scenario -> System.out.println("PEER " + scenario + " " + scenario.agrees()));

        assertThat(scenarios.stream().map(Scenario::rule).distinct()).hasSizeGreaterThanOrEqualTo(14);
        assertThat(scenarios.stream().filter(scenario -> scenario.peers() != null))
                .hasSizeGreaterThanOrEqualTo(15);
        assertThat(scenarios)
                .allSatisfy(scenario -> assertThat(scenario.agrees() || DIFFERENCES.containsKey(scenario.name()))
                        .as(scenario.toString())
                        .isTrue());
        assertThat(DIFFERENCES.keySet())
                .allSatisfy(name -> assertThat(scenarios)
                        .as(name + " is said to differ")
                        .anyMatch(scenario -> scenario.name().equals(name) && !scenario.agrees()));
    }

    private static Long firstOf(RuleTests.Outcome outcome, Severity atLeast) {
        return outcome.got().stream()
                .filter(alert -> alert.status() == Status.FIRING || alert.status() == Status.UPDATED)
                .filter(alert -> alert.severity().compareTo(atLeast) >= 0)
                .map(alert -> alert.after().toSeconds())
                .findFirst()
                .orElse(null);
    }

    private Long firstOfPromtool(String rule, RuleTest test, Severity atLeast, long last) throws Exception {
        Path rules = folder.resolve("mixin.yaml");
        try (InputStream in = Objects.requireNonNull(getClass().getResourceAsStream("/promtool/mixin.yaml"))) {
            Files.write(rules, in.readAllBytes());
        }
        String severities = atLeast == Severity.CRITICAL ? "critical" : "warning|critical";
        // Expected is nothing, so that what there is gets printed.
        StringBuilder yaml = new StringBuilder("rule_files: [mixin.yaml]\nevaluation_interval: " + EVALUATION_SECONDS
                + "s\ntests:\n  - interval: " + PromtoolSeries.STEP_SECONDS + "s\n    input_series:\n");
        new TreeMap<>(PromtoolSeries.of(test, last))
                .forEach((series, values) -> yaml.append("      - series: '")
                        .append(series)
                        .append("'\n        values: '")
                        .append(values)
                        .append("'\n"));
        yaml.append("    promql_expr_test:\n      - expr: 'min(min_over_time(timestamp(ALERTS{alertname=\"")
                .append(rule)
                .append("\",alertstate=\"firing\",severity=~\"")
                .append(severities)
                .append("\"})[")
                .append(last)
                .append("s:")
                .append(EVALUATION_SECONDS)
                .append("s]))'\n        eval_time: ")
                .append(last)
                .append("s\n        exp_samples: []\n");
        Path file = folder.resolve("test.yaml");
        Files.writeString(file, yaml);
        return firstIn(promtool(file));
    }

    private static Long firstIn(String output) {
        if (output.contains("SUCCESS")) {
            return null;
        }
        Matcher got = GOT.matcher(output);
        assertThat(got.find()).as(output).isTrue();
        return Math.round(Double.parseDouble(got.group(1)));
    }

    private static String promtool(Path test) throws Exception {
        Path promtool = Parts.of(Home.current()).prometheus().resolveSibling("promtool");
        Process process = new ProcessBuilder(promtool.toString(), "test", "rules", test.toString())
                .redirectErrorStream(true)
                .start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        process.waitFor();
        return output;
    }
}
