package io.quorate.cli.demo;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class ScreenTest {

    private static final Instant READY = Instant.now().minusSeconds(120);
    private static final String CONTROL = "\u001b\\[[0-9;]*[A-Za-z]";

    private static final Fault STALL =
            Fault.begun(Fault.Kind.STALLED_LEADER, "m1", READY.plusSeconds(20)).ended(READY.plusSeconds(24));
    private static final Fault SLOW = Fault.begun(Fault.Kind.SLOW_DISK, "m2", READY.plusSeconds(97));

    private final ByteArrayOutputStream shown = new ByteArrayOutputStream();
    private final PrintStream out = new PrintStream(shown, true, StandardCharsets.UTF_8);

    @Test
    void thePageSaysWhoseDiskIsSlow() {
        Screen.page(out, 60).show(scene(List.of(STALL, SLOW), Map.of()));
        assertThat(text()).contains("m2's disk is slow since", "each of its fsyncs waits 300 ms more", "still");
    }

    @Test
    void thePageSaysWhyAStepIsSkippedAndNothingIsWiderThanItsRoom() {
        Screen.page(out, 60).show(scene(List.of(STALL), Map.of("slow-disk", "strace may not attach ".repeat(9))));
        assertThat(text()).contains("skipped: strace may not attach");
        assertThat(text().lines()).allMatch(line -> line.length() <= 100);
    }

    @Test
    void thePageStaysWithinTheTerminal() {
        for (int rows : List.of(60, 30, 16)) {
            shown.reset();
            Screen.page(out, rows).show(scene(List.of(STALL, SLOW), Map.of()));
            assertThat(text().lines().count()).as("%d rows", rows).isLessThan(rows);
        }
        assertThat(text()).contains("a terminal of ", "rows shows all of it");
    }

    @Test
    void linesTellEachThingOnce() {
        Screen screen = Screen.lines(out);
        screen.show(scene(List.of(STALL, SLOW), Map.of()));
        screen.show(scene(List.of(STALL, SLOW.ended(READY.plusSeconds(130))), Map.of()));
        assertThat(text().lines().filter(line -> line.contains("slowed the disk of m2, a follower")))
                .hasSize(1);
        assertThat(text().lines().filter(line -> line.contains("stalled m1, the leader")))
                .hasSize(1);
        assertThat(text()).endsWith("the disk of m2 is quick again\n");
    }

    private String text() {
        return shown.toString(StandardCharsets.UTF_8).replaceAll(CONTROL, "");
    }

    private static Screen.Scene scene(List<Fault> faults, Map<String, String> skipped) {
        List<Story> stories = IntStream.range(3, 16)
                .mapToObj(term -> new Story(
                        READY.plusSeconds(20), READY.plusSeconds(21), READY.plusMillis(21_400), "m1", "m2", term))
                .toList();
        return new Screen.Scene(
                READY,
                READY.plusSeconds(180),
                new View(),
                Plan.of(Duration.ofSeconds(180)),
                faults,
                skipped,
                stories,
                List.of(),
                List.of("Flink  http://127.0.0.1:1"));
    }
}
