package io.quorate.cli.demo;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;

class TerminalTest {

    @Test
    void knowsItsSizeFromSttyThenFromTheEnvironmentThenTheUsualOne() {
        Map<String, String> environment = Map.of("LINES", "30", "COLUMNS", "90");
        assertThat(Terminal.told("40 120\n", environment)).isEqualTo(new Terminal(40, 120));
        assertThat(Terminal.told("0 0\n", environment)).isEqualTo(new Terminal(30, 90));
        assertThat(Terminal.told("", Map.of("COLUMNS", "many"))).isEqualTo(new Terminal(24, 80));
    }

    @Test
    void trimsBlanksAtTheEndAndKeepsColours() {
        assertThat(Terminal.trimmed("  ab  c  ")).isEqualTo("  ab  c");
        assertThat(Terminal.trimmed("\u001b[1m  ab  c  \u001b[0m")).isEqualTo("\u001b[1m  ab  c\u001b[0m");
        assertThat(Terminal.trimmed("\u001b[1mab \u001b[0m c")).isEqualTo("\u001b[1mab \u001b[0m c");
    }

    @Test
    void cutsLettersAndKeepsColours() {
        Terminal narrow = new Terminal(24, 8);
        assertThat(narrow.cut("\u001b[1m12345678\u001b[0m")).isEqualTo("\u001b[1m12345678\u001b[0m");
        assertThat(narrow.cut("\u001b[1m123\u001b[0m456789\u001b[2mx\u001b[0m"))
                .isEqualTo("\u001b[1m123\u001b[0m45...\u001b[2m\u001b[0m");
    }
}
