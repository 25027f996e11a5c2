package io.quorate.jobs.detection;

import static org.assertj.core.api.Assertions.assertThat;

import io.quorate.rules.Rule;
import io.quorate.rules.RuleReader;
import java.util.List;
import java.util.stream.Stream;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every shipped rule, by the tests in its own file, on the operators that run it in production. */
class ShippedRulesTest {

    static Stream<Rule> shipped() {
        return RuleReader.shipped().stream();
    }

    @ParameterizedTest
    @MethodSource("shipped")
    void passesTheTestsInItsFile(Rule rule) throws Exception {
        List<RuleTests.Outcome> outcomes = RuleTests.run(environment(), rule);

        assertThat(outcomes).hasSize(rule.tests().size()).allMatch(RuleTests.Outcome::holds);
    }

    @Test
    void failsATestThatExpectsAnotherAlert() throws Exception {
        Rule storm = RuleReader.shipped().get(0);
        // Under lab's levels, what fleet's tests expect does not come.
        Rule other = storm.with(storm.under("lab").condition());

        assertThat(RuleTests.run(environment(), other)).anyMatch(outcome -> !outcome.holds());
    }

    private static StreamExecutionEnvironment environment() {
        return StreamExecutionEnvironment.createLocalEnvironment(1);
    }
}
