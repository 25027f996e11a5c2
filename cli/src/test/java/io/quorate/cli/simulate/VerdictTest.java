package io.quorate.cli.simulate;

import static org.assertj.core.api.Assertions.assertThat;

import io.quorate.cli.simulate.Corpus.Incident;
import io.quorate.events.Alert;
import io.quorate.events.Alert.Evidence;
import io.quorate.events.Alert.Severity;
import io.quorate.events.Alert.Status;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class VerdictTest {

    private static final Instant BEGIN = Instant.parse("2026-01-01T00:00:00Z");
    private static final Incident INCIDENT =
            new Incident("c1", "slow-disk", "as planned", Set.of("m1"), BEGIN, BEGIN.plusSeconds(60));

    private final List<Alert> told = new ArrayList<>();

    @Test
    void readsTheWorstAlertThatFired() {
        tell("EtcdRequestsSlow", Severity.WARNING, Status.FIRING, 10, 10, "network", "m2");
        tell("EtcdWalFsyncSlow", Severity.CRITICAL, Status.FIRING, 20, 20, "slow-disk", "m1");
        tell("EtcdQuorumLost", Severity.CRITICAL, Status.PENDING, 5, 5, "restart", "m3");

        assertThat(verdict().rule()).isEqualTo("EtcdWalFsyncSlow");
        assertThat(verdict().isRight()).isTrue();
        assertThat(verdict().isRootRight()).isTrue();
    }

    @Test
    void readsTheFirstOfThoseThatAreEquallyBad() {
        tell("EtcdWalFsyncSlow", Severity.CRITICAL, Status.FIRING, 20, 20, "slow-disk", "m1");
        tell("EtcdRequestsSlow", Severity.CRITICAL, Status.FIRING, 30, 19, "network", "m2");

        assertThat(verdict().rule()).isEqualTo("EtcdRequestsSlow");
        assertThat(verdict().isRight()).isFalse();
        assertThat(verdict().isRootRight()).isFalse();
    }

    @Test
    void believesTheLastCauseThatAnAlertTold() {
        tell("EtcdWalFsyncSlow", Severity.WARNING, Status.FIRING, 20, 20, "cpu", "m2");
        tell("EtcdWalFsyncSlow", Severity.WARNING, Status.UPDATED, 30, 20, "slow-disk", "m1");
        tell("EtcdWalFsyncSlow", Severity.WARNING, Status.RESOLVED, 90, 20, null, null);

        assertThat(verdict().said()).isEqualTo("slow-disk");
        assertThat(verdict().root()).isEqualTo("m1");
    }

    @Test
    void hearsOnlyWhatBeganBetweenTheFaultAndTwoMinutesAfterIt() {
        tell("EtcdWalFsyncSlow", Severity.WARNING, Status.FIRING, 10, -1, "slow-disk", "m1");
        tell("EtcdBackendCommitSlow", Severity.WARNING, Status.FIRING, 181, 181, "slow-disk", "m1");
        assertThat(verdict().said()).isEqualTo(Verdict.NOTHING_FIRED);

        tell("EtcdRequestsSlow", Severity.WARNING, Status.FIRING, 180, 180, null, null);
        assertThat(verdict().said()).isEqualTo(Verdict.NO_CAUSE);
    }

    @Test
    void whatIsOnlyPendingOrInformsIsNoPage() {
        tell("EtcdWalFsyncSlow", Severity.CRITICAL, Status.PENDING, 10, 10, "slow-disk", "m1");
        tell("EtcdVoterCount", Severity.INFO, Status.FIRING, 10, 10, "slow-disk", "m1");

        assertThat(verdict().said()).isEqualTo(Verdict.NOTHING_FIRED);
    }

    private Verdict verdict() {
        return Verdict.of(INCIDENT, told);
    }

    private void tell(
            String rule,
            Severity severity,
            Status status,
            int at,
            int startedAt,
            @Nullable String cause,
            @Nullable String root) {
        Instant time = BEGIN.plusSeconds(at);
        List<Evidence> evidence = new ArrayList<>();
        if (cause != null) {
            evidence.add(new Evidence("cause", cause, time));
        }
        if (root != null) {
            evidence.add(new Evidence("root member", root, time));
        }
        Instant began = BEGIN.plusSeconds(startedAt);
        told.add(new Alert(
                Alert.idOf(rule, "c1", null, began),
                rule,
                severity,
                "c1",
                null,
                null,
                null,
                status,
                time,
                began,
                rule,
                null,
                null,
                null,
                evidence));
    }
}
