package io.quorate.cli.demo;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.Iterator;
import java.util.List;
import org.junit.jupiter.api.Test;

class TerminalSizeTest {

    private static final Terminal WIDE = new Terminal(60, 120);
    private static final Terminal USUAL = new Terminal(24, 80);

    private Instant now = Instant.parse("2026-01-01T00:00:00Z");

    @Test
    void isAskedForAnewAfterTwoSeconds() {
        Iterator<Terminal> sizes = List.of(WIDE, USUAL).iterator();
        TerminalSize size = new TerminalSize(sizes::next, () -> now);
        assertThat(size.get()).isEqualTo(WIDE);
        now = now.plusMillis(1_999);
        assertThat(size.get()).as("not asked yet").isEqualTo(WIDE);
        now = now.plusMillis(1);
        assertThat(size.get()).isEqualTo(USUAL);
        now = now.plusMillis(1_999);
        assertThat(size.get()).as("kept for as long again").isEqualTo(USUAL);
    }
}
