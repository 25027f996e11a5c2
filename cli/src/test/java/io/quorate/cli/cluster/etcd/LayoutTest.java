package io.quorate.cli.cluster.etcd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.entry;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class LayoutTest {

    @Test
    void itsMembersListenThreePortsApart() {
        assertThat(new Layout("local", 3, 23_790, false).endpoints())
                .containsExactly(
                        entry("m1", "http://127.0.0.1:23790"),
                        entry("m2", "http://127.0.0.1:23793"),
                        entry("m3", "http://127.0.0.1:23796"));
        Layout other = new Layout("other", 5, 24_000, true);
        assertThat(other.endpoints()).containsEntry("m5", "https://127.0.0.1:24012");
        assertThat(other.ports(5).peer()).isEqualTo(24_013);
        assertThat(other.ports(5).metrics()).isEqualTo(24_014).isEqualTo(other.lastPort());
    }

    @ParameterizedTest
    @ValueSource(ints = {-1, 0, 52})
    void refusesSizesThatAreNone(int members) {
        assertThatThrownBy(() -> new Layout("local", members, 23_790, false))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContainingAll(String.valueOf(members), "expected 1 to 51");
    }

    @ParameterizedTest
    @CsvSource({"1023, 1", "65527, 4", "-5, 3"})
    void refusesPortsThatDoNotExist(int basePort, int members) {
        assertThatThrownBy(() -> new Layout("local", members, basePort, false))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContainingAll("--base-port " + basePort, "expected 1024 to");
    }

    @Test
    void takesTheLastPortsThatThereAre() {
        assertThat(new Layout("local", 4, 65_524, false).lastPort()).isEqualTo(65_535);
        assertThat(new Layout("local", 51, 1_024, false).endpoints()).hasSize(51);
    }

    @Test
    void overlapsWithAnyThatHasAPortOfItsOwn() {
        Layout three = new Layout("local", 3, 23_790, false);

        assertThat(three.overlaps(new Layout("other", 1, 23_798, false))).isTrue();
        assertThat(three.overlaps(new Layout("other", 5, 23_780, false))).isTrue();
        assertThat(three.overlaps(new Layout("other", 1, 23_799, false))).isFalse();
        assertThat(three.overlaps(new Layout("other", 3, 23_781, false))).isFalse();
    }

    @ParameterizedTest
    @CsvSource({"1, 0", "2, 0", "3, 1", "4, 1", "5, 2"})
    void bearsTheLossOfAMinority(int members, int lost) {
        assertThat(new Layout("local", members, 23_790, false).bears()).isEqualTo(lost);
    }

    @Test
    void tellsTheLineThatStartsIt() {
        assertThat(new Layout("local", 3, 23_790, false).line()).isEqualTo("quorate cluster etcd start 3");
        assertThat(new Layout("other", 1, 24_000, true).line())
                .isEqualTo("quorate cluster etcd start 1 --name other --base-port 24000 --tls");
    }
}
