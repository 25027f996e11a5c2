package io.quorate.jobs.alerting;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class PulseTest {

    private final AtomicLong nanos = new AtomicLong(-1_000);

    @Test
    void letsAProcessGoOnThatBeatsInTime() {
        try (Pulse pulse = new Pulse(nanos::get)) {
            for (int i = 0; i < 10; i++) {
                nanos.addAndGet(Pulse.LIMIT.toNanos());
                assertThatCode(pulse::mustHaveGoneOn).doesNotThrowAnyException();
                pulse.beat();
            }
        }
    }

    @Test
    void stopsOneThatStoodStillWhetherItBeatsFirstOrIsAskedFirst() {
        try (Pulse asked = new Pulse(nanos::get);
                Pulse beaten = new Pulse(nanos::get)) {
            nanos.addAndGet(Pulse.LIMIT.toNanos() + 1);
            beaten.beat();

            assertThatThrownBy(asked::mustHaveGoneOn).hasMessageContaining("stood still for more than 6 s");
            assertThatThrownBy(beaten::mustHaveGoneOn).hasMessageContaining("begins again from the last checkpoint");
            beaten.beat();
            assertThatThrownBy(beaten::mustHaveGoneOn).isInstanceOf(IllegalStateException.class);
        }
    }
}
