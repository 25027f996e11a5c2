package io.quorate.cli.demo;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class DemoCommandTest {

    @Test
    void saysHowLongItTakesWithItsStartAndEnd() {
        assertThat(DemoCommand.takes(Duration.ofSeconds(180)))
                .startsWith("This takes about 4 minutes and ends by itself; Ctrl-C ends it sooner")
                .contains("--for 180s");
        assertThat(DemoCommand.takes(Duration.ofSeconds(10))).startsWith("This takes about 1 minute and");
    }
}
