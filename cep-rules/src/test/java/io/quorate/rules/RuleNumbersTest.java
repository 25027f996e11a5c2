package io.quorate.rules;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.quorate.events.Alert.Severity;
import io.quorate.rules.RuleNumbers.Said;
import io.quorate.rules.yaml.Durations;
import io.quorate.rules.yaml.InvalidYaml;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class RuleNumbersTest {

    private static final Rule SLOW = RuleReader.shipped("EtcdWalFsyncSlow");
    private static final Rule STORM = RuleReader.shipped("EtcdElectionStorm");

    @Test
    void addressesTheNumbersOfALevelByItsSeverity() {
        assertThat(RuleNumbers.of(SLOW, "fleet").all())
                .contains(
                        new Said("critical.above", "128ms"),
                        new Said("critical.clear", "64ms"),
                        new Said("warning.for", "10m"),
                        new Said("when.quantile.q", "0.99"),
                        new Said("clear-for", "2m"));
    }

    @Test
    void readsThemAsTheProfileSaysThem() {
        assertThat(RuleNumbers.of(SLOW, "lab").at("over")).containsExactly(new Said("when.quantile.over", "10s"));
        assertThat(RuleNumbers.of(STORM, "lab").at("times.at-least"))
                .containsExactly(new Said("critical.times.at-least", "3"));
    }

    @Test
    void knowsWhatARuleMaySayAndDoesNot() {
        assertThat(RuleNumbers.of(SLOW, "prd").at("critical.for")).containsExactly(new Said("critical.for", null));
    }

    @Test
    void findsSeveralByTheEndOfAnAddress() {
        assertThat(RuleNumbers.of(SLOW, "fleet").at("above"))
                .extracting(Said::address)
                .containsExactly("critical.above", "warning.above");
    }

    @Test
    void changesOneNumberAndLeavesAllOthers() throws InvalidYaml {
        Threshold before = (Threshold) SLOW.under("fleet").condition();

        Threshold after = (Threshold)
                RuleNumbers.of(SLOW, "fleet").with("warning.above", "64ms").condition();

        assertThat(after.limits().get(1).bound().number()).isEqualTo(0.064);
        assertThat(after.limits().get(1).duration())
                .isEqualTo(before.limits().get(1).duration());
        assertThat(after.limits().get(0)).isEqualTo(before.limits().get(0));
        assertThat(after.signal()).isEqualTo(before.signal());
        assertThat(after.clearFor()).isEqualTo(before.clearFor());
    }

    @Test
    void changesTheSpanOfASignal() throws InvalidYaml {
        Threshold after = (Threshold)
                RuleNumbers.of(SLOW, "fleet").with("when.quantile.over", "1m").condition();

        assertThat(((Signal.QuantileOf) after.signal()).over()).isEqualTo(Durations.parse("1m"));
    }

    @Test
    void changesWhatIsNoThresholdToo() throws InvalidYaml {
        Rule.CountedChanges after = (Rule.CountedChanges) RuleNumbers.of(STORM, "fleet")
                .with("critical.times.at-least", "5")
                .condition();

        assertThat(after.levels()).extracting(Rule.Level::atLeast).containsExactly(5, 4);
    }

    @Test
    void refusesWhatTheRulesReaderRefuses() {
        RuleNumbers numbers = RuleNumbers.of(SLOW, "fleet");
        assertThatThrownBy(() -> numbers.with("warning.above", "256ms"))
                .isInstanceOf(InvalidYaml.class)
                .hasMessageContaining("warning at 256ms is beyond critical at 128ms");
        assertThatThrownBy(() -> numbers.with("warning.for", "soon")).isInstanceOf(InvalidYaml.class);
    }

    @Test
    void leavesTheWorstLevelAloneWithoutWhatItClearsAt() throws InvalidYaml {
        Threshold after = (Threshold) RuleNumbers.of(SLOW, "fleet")
                .worstAlone()
                .with("critical.above", "16ms")
                .condition();

        assertThat(after.limits()).singleElement().satisfies(limit -> {
            assertThat(limit.severity()).isEqualTo(Severity.CRITICAL);
            assertThat(limit.bound().number()).isEqualTo(0.016);
            assertThat(limit.clear()).isNull();
        });
    }

    @Test
    void readsEveryShippedRuleAgainWithTheNumbersThatItHas() {
        List<String> refused = new ArrayList<>();
        int numbers = 0;
        for (Rule rule : RuleReader.shipped()) {
            for (String profile : List.of("fleet", "lab", "prd", "strict")) {
                for (Said said : RuleNumbers.of(rule, profile).all()) {
                    if (said.value() == null) {
                        continue;
                    }
                    numbers++;
                    try {
                        Rule same = RuleNumbers.of(rule, profile).with(said.address(), said.value());
                        if (!same.condition().equals(rule.under(profile).condition())) {
                            refused.add(rule.name() + " " + said + " is otherwise in " + profile);
                        }
                    } catch (InvalidYaml e) {
                        refused.add(rule.name() + " " + said + " in " + profile + ": " + e.getMessage());
                    }
                }
            }
        }

        assertThat(refused).isEmpty();
        assertThat(numbers).isGreaterThan(500);
    }
}
