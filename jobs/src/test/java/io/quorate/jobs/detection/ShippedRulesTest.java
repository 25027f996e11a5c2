package io.quorate.jobs.detection;

import static org.assertj.core.api.Assertions.assertThat;

import io.quorate.ingest.catalogue.Catalogue;
import io.quorate.rules.Finding;
import io.quorate.rules.Rule;
import io.quorate.rules.RuleLint;
import io.quorate.rules.RuleReader;
import java.nio.file.Path;
import java.util.List;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.junit.jupiter.api.Test;

/** Every shipped rule, by the tests in its own file, on the operators that run it in production. */
class ShippedRulesTest {

    private static final Path CHECKOUT = Path.of("..").toAbsolutePath().normalize();

    @Test
    void passTheTestsInTheirFiles() throws Exception {
        List<Rule> rules = RuleReader.shipped();

        List<RuleTests.Outcome> outcomes = RuleTests.run(environment(), rules);

        assertThat(outcomes)
                .hasSize(rules.stream().mapToInt(rule -> rule.tests().size()).sum())
                .allMatch(RuleTests.Outcome::holds);
    }

    @Test
    void failATestThatExpectsAnotherAlert() throws Exception {
        Rule storm = RuleReader.shipped("EtcdElectionStorm");
        // Under lab's levels, what fleet's tests expect does not come.
        Rule other = storm.with(storm.under("lab").condition());

        assertThat(RuleTests.run(environment(), other)).anyMatch(outcome -> !outcome.holds());
    }

    @Test
    void leaveNothingToMendNorDoTheirRunbooks() {
        RuleLint lint = new RuleLint(new CatalogueMetrics(Catalogue.shipped()), CHECKOUT, List.of());

        assertThat(lint.findings(RuleReader.shippedFiles()))
                .filteredOn(Finding::isToBeMended)
                .isEmpty();
    }

    private static StreamExecutionEnvironment environment() {
        return StreamExecutionEnvironment.createLocalEnvironment(1);
    }
}
