package io.quorate.jobs.alerting;

import static org.assertj.core.api.Assertions.assertThat;

import io.quorate.events.Alert;
import io.quorate.events.Alert.Severity;
import io.quorate.events.Alert.Status;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class LateStagesTest {

    private static final Instant NOON = Instant.parse("2026-03-29T12:00:00Z");
    private final LateStages late = new LateStages(Duration.ofSeconds(60), List.of());

    @Test
    void pagesOnceForAJobThatFallsBehindAndOnceWhenItHasCaughtUp() {
        assertThat(look(0, "detection", 60)).isEmpty();
        Alert page = look(10, "detection", 61).get(0);
        assertThat(look(20, "detection", 71)).isEmpty();
        assertThat(look(30, "detection", 31))
                .as("half of it, before it is well again")
                .isEmpty();
        assertThat(late.isWell()).isFalse();
        Alert end = look(40, "detection", 30).get(0);

        assertThat(page.status()).isEqualTo(Status.FIRING);
        assertThat(page.severity()).isEqualTo(Severity.CRITICAL);
        assertThat(page.summary()).startsWith("job detection of Quorate is 61 s behind");
        assertThat(end.status()).isEqualTo(Status.RESOLVED);
        assertThat(end.id()).isEqualTo(page.id());
        assertThat(late.isWell()).isTrue();
    }

    @Test
    void wakesNobodyForTablesThatLag() {
        assertThat(look(0, "history", 300).get(0).severity()).isEqualTo(Severity.WARNING);
    }

    @Test
    void endsWhatAnotherHasBegun() {
        Alert page = look(0, "detection", 90).get(0);
        LateStages next = new LateStages(Duration.ofSeconds(60), late.firing());

        assertThat(next.look(Map.of("detection", Duration.ZERO), NOON))
                .singleElement()
                .satisfies(end -> {
                    assertThat(end.status()).isEqualTo(Status.RESOLVED);
                    assertThat(end.id()).isEqualTo(page.id());
                });
    }

    private List<Alert> look(int second, String job, int behind) {
        return late.look(Map.of(job, Duration.ofSeconds(behind)), NOON.plusSeconds(second));
    }
}
