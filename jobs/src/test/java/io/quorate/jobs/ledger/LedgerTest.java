package io.quorate.jobs.ledger;

import static io.quorate.events.Alert.Severity.CRITICAL;
import static io.quorate.events.Alert.Severity.INFO;
import static io.quorate.events.Alert.Severity.WARNING;
import static io.quorate.jobs.ledger.Run.T0;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class LedgerTest {

    private final Run run = new Run();

    @Test
    void makesOneEpisodeOfAllTransitionsOfOneId() {
        run.of("Slow", "c1", "m1")
                .pends(0, WARNING)
                .fires(10, WARNING)
                .because("m2")
                .becomes(20, CRITICAL)
                .becomes(30, WARNING)
                .ends(40);

        assertThat(run.ledger().episodes()).singleElement().satisfies(episode -> {
            assertThat(episode.severity()).isEqualTo(CRITICAL);
            assertThat(episode.startedAt()).isEqualTo(T0);
            assertThat(episode.pendingAt()).isEqualTo(T0);
            assertThat(episode.firedAt()).isEqualTo(T0.plusSeconds(10));
            assertThat(episode.resolvedAt()).isEqualTo(T0.plusSeconds(40));
            assertThat(episode.transitions()).isEqualTo(5);
            assertThat(episode.cause()).isEqualTo("the disk of m2 is slow");
            assertThat(episode.root()).isEqualTo("m2");
            assertThat(episode.summary()).endsWith("RESOLVED");
        });
    }

    @Test
    void countsWhatGetsWorseAsAWarningAndAPage() {
        run.of("Slow", "c1", "m1")
                .fires(10, WARNING)
                .becomes(20, CRITICAL)
                .becomes(30, CRITICAL)
                .ends(40);

        assertThat(run.ledger().warnings()).isEqualTo(1);
        assertThat(run.ledger().pages()).isEqualTo(1);
        assertThat(run.ledger().notifying()).isEqualTo(1);
    }

    @Test
    void tellsNobodyOfWhatIsForInformation() {
        run.of("Changed", "c1", null).fires(10, INFO).ends(20);

        assertThat(run.ledger().fired()).hasSize(1);
        assertThat(run.ledger().pages() + run.ledger().warnings()).isZero();
        assertThat(run.ledger().notifying()).isZero();
    }

    @Test
    void tellsNobodyOfWhatIsPartOfSomethingLarger() {
        run.of("Down", "c1", "m1").within("fleet-1").fires(10, CRITICAL).ends(40);

        assertThat(run.ledger().pages()).isZero();
        assertThat(run.ledger().episodes().get(0).notifies()).isFalse();
        assertThat(run.ledger().episodes().get(0).partOf()).isEqualTo("fleet-1");
        assertThat(run.ledger().fired()).hasSize(1);
    }

    @Test
    void pagesOnceWhatStandsForItselfAfterAll() {
        run.of("Down", "c1", "m1")
                .within("fleet-1")
                .fires(10, CRITICAL)
                .within(null)
                .becomes(20, CRITICAL)
                .stays();

        assertThat(run.ledger().pages()).isEqualTo(1);
    }

    @Test
    void keepsWhatWasOnlyPendingApartFromWhatFired() {
        run.of("Slow", "c1", "m1").pends(10, CRITICAL).stays();
        run.of("Slow", "c1", "m2").fires(10, WARNING).stays();

        assertThat(run.ledger().fired()).extracting(Episode::member).containsExactly("m2");
        assertThat(run.ledger().unfired()).isEqualTo(1);
        assertThat(run.ledger().open()).as("of those that fired").isEqualTo(1);
    }

    @Test
    void judgesTheSeverityByWhatFiredAndNotByWhatWasPending() {
        run.of("Down", "c1", "m1").pends(0, CRITICAL).fires(10, WARNING).ends(12);

        assertThat(run.ledger().episodes().get(0).severity()).isEqualTo(WARNING);
    }

    @Test
    void ordersEpisodesByTheirBeginningsWhateverWasHeardFirst() {
        run.of("Slow", "c2", "m1").fires(20, WARNING).stays();
        run.of("Slow", "c1", "m1").fires(10, WARNING).stays();

        assertThat(run.ledger().episodes()).extracting(Episode::cluster).containsExactly("c1", "c2");
    }
}
