package io.quorate.jobs.backtest;

import static org.assertj.core.api.Assertions.assertThat;

import io.quorate.events.Alert;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class LinesTest {

    @Test
    void sayWhatAnAlertIsPartOfOnlyWhenItIs() {
        assertThat(Lines.of(alert(null)).json()).doesNotContain("partOf");
        assertThat(Lines.of(alert("fedcba9876543210")).json())
                .contains("\"cause\":null,\"partOf\":\"fedcba9876543210\",\"evidence\"");
    }

    private static Alert alert(@Nullable String partOf) {
        return new Alert(
                "id",
                "Rule",
                Alert.Severity.WARNING,
                "c1",
                null,
                null,
                null,
                Alert.Status.FIRING,
                Instant.EPOCH,
                Instant.EPOCH,
                "",
                null,
                partOf,
                null,
                List.of());
    }
}
