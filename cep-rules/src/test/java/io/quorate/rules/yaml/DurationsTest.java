package io.quorate.rules.yaml;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class DurationsTest {

    @Test
    void readsWhatPeopleWrite() {
        assertThat(Durations.parse("500ms")).hasMillis(500);
        assertThat(Durations.parse("10s")).hasSeconds(10);
        assertThat(Durations.parse("15m")).hasMinutes(15);
        assertThat(Durations.parse("24h")).hasHours(24);
        assertThat(Durations.parse("7d")).hasDays(7);
    }

    @Test
    void refusesTheRest() {
        for (String text : List.of("", "10", "-1s", "1.5h", "1 s", "99999999999s", "s")) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> Durations.parse(text))
                    .withMessageContaining("expected one like 10s, 15m or 24h");
        }
    }

    @Test
    void writesWhatItReads() {
        for (String text : List.of("0s", "500ms", "1500ms", "90s", "15m", "25h", "7d", "999999999d")) {
            assertThat(Durations.text(Durations.parse(text))).isEqualTo(text);
        }
        assertThat(Durations.text(Duration.ofSeconds(60))).isEqualTo("1m");
    }

    @Test
    void writesAtMostTwoUnits() {
        assertThat(Durations.format(Duration.ofMillis(250))).isEqualTo("250ms");
        assertThat(Durations.format(Duration.ofSeconds(90))).isEqualTo("1m 30s");
        assertThat(Durations.format(Duration.ofSeconds(60))).isEqualTo("1m");
        assertThat(Durations.format(Duration.ofSeconds(90_061))).isEqualTo("1d 1h");
        assertThat(Durations.format(Duration.ofMillis(39_999))).isEqualTo("39s");
    }
}
