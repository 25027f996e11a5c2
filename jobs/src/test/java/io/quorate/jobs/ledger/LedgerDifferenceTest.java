package io.quorate.jobs.ledger;

import static io.quorate.events.Alert.Severity.CRITICAL;
import static io.quorate.events.Alert.Severity.WARNING;
import static org.assertj.core.api.Assertions.assertThat;

import io.quorate.events.Alert;
import io.quorate.jobs.ledger.LedgerDifference.Kind;
import io.quorate.jobs.ledger.LedgerDifference.Pair;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;

class LedgerDifferenceTest {

    private final Run before = new Run();
    private final Run after = new Run();

    @Test
    void callsTheSameWhatFiresAtTheSameTimeAndAsBadly() {
        before.of("Slow", "c1", "m1").fires(10, WARNING).ends(20);
        after.of("Slow", "c1", "m1").fires(10, WARNING).ends(30);

        assertThat(kinds()).containsExactly("SAME");
        assertThat(difference().isEmpty()).isTrue();
    }

    @Test
    void tellsByHowManySecondsAnEpisodeFiresEarlierOrLater() {
        before.of("Slow", "c1", "m1").pends(0, WARNING).fires(10, WARNING).ends(60);
        after.of("Slow", "c1", "m1").pends(0, WARNING).fires(30, WARNING).ends(60);
        before.of("Slow", "c1", "m2").pends(0, WARNING).fires(30, WARNING).ends(60);
        after.of("Slow", "c1", "m2").pends(0, WARNING).fires(15, WARNING).ends(60);

        assertThat(kinds()).containsExactly("LATER", "EARLIER");
        assertThat(difference().pairs()).extracting(Pair::seconds).containsExactly(20.0, -15.0);
        assertThat(difference().isEmpty()).isFalse();
    }

    @Test
    void findsWhatIsNewAndWhatIsGone() {
        before.of("Slow", "c1", "m1").fires(10, WARNING).ends(20);
        after.of("Slow", "c1", "m2").fires(10, WARNING).ends(20);
        after.of("Down", "c1", "m1").fires(10, WARNING).ends(20);

        assertThat(kinds()).containsExactlyInAnyOrder("GONE", "NEW", "NEW");
    }

    @Test
    void tellsWorseFromMilder() {
        before.of("Slow", "c1", "m1").fires(10, WARNING).ends(20);
        after.of("Slow", "c1", "m1").fires(10, WARNING).becomes(15, CRITICAL).ends(20);
        before.of("Slow", "c1", "m2").fires(10, CRITICAL).ends(20);
        after.of("Slow", "c1", "m2").fires(10, WARNING).ends(20);

        assertThat(kinds()).containsExactly("WORSE", "MILDER");
    }

    @Test
    void callsMilderWhatNobodyIsToldOfAnyMore() {
        before.of("Slow", "c1", "m1").fires(10, WARNING).ends(20);
        after.of("Slow", "c1", "m1").within("fleet-1").fires(10, CRITICAL).ends(20);

        assertThat(kinds()).containsExactly("MILDER");
    }

    @Test
    void matchesWhatLiesNoFurtherApartThanTheTolerance() {
        before.of("Slow", "c1", "m1").fires(0, WARNING).ends(10);
        after.of("Slow", "c1", "m1").fires(610, WARNING).ends(700);

        assertThat(kinds()).containsExactly("LATER");
    }

    @Test
    void doesNotMatchWhatLiesASecondFurther() {
        before.of("Slow", "c1", "m1").fires(0, WARNING).ends(10);
        after.of("Slow", "c1", "m1").fires(611, WARNING).ends(700);

        assertThat(kinds()).containsExactly("GONE", "NEW");
    }

    @Test
    void givesEachEpisodeItsNearestPartnerAndNoneTwo() {
        before.of("Slow", "c1", "m1").fires(100, WARNING).ends(110);
        before.of("Slow", "c1", "m1").fires(200, WARNING).ends(210);
        after.of("Slow", "c1", "m1").fires(195, WARNING).ends(205);

        assertThat(kinds()).containsExactly("GONE", "EARLIER");
    }

    @Test
    void saysTheSameInWhateverOrderTheRunsWereHeard() {
        for (int i = 0; i < 30; i++) {
            before.of("Slow", "c1", "m1").fires(i * 40, WARNING).ends(i * 40 + 10);
            after.of("Slow", "c1", "m1").fires(i * 40 + 20, WARNING).ends(i * 40 + 25);
        }

        assertThat(LedgerDifference.between(
                                new Ledger(reversed(before.ledger().episodes())),
                                new Ledger(reversed(after.ledger().episodes())))
                        .pairs())
                .isEqualTo(difference().pairs());
        assertThat(difference().of(Kind.LATER).size()
                        + difference().of(Kind.EARLIER).size())
                .isEqualTo(30);
    }

    @Test
    void comparesNothingThatNeverFired() {
        before.of("Slow", "c1", "m1").pends(0, CRITICAL).stays();

        assertThat(difference().pairs()).isEmpty();
    }

    @Test
    void callsLinesIdenticalWhateverOrderTheyCameIn() {
        before.of("Slow", "c1", "m1").fires(10, WARNING).ends(20);
        before.of("Slow", "c1", "m2").fires(10, WARNING).ends(20);

        AlertComparison comparison = LedgerDifference.identical(before.alerts(), reversed(before.alerts()));

        assertThat(comparison.holds()).isTrue();
        assertThat(comparison.text()).isEqualTo("identical: 4 lines, every one the same in both");
    }

    @Test
    void showsTheFirstLinesThatDifferAndNotAllThatFollow() {
        before.of("Slow", "c1", "m1").fires(10, WARNING).ends(20);
        before.of("Slow", "c1", "m2").fires(10, WARNING).ends(20);
        after.of("Slow", "c1", "m1").fires(10, CRITICAL).ends(20);
        after.of("Slow", "c1", "m2").fires(10, WARNING).stays();

        AlertComparison comparison = LedgerDifference.identical(before.alerts(), after.alerts());

        assertThat(comparison.holds()).isFalse();
        assertThat(comparison.differing()).isEqualTo(3);
        assertThat(comparison.first())
                .extracting(AlertComparison.Differing::number)
                .containsExactly(1, 3, 4);
        assertThat(comparison.text())
                .startsWith("3 lines differ, of 4 live and 3 replayed; expected none. The first:")
                .contains("line 1\n    live   {", "replay (not there)");
    }

    @Test
    void tellsALineThatOneRunHasTwice() {
        before.of("Slow", "c1", "m1").fires(10, WARNING).stays();
        List<Alert> twice = new ArrayList<>(before.alerts());
        twice.addAll(before.alerts());

        assertThat(LedgerDifference.identical(before.alerts(), twice).differing())
                .isEqualTo(1);
    }

    private LedgerDifference difference() {
        return LedgerDifference.between(before.ledger(), after.ledger());
    }

    private List<String> kinds() {
        return difference().pairs().stream()
                .flatMap(pair -> pair.kinds().stream())
                .map(Enum::name)
                .toList();
    }

    private static <T> List<T> reversed(List<T> all) {
        List<T> others = new ArrayList<>(all);
        Collections.reverse(others);
        return others;
    }
}
