package io.quorate.jobs.ledger;

import static io.quorate.events.Alert.Severity.CRITICAL;
import static io.quorate.events.Alert.Severity.WARNING;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.quorate.jobs.ledger.Noise.Verdict;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class NoiseTest {

    private static final Duration MONTH = Duration.ofDays(30);

    private final Run run = new Run();

    @Test
    void countsPagesAndWarningsEachForItselfPerClusterAndMonth() {
        run.of("Slow", "c1", "m1").fires(10, WARNING).becomes(20, CRITICAL).ends(30);
        run.of("Slow", "c1", "m1").fires(110, WARNING).ends(130);

        Noise noise = Noise.of(run.ledger(), MONTH.multipliedBy(2), 4);

        assertThat(noise.all().pages()).isEqualTo(1);
        assertThat(noise.all().warnings()).isEqualTo(2);
        assertThat(noise.clusterMonths()).isEqualTo(8);
        assertThat(noise.all().pagesPerClusterMonth()).isEqualTo(1 / 8.0);
        assertThat(noise.all().warningsPerClusterMonth()).isEqualTo(2 / 8.0);
    }

    @Test
    void putsTheWorstRuleFirst() {
        run.of("Loud", "c1", "m1").fires(10, WARNING).ends(20);
        run.of("Loud", "c1", "m2").fires(10, WARNING).ends(20);
        run.of("Worst", "c1", "m1").fires(10, CRITICAL).ends(20);

        assertThat(Noise.of(run.ledger(), MONTH, 1).byRule())
                .extracting(Noise.Line::name)
                .containsExactly("Worst", "Loud");
    }

    @Test
    void dividesThePagesOfOneClusterByItsOwnMonthsOnly() {
        run.of("Slow", "c1", "m1").fires(10, CRITICAL).ends(30);

        assertThat(Noise.of(run.ledger(), MONTH, 10).byCluster())
                .singleElement()
                .satisfies(line -> assertThat(line.pagesPerClusterMonth()).isEqualTo(1.0));
    }

    @Test
    void keepsTheBudgetWithOnePageOfEachClusterAndExceedsItWithOneMore() {
        run.of("Slow", "c1", "m1").fires(10, CRITICAL).ends(30);
        run.of("Slow", "c2", "m1").fires(10, CRITICAL).ends(30);
        assertThat(Noise.of(run.ledger(), MONTH, 2).verdict()).isEqualTo(Verdict.KEPT);

        run.of("Slow", "c2", "m2").fires(10, CRITICAL).ends(30);
        Noise noise = Noise.of(run.ledger(), MONTH, 2);
        assertThat(noise.verdict()).isEqualTo(Verdict.EXCEEDED);
        assertThat(noise.sentence())
                .isEqualTo("1.5 pages per cluster and month: the budget of at most 1 page per cluster and month is"
                        + " exceeded.");
    }

    @Test
    void isUndecidedAfterLessThanAMonthOfAClusterUnlessItIsTooMuchAlready() {
        run.of("Slow", "c1", "m1").fires(10, CRITICAL).ends(30);
        Noise hour = Noise.of(run.ledger(), Duration.ofHours(1), 1);
        assertThat(hour.verdict()).isEqualTo(Verdict.UNDECIDED);
        assertThat(hour.sentence()).contains("is undecided", "Only 0.00139 cluster-months were seen");

        run.of("Slow", "c1", "m1").fires(110, CRITICAL).ends(130);
        assertThat(Noise.of(run.ledger(), Duration.ofHours(1), 1).verdict()).isEqualTo(Verdict.EXCEEDED);
    }

    @Test
    void countsNoWarningAgainstTheBudgetOfPages() {
        for (int i = 0; i < 50; i++) {
            run.of("Slow", "c1", "m1").fires(100 * i, WARNING).ends(100 * i + 10);
        }

        assertThat(Noise.of(run.ledger(), MONTH, 1).verdict()).isEqualTo(Verdict.KEPT);
    }

    @Test
    void refusesToDivideByNothing() {
        assertThatThrownBy(() -> Noise.of(run.ledger(), Duration.ZERO, 1)).hasMessageContaining("expected a span");
        assertThatThrownBy(() -> Noise.of(run.ledger(), MONTH, 0)).hasMessageContaining("at least one cluster");
    }
}
