package io.quorate.cli.demo;

import static org.assertj.core.api.Assertions.assertThat;

import io.quorate.cli.demo.WebhookListener.Page;
import io.quorate.events.Alert;
import io.quorate.events.Alert.Severity;
import io.quorate.events.Alert.Status;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

class NoticeTest {

    private static final Instant BEGAN = Instant.parse("2026-01-01T00:00:10Z");

    private static final List<Alert> SLOW_DISK = List.of(
            alert("a", Severity.WARNING, Status.PENDING, 0),
            alert("a", Severity.WARNING, Status.FIRING, 10),
            alert("a", Severity.WARNING, Status.RESOLVED, 40));

    @Test
    void countsFromTheWindowThatMadeTheRuleTrueNotFromTheFirstBreachedOne() {
        Notice notice = only(page("firing", "warning", "a", "m2", 14), SLOW_DISK);
        assertThat(notice.breachedAt()).isEqualTo(BEGAN.plusSeconds(10));
        assertThat(notice.seconds()).isEqualTo(4.0);
    }

    @Test
    void countsFromTheChangeThatMadeItWorse() {
        List<Alert> storm = List.of(
                alert("s", Severity.WARNING, Status.FIRING, 0),
                alert("s", Severity.WARNING, Status.UPDATED, 20),
                alert("s", Severity.CRITICAL, Status.UPDATED, 50),
                alert("s", Severity.CRITICAL, Status.UPDATED, 60));
        assertThat(only(page("firing", "critical", "s", "", 52), storm).breachedAt())
                .isEqualTo(BEGAN.plusSeconds(50));
        assertThat(only(page("firing", "warning", "s", "", 2), storm).breachedAt())
                .isEqualTo(BEGAN);
    }

    @Test
    void knowsNoTimeOfWhatIsResolvedOrOfAnotherEpisode() {
        assertThat(only(page("resolved", "warning", "a", "m2", 44), SLOW_DISK).breachedAt())
                .isNull();
        Notice stranger = only(page("firing", "warning", "b", "m2", 14), SLOW_DISK);
        assertThat(stranger.breachedAt()).isNull();
        assertThat(stranger.seconds()).isNull();
    }

    @Test
    void namesASlowDiskOnlyByItsMemberAndAfterItBegan() {
        Fault slow = Fault.begun(Fault.Kind.SLOW_DISK, "m2", BEGAN.minusSeconds(5));
        assertThat(only(page("firing", "warning", "a", "m2", 14), SLOW_DISK).names(slow))
                .isTrue();
        assertThat(only(page("firing", "warning", "a", "m1", 14), SLOW_DISK).names(slow))
                .isFalse();
        assertThat(only(page("firing", "warning", "a", "", 14), SLOW_DISK).names(slow))
                .isFalse();
        assertThat(only(page("resolved", "warning", "a", "m2", 44), SLOW_DISK).names(slow))
                .isFalse();
        assertThat(only(page("firing", "warning", "a", "m2", -6), SLOW_DISK).names(slow))
                .isFalse();
    }

    private static Notice only(Page page, List<Alert> alerts) {
        return Notice.of(List.of(page), alerts).get(0);
    }

    private static Page page(String status, String severity, String id, String member, int deliveredAfter) {
        return new Page(
                status,
                "EtcdWalFsyncRegression",
                severity,
                "demo",
                member,
                BEGAN,
                BEGAN.plusSeconds(deliveredAfter),
                id,
                "slow");
    }

    private static Alert alert(String id, Severity severity, Status status, int after) {
        return new Alert(
                id,
                "EtcdWalFsyncRegression",
                severity,
                "demo",
                null,
                null,
                null,
                status,
                BEGAN.plusSeconds(after),
                BEGAN,
                "slow",
                null,
                null,
                null,
                List.of());
    }
}
