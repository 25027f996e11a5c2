package io.quorate.jobs.alerting;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.quorate.events.Control;
import io.quorate.jobs.alerting.routes.LabelMatcher;
import io.quorate.rules.yaml.InvalidYaml;
import java.time.Instant;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Silences and acknowledgements, and the words in which jobs hear of them. */
class SilenceTest {

    private static final Instant AT = Instant.parse("2026-03-29T01:00:00Z");
    private static final Silence SILENCE = new Silence(
            "a1b2",
            LabelMatcher.parse("env=~\"dev|test\",cluster!=c1"),
            AT,
            AT.plusSeconds(7200),
            "ana",
            "disk: \"replaced\"\n# tonight");
    private static final Acknowledgement ACK =
            new Acknowledgement("0011223344556677", AT, AT.plusSeconds(60), "ana", "on it");

    @Test
    void isReadAsItWasSaid() throws Exception {
        Control control = SILENCE.asControl(AT.plusMillis(5));

        assertThat(control.key()).isEqualTo("silence/a1b2");
        assertThat(control.at()).isEqualTo(AT.plusMillis(5));
        assertThat(Silence.of(control)).isEqualTo(SILENCE);
    }

    @Test
    void isTakenOnAsItWasSaid() throws Exception {
        assertThat(ACK.asControl().key()).isEqualTo("ack/0011223344556677");
        assertThat(Acknowledgement.of(ACK.asControl())).isEqualTo(ACK);
    }

    @Test
    void holdsFromItsFirstMomentUpToTheOneThatIsNoPartOfIt() {
        Map<String, String> dev = Map.of("env", "dev");

        assertThat(SILENCE.holds(dev, AT)).isTrue();
        assertThat(SILENCE.holds(dev, AT.minusMillis(1))).isFalse();
        assertThat(SILENCE.holds(dev, AT.plusSeconds(7200).minusMillis(1))).isTrue();
        assertThat(SILENCE.holds(dev, AT.plusSeconds(7200))).isFalse();
        assertThat(SILENCE.holds(Map.of("env", "dev", "cluster", "c1"), AT)).isFalse();
    }

    static Stream<Arguments> spoilt() {
        return Stream.of(
                Arguments.of("where: '{env='", "matchers {env= at character 6: no value"),
                Arguments.of("were: env=dev", "unknown key 'were'; known here: where, from, until, comment"),
                Arguments.of("were: env=dev", "'where' is missing; expected matchers like env="),
                Arguments.of("where: [env]", "'where' is [\"env\"]; expected matchers like env="),
                Arguments.of("where: '{}'", "a silence without a matcher would silence all"),
                Arguments.of("where: env=dev\nfrom: 7", "'from' is 7; expected a moment like"),
                Arguments.of("where: env=dev\nfrom: '29.3.'", "'from' is \"29.3.\"; expected a moment like"),
                Arguments.of("where: env=dev\nuntil: 2026-03-29T00:00:00Z", "a silence that ends before it begins"),
                Arguments.of("where: env=dev\nwhere: env=prod", "'where' stands here a second time"));
    }

    @ParameterizedTest
    @MethodSource("spoilt")
    void isRefusedWithWhatIsWrongInItsText(String lines, String told) {
        Map<String, String> usual = Map.of("from", "2026-03-29T01:00:00Z", "until", "2026-03-29T03:00:00Z");
        StringBuilder text = new StringBuilder(lines);
        usual.forEach((name, moment) -> {
            if (!lines.contains(name)) {
                text.append('\n').append(name).append(": ").append(moment);
            }
        });

        assertThatThrownBy(() -> Silence.of(with(SILENCE.asControl(AT), text.toString())))
                .isInstanceOf(InvalidYaml.class)
                .hasMessageStartingWith("silence/a1b2:")
                .hasMessageContaining(told);
    }

    @Test
    void saysNothingWithoutAText() {
        assertThatThrownBy(() -> Silence.of(with(SILENCE.asControl(AT), null)))
                .hasMessageContaining("no text; expected");
        assertThatThrownBy(() -> Silence.of(with(SILENCE.asControl(AT), "env"))).hasMessageContaining("expected a map");
        assertThatThrownBy(() -> Acknowledgement.of(with(ACK.asControl(), "{}")))
                .hasMessageContaining("'until' is missing; expected a moment");
        assertThatThrownBy(() -> Acknowledgement.of(with(ACK.asControl(), "until: \"2026-03-29T01:00:00Z\"")))
                .hasMessageContaining("expected a later moment");
    }

    private static Control with(Control control, @Nullable String text) {
        return new Control(control.kind(), control.id(), control.at(), control.by(), control.mode(), text);
    }
}
