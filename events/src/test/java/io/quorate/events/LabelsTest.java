package io.quorate.events;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.List;
import java.util.Map;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.AlphaChars;
import net.jqwik.api.constraints.Chars;
import net.jqwik.api.constraints.NotEmpty;
import net.jqwik.api.constraints.Size;
import net.jqwik.api.constraints.StringLength;
import org.junit.jupiter.api.Test;

class LabelsTest {

    @Test
    void areSortedByName() {
        assertThat(Labels.of(Map.of("grpc_type", "unary", "grpc_method", "Put")))
                .isEqualTo("grpc_method=\"Put\",grpc_type=\"unary\"");
    }

    @Property(tries = 1000)
    void areReadBackAsWritten(@ForAll @Size(max = 4) Map<@AlphaChars @NotEmpty String, String> labels) {
        assertThat(Labels.parse(Labels.of(labels))).isEqualTo(labels);
    }

    @Property
    void tellTheValueOfOneName(
            @ForAll @Size(max = 4) Map<@AlphaChars @NotEmpty String, String> labels, @ForAll @AlphaChars String other) {
        String text = Labels.of(labels);
        labels.forEach((name, value) -> assertThat(Labels.value(text, name)).isEqualTo(value));
        assertThat(Labels.value(text, other)).isEqualTo(labels.get(other));
    }

    @Test
    void canLoseTheNamesOfPeers() {
        assertThat(Labels.without("From=\"a\",To=\"b\",code=\"x\"", List.of("To", "From")))
                .isEqualTo("code=\"x\"");
    }

    @Property(tries = 2000)
    void areCheckedAsTheyAreRead(@ForAll @StringLength(max = 12) @Chars({'a', '=', '"', ',', '\\', 'n'}) String text) {
        assertThat(refuses(() -> Labels.checked(text))).isEqualTo(refuses(() -> Labels.parse(text)));
    }

    private static boolean refuses(Runnable reading) {
        try {
            reading.run();
            return false;
        } catch (IllegalArgumentException e) {
            return true;
        }
    }

    @Test
    void refuseTextThatIsNotCanonical() {
        for (String text : List.of("To", "To=\"a", "To=\"a\"x", "=")) {
            assertThatIllegalArgumentException().isThrownBy(() -> Labels.parse(text));
        }
        for (String text : List.of("To", "To=\"a", "=")) {
            assertThatIllegalArgumentException().isThrownBy(() -> Labels.value(text, "from"));
        }
    }
}
