package io.quorate.jobs.ledger;

import static io.quorate.events.Alert.Severity.CRITICAL;
import static io.quorate.events.Alert.Severity.WARNING;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.quorate.jobs.settings.Profiles;
import io.quorate.rules.Rule;
import io.quorate.rules.RuleReader;
import io.quorate.rules.Threshold;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SweepTest {

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "3..8 | 3 4 5 6 7 8",
                "16ms..512ms | 16ms 32ms 64ms 128ms 256ms 512ms",
                "0.016..0.1 | 0.016 0.032 0.064 0.1",
                "10s..60s/20s | 10s 30s 50s",
                "10..60s/10 | 10s 20s 30s 40s 50s 60s",
                "1s..3s/500ms | 1s 1500ms 2s 2500ms 3s",
                "0s..20s/10s | 0s 10s 20s",
                "1m..2m/30s | 1m 90s 2m",
                "0.1..0.3/0.1 | 0.1 0.2 0.3",
                "100MiB..1GiB/412MiB | 100MiB 512MiB 924MiB"
            })
    void goesThroughARange(String range, String values) {
        assertThat(Range.values("RULE.PARAM=" + range, range))
                .extracting(Sweep.Value::text)
                .containsExactly(values.split(" "));
    }

    @Test
    void knowsEachValueInItsBaseUnit() {
        assertThat(Range.values("", "16ms..32ms"))
                .extracting(Sweep.Value::number)
                .containsExactly(0.016, 0.032);
        assertThat(Range.values("", "5 %..10 %")).extracting(Sweep.Value::text).containsExactly("5 %", "10 %");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "3 | is no range; expected a..b or a..b/step",
                "8..3 | leads nowhere; expected a range from the smaller to the larger",
                "0..10s | leads nowhere",
                "1..9/0 | leads nowhere",
                "1s..1GiB | mixes units; expected one kind of unit",
                "1..51 | is more than 50 values",
                "3..8..9 | is no range"
            })
    void refusesWhatIsNoRange(String range, String message) {
        assertThatThrownBy(() -> Range.values("EtcdElectionStorm.count=" + range, range))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("--sweep EtcdElectionStorm.count=" + range + ": ")
                .hasMessageContaining(message);
    }

    @Test
    void changesTheSweptRuleAndNoOther() {
        Sweep sweep = sweep("EtcdElectionStorm.count=3..5", "lab");

        assertThat(sweep.param()).isEqualTo("critical.times.at-least");
        assertThat(sweep.asIs()).isEqualTo("3");
        List<Rule> rules = sweep.at(sweep.values().get(2));
        assertThat(rules).hasSameSizeAs(sweep.rules());
        for (int i = 0; i < rules.size(); i++) {
            Rule was = sweep.rules().get(i);
            assertThat(rules.get(i).equals(was)).isEqualTo(!was.name().equals("EtcdElectionStorm"));
        }
        assertThat(((Rule.CountedChanges) rule(rules, "EtcdElectionStorm").condition()).levels())
                .extracting(Rule.Level::atLeast)
                .containsExactly(5);
    }

    @Test
    void sweepsALevelBySeverityBesideTheOthers() {
        Sweep sweep = sweep("EtcdWalFsyncSlow.warning.for=10s..30s/10s", "lab");

        Threshold threshold = (Threshold)
                rule(sweep.at(sweep.values().get(1)), "EtcdWalFsyncSlow").condition();
        assertThat(sweep.alone()).isFalse();
        assertThat(threshold.limits()).extracting(Threshold.Limit::severity).containsExactly(CRITICAL, WARNING);
        assertThat(threshold.limits().get(1).duration()).isEqualTo(Duration.ofSeconds(20));
    }

    @Test
    void sweepsTheWorstLevelAloneWhenNoLevelIsNamed() {
        Sweep sweep = sweep("EtcdWalFsyncSlow.above=0.016..0.512", "fleet");

        assertThat(sweep.address()).isEqualTo("EtcdWalFsyncSlow.critical.above (with this level alone)");
        assertThat(sweep.values()).hasSize(6);
        for (Sweep.Value value : sweep.values()) {
            Threshold threshold =
                    (Threshold) rule(sweep.at(value), "EtcdWalFsyncSlow").condition();
            assertThat(threshold.limits())
                    .singleElement()
                    .satisfies(limit -> assertThat(limit.bound().number()).isEqualTo(value.number()));
        }
    }

    @Test
    void namesTheNumbersThatARuleHasWhenItLacksTheOneAskedFor() {
        assertThatThrownBy(() -> sweep("EtcdElectionStorm.cuont=3..8", "lab"))
                .hasMessage(
                        "--sweep EtcdElectionStorm.cuont=3..8: EtcdElectionStorm has no number 'cuont'; expected one"
                                + " of critical.times.at-least (3), critical.within (60s), resolve-after (30s)");
    }

    @Test
    void asksWhichOfTwoNumbersIsMeant() {
        assertThatThrownBy(() -> sweep("EtcdWalFsyncBudgetBurns.over=10m..20m/10m", "fleet"))
                .hasMessageContaining("EtcdWalFsyncBudgetBurns has 2 numbers 'over'; expected one of")
                .hasMessageContaining("such as --sweep EtcdWalFsyncBudgetBurns.and.");
    }

    @Test
    void refusesARuleThatDoesNotRunAndAsksForTheNearest() {
        assertThatThrownBy(() -> sweep("EtcdElectonStorm.count=3..8", "lab"))
                .hasMessage("--sweep EtcdElectonStorm.count=3..8: no rule 'EtcdElectonStorm' runs; did you mean"
                        + " EtcdElectionStorm?");
    }

    @Test
    void tellsEveryValueOfWhichNoRuleCanBeMade() {
        assertThatThrownBy(() -> sweep("EtcdWalFsyncSlow.warning.above=64ms..256ms", "lab"))
                .hasMessageContaining("at 128ms: the same bound")
                .hasMessageContaining("at 256ms: warning at 256ms is beyond critical at 128ms")
                .hasMessageEndingWith("EtcdWalFsyncSlow.warning.above is 32ms in profile lab; expected a range in which"
                        + " every value makes a rule");
    }

    @Test
    void refusesWhatIsNoSweep() {
        assertThatThrownBy(() -> sweep("EtcdElectionStorm", "lab"))
                .hasMessage("--sweep EtcdElectionStorm is no sweep; expected RULE.PARAM=a..b or RULE.PARAM=a..b/step,"
                        + " such as EtcdElectionStorm.count=3..8");
    }

    @Test
    void countsInAPointTheSweptRuleAloneButThePagesOfAll() {
        Sweep sweep = sweep("EtcdElectionStorm.count=3..5", "lab");
        Run run = new Run();
        run.of("EtcdElectionStorm", "c1", null).fires(10, CRITICAL).ends(20);
        run.of("Other", "c1", null).fires(10, CRITICAL).ends(20);

        Noise noise = Noise.of(run.ledger(), Noise.MONTH, 2);
        Curve.Point point = Curve.point(sweep, sweep.values().get(0), run.ledger(), noise, null, Score.REACH);

        assertThat(point).isEqualTo(new Curve.Point("3", 3, 1, 1, 1, 0, 0.5, 2, null, null, null));
    }

    private static Sweep sweep(String text, String profile) {
        return Sweep.parse(text, Profiles.under(profile, RuleReader.shipped()), profile);
    }

    private static Rule rule(List<Rule> rules, String name) {
        return rules.stream()
                .filter(rule -> rule.name().equals(name))
                .findFirst()
                .orElseThrow();
    }
}
