package io.quorate.jobs.detection;

import static org.assertj.core.api.Assertions.assertThat;

import io.quorate.events.Measures;
import io.quorate.events.Measures.GaugeRange;
import io.quorate.events.MemberWindow;
import io.quorate.rules.Selector;
import io.quorate.rules.Signal;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class ChangesMeterTest {

    private static final Duration STEP = Duration.ofSeconds(10);
    private static final String START_TIME = "process_start_time_seconds";

    private final Meter starts =
            new ChangesMeter(new Signal.ChangesOf(Selector.of(START_TIME), Duration.ofMinutes(1)), STEP);
    private @Nullable List<Slot> kept;
    private Instant end = Givens.ZERO;

    @Test
    void countsEachStartBehindTheFirstThatIsKnown() {
        starts(100);
        starts(100);
        starts(200);
        starts(300);

        assertThat(count()).isEqualTo(2);
    }

    @Test
    void takesAClockThatIsSetByTwoSecondsForNoStart() {
        starts(100);
        starts(102);
        assertThat(count()).isZero();

        starts(104.5);
        assertThat(count()).isEqualTo(1);
    }

    @Test
    void countsTwoStartsInOneWindow() {
        starts(100);
        window(range(200, 300, 300));
        assertThat(count()).isEqualTo(2);
    }

    @Test
    void countsAStartWithinTheFirstWindow() {
        window(range(100, 200, 200));
        assertThat(count()).isEqualTo(1);
    }

    @Test
    void countsAStartAfterAnOutageLongerThanTheSpan() {
        starts(100);
        for (int silent = 0; silent < 30; silent++) {
            window();
        }
        assertThat(count()).isNaN();

        starts(400);
        assertThat(count()).isEqualTo(1);
    }

    @Test
    void forgetsAStartWithTheSpan() {
        starts(100);
        starts(200);
        for (int calm = 0; calm < 5; calm++) {
            starts(200);
        }
        assertThat(count()).isEqualTo(1);

        starts(200);
        assertThat(count()).isZero();
    }

    @Test
    void countsAlsoWhatLiesTogetherInOneStretch() {
        Meter day = new ChangesMeter(new Signal.ChangesOf(Selector.of(START_TIME), Duration.ofDays(1)), STEP);
        List<Slot> slots = null;
        for (int i = 1; i <= 20; i++) {
            end = end.plus(STEP);
            slots = day.keep(slots, new Indexed(of(range(i * 100, i * 100, i * 100))), true, end.toEpochMilli());
        }
        assertThat(slots).hasSize(1);
        assertThat(day.member(slots).value()).isEqualTo(19);
    }

    private void starts(double seconds) {
        window(range(seconds, seconds, seconds));
    }

    private void window(GaugeRange... gauges) {
        end = end.plus(STEP);
        kept = starts.keep(kept, new Indexed(of(gauges)), gauges.length > 0, end.toEpochMilli());
    }

    private double count() {
        return starts.member(starts.counting(kept == null ? List.of() : kept, end.toEpochMilli()))
                .value();
    }

    private MemberWindow of(GaugeRange... gauges) {
        return new MemberWindow(
                "c",
                null,
                "m1",
                null,
                end.minus(STEP),
                end,
                gauges.length == 0,
                1,
                new Measures(List.of(), List.of(), List.of(gauges)));
    }

    private static GaugeRange range(double min, double max, double last) {
        return new GaugeRange(START_TIME, "", min, min + max, 2, max, last);
    }
}
