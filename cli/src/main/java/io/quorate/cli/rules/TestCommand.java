package io.quorate.cli.rules;

import io.quorate.jobs.JobEnvironment;
import io.quorate.jobs.detection.RuleTests;
import io.quorate.jobs.settings.FlinkSettings;
import io.quorate.rules.Rule;
import io.quorate.rules.RuleTest;
import io.quorate.rules.yaml.Durations;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** Runs the tests that stand in rules, on the operators that run the rules in production. */
@Command(
        name = "test",
        mixinStandardHelpOptions = true,
        description = "Run the tests that stand in rules, on the operators that run them in production.")
final class TestCommand implements Callable<Integer> {

    @Parameters(paramLabel = "FOLDER|FILE", description = "Rules (default: those that ship).")
    private List<Path> paths = List.of();

    @Override
    public Integer call() throws Exception {
        List<Rule> rules = RuleFiles.read(paths);
        List<RuleTests.Outcome> outcomes = RuleTests.run(environment(), rules);
        outcomes.forEach(TestCommand::tell);
        long failed = outcomes.stream().filter(outcome -> !outcome.holds()).count();
        System.out.printf(
                "%d tests of %d %s, %s%n",
                outcomes.size(),
                rules.size(),
                rules.size() == 1 ? "rule" : "rules",
                failed == 0 ? "all hold" : failed + (failed == 1 ? " does not hold" : " do not hold"));
        return failed == 0 ? 0 : RulesCommand.DID_NOT_HOLD;
    }

    /** Web pages and checkpoints are for jobs that stay. */
    static StreamExecutionEnvironment environment() {
        Configuration configuration = JobEnvironment.configuration(new FlinkSettings(null, Duration.ofDays(1)));
        return StreamExecutionEnvironment.createLocalEnvironment(1, configuration);
    }

    private static void tell(RuleTests.Outcome outcome) {
        RuleTest test = outcome.test();
        System.out.printf(
                "%-5s %s %s%s%n",
                outcome.holds() ? "ok" : "FAIL",
                outcome.rule().name(),
                test.claim(),
                test.profile().equals("fleet") ? "" : " (profile " + test.profile() + ")");
        if (!outcome.holds()) {
            tell("expected", test.expect());
            tell("got", outcome.got());
        }
    }

    private static void tell(String what, List<RuleTest.Expected> alerts) {
        if (alerts.isEmpty()) {
            System.out.printf("      %-8s no alert%n", what);
        }
        for (RuleTest.Expected alert : alerts) {
            System.out.printf(
                    "      %-8s at %s %s %s%s%s%n",
                    what,
                    Durations.text(alert.after()),
                    alert.status().name().toLowerCase(Locale.ROOT),
                    alert.severity().name().toLowerCase(Locale.ROOT),
                    alert.member() == null ? "" : ", member " + alert.member(),
                    alert.count() == 0 ? "" : ", count " + alert.count());
        }
    }
}
