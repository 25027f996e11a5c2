package io.quorate.events;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import org.junit.jupiter.api.Test;

class ControlTest {

    private static final Instant AT = Instant.parse("2026-03-29T01:00:00Z");

    /** Else compaction would drop what is active as soon as its successor is tried. */
    @Test
    void keepsWhatIsTriedApartFromWhatIsActive() {
        assertThat(said("a", Control.ACTIVE, 0).key()).isEqualTo("rule/a");
        assertThat(said("a", Control.REMOVED, 0).key()).isEqualTo("rule/a");
        assertThat(said("a", Control.SHADOW, 0).key()).isEqualTo("rule/a/shadow");
    }

    @Test
    void endsATrialWhenTheRuleIsActivatedOrRemovedLater() {
        assertThat(said("a", Control.ACTIVE, 1).supersedes(said("a", Control.SHADOW, 0)))
                .isTrue();
        assertThat(said("a", Control.REMOVED, 1).supersedes(said("a", Control.SHADOW, 0)))
                .isTrue();
        assertThat(said("a", Control.REMOVED, 1).supersedes(said("a", Control.ACTIVE, 0)))
                .isTrue();
        assertThat(said("a", Control.SHADOW, 1).supersedes(said("a", Control.SHADOW, 0)))
                .isTrue();
    }

    @Test
    void leavesWhatIsActiveWhileItsSuccessorIsTried() {
        assertThat(said("a", Control.SHADOW, 1).supersedes(said("a", Control.ACTIVE, 0)))
                .isFalse();
    }

    /** Two partitions are read in any order. */
    @Test
    void supersedesNothingThatWasSaidLaterOrOfAnother() {
        assertThat(said("a", Control.ACTIVE, 0).supersedes(said("a", Control.SHADOW, 1)))
                .isFalse();
        assertThat(said("a", Control.ACTIVE, 1).supersedes(said("b", Control.SHADOW, 0)))
                .isFalse();
    }

    private static Control said(String id, String mode, int second) {
        return new Control(Control.RULE, id, AT.plusSeconds(second), "me", mode, null);
    }
}
