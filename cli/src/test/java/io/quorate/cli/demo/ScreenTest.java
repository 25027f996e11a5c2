package io.quorate.cli.demo;

import static org.assertj.core.api.Assertions.assertThat;

import io.quorate.events.MemberStatus;
import io.quorate.sinks.clickhouse.Verification;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ScreenTest {

    private static final Instant READY = Instant.now().minusSeconds(120);
    private static final String CONTROL = "\u001b\\[[?0-9;]*[A-Za-z]";
    private static final Terminal WIDE = new Terminal(60, 120);
    private static final Terminal USUAL = new Terminal(24, 80);

    private static final Fault STALL =
            Fault.begun(Fault.Kind.STALLED_LEADER, "m1", READY.plusSeconds(20)).ended(READY.plusSeconds(24));
    private static final Fault SLOW = Fault.begun(Fault.Kind.SLOW_DISK, "m2", READY.plusSeconds(97));
    private static final Verification EQUAL =
            new Verification(List.of(new Verification.Check("quantiles", "member", "base", 10, 10, 0)));

    private final ByteArrayOutputStream shown = new ByteArrayOutputStream();
    private final PrintStream out = new PrintStream(shown, true, StandardCharsets.UTF_8);

    @Test
    void thePageSaysWhoseDiskIsSlow() {
        Screen.page(out, () -> WIDE).show(scene(List.of(STALL, SLOW), Map.of()));
        assertThat(text()).contains("m2's disk is slow since", "each of its fsyncs waits 300 ms more", "still");
    }

    @Test
    void thePageSaysWhyAStepIsSkipped() {
        Screen.page(out, () -> WIDE)
                .show(scene(List.of(STALL), Map.of("slow-disk", "strace may not attach ".repeat(9))));
        assertThat(text()).contains("skipped: strace may not attach");
    }

    @ParameterizedTest
    @CsvSource({"60,120", "40,120", "24,80", "30,60", "16,40"})
    void thePageStaysWithinTheTerminal(int rows, int columns) {
        Screen.page(out, () -> new Terminal(rows, columns)).show(full());
        assertThat(text().lines().count()).isLessThan(rows);
        assertThat(text().lines()).allMatch(line -> line.length() <= columns);
        assertThat(shown.toString(StandardCharsets.UTF_8))
                .as("a terminal that wraps again")
                .contains("\u001b[?7l", "\u001b[?7h");
    }

    @Test
    void aUsualTerminalHidesNothingThatIsThePoint() {
        Screen.page(out, () -> USUAL).show(full());
        assertThat(text())
                .startsWith("Quorate demo")
                .contains(
                        "http://127.0.0.1:40001/",
                        "http://127.0.0.1:40002",
                        "http://127.0.0.1:40003/play",
                        "m2's disk is slow since",
                        "log fsync p99, ms",
                        "m3 ",
                        "fleet ",
                        "-> m2",
                        "firing   critical EtcdElectionStorm",
                        "firing   warning  EtcdWalFsyncRegression",
                        "Slow disk  m2 ")
                .doesNotContain("backend commit", "shows all of it");
        assertThat(text().indexOf("  Pages")).isLessThan(text().indexOf("Slow disk  m2"));
    }

    @Test
    void aWideTerminalShowsEveryColumnAndChange() {
        Screen.page(out, () -> WIDE).show(full());
        assertThat(text()).contains("log fsync p99, ms", "log fsync p50, ms", "backend commit p99, ms");
        assertThat(text().lines().filter(line -> line.endsWith("m1 -> m2"))).hasSize(12);
    }

    @Test
    void theRowsOfAPageAreOfOneWindowAndAddUp() {
        View view = new View();
        Windows.all(view, Instant.parse("2026-01-01T00:00:10Z"), "m1", "m2", "m3");
        Windows.all(view, Instant.parse("2026-01-01T00:00:20Z"), "m1", "m2");
        view.see(Windows.member("m1", Instant.parse("2026-01-01T00:00:30Z"), 0));
        Screen.page(out, () -> WIDE).show(scene(view, List.of(), Map.of(), List.of()));
        assertThat(text()).containsPattern("10 s to \\d\\d:\\d\\d:20 ");
        assertThat(text().lines().filter(line -> line.contains("of 100 "))).hasSize(2);
        assertThat(text().lines().filter(line -> line.contains("of 200 "))).hasSize(2);
        assertThat(text()).containsPattern("m3 +no window");
    }

    @Test
    void noLineOfAPageEndsInBlanks() {
        Screen.page(out, () -> WIDE).show(full());
        Screen.page(out, () -> USUAL).show(full());
        Screen.page(out, () -> WIDE).show(scene(List.of(STALL, SLOW), Map.of()));
        assertThat(text().lines()).noneMatch(line -> line.endsWith(" "));
    }

    @ParameterizedTest
    @ValueSource(ints = {60, 71, 72, 80, 94, 96, 97, 120})
    void theMarkOfAGapHasRoomBesideTheColumns(int columns) {
        View view = new View();
        Windows.all(view, Instant.parse("2026-01-01T00:00:10Z"), "m1", "m2");
        view.see(Windows.withGap("m1", Instant.parse("2026-01-01T00:00:10Z"), 100));
        Screen.page(out, () -> new Terminal(60, columns)).show(scene(view, List.of(), Map.of(), List.of()));
        assertThat(text().lines().filter(line -> line.matches("  m1 .* of 100 .*")))
                .singleElement()
                .asString()
                .endsWith(" gap");
    }

    @Test
    void columnsStayApartThoughACellIsTooWide() {
        View view = new View();
        Windows.all(view, Instant.parse("2026-01-01T00:00:10Z"), "m1", "m2");
        view.see(Windows.withGap("m1", Instant.parse("2026-01-01T00:00:10Z"), 1_000_000_000));
        Screen.page(out, () -> WIDE).show(scene(view, List.of(), Map.of(), List.of()));
        assertThat(text()).contains("of 1000000000 ").doesNotContainPattern("of 1000000000[^ ]");
    }

    @Test
    void faultsAreNotOverUntilTheSlowDiskHasItsPageOrIsSkipped() {
        Fault ended = SLOW.ended(READY.plusSeconds(118));
        String over = "No more faults: what is still firing can resolve";
        Screen.page(out, () -> WIDE).show(scene(List.of(STALL), Map.of()));
        assertThat(text()).contains("A follower's disk is slowed now").doesNotContain(over);
        shown.reset();
        Screen.page(out, () -> WIDE).show(scene(List.of(STALL, ended), Map.of()));
        assertThat(text())
                .contains("No more faults: the page of m2's slow disk is still to come")
                .doesNotContain(over);
        shown.reset();
        List<Notice> pages = List.of(page("firing", "warning", "EtcdWalFsyncRegression", "m2", 119));
        Screen.page(out, () -> WIDE).show(scene(view(), List.of(STALL, ended), Map.of(), pages));
        assertThat(text()).contains(over);
        shown.reset();
        Screen.page(out, () -> WIDE)
                .show(scene(List.of(STALL, ended), Map.of("slow-disk", "strace ended before its time")));
        assertThat(text()).contains(over);
    }

    @Test
    void thePageFollowsATerminalWhoseSizeIsChanged() {
        Iterator<Terminal> sizes = List.of(WIDE, WIDE, USUAL).iterator();
        String clear = "\u001b[2J";
        Screen screen = Screen.page(out, sizes::next);
        screen.show(full());
        shown.reset();
        screen.show(full());
        assertThat(shown.toString(StandardCharsets.UTF_8)).doesNotContain(clear);
        shown.reset();
        screen.show(full());
        assertThat(shown.toString(StandardCharsets.UTF_8)).contains(clear);
        assertThat(text().lines().count()).isLessThan(USUAL.rows());
        assertThat(text().lines()).allMatch(line -> line.length() <= USUAL.columns());
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

    @Test
    void aResolvedLineSaysWhatWas() {
        Screen.lines(out).show(full());
        assertThat(text()).contains("resolved  critical  EtcdElectionStorm  (was: 3 leader changes of demo in 60 s)");
    }

    @Test
    void saysWhyThePageComesWhenTheDiskIsQuickAgain() {
        List<Notice> pages = List.of(page("firing", "warning", "EtcdWalFsyncRegression", "m2", 135));
        Fault ended = SLOW.ended(READY.plusSeconds(130));
        String why = "a window is judged when the next one has come";
        Screen.lines(out).show(scene(view(), List.of(ended), Map.of(), pages));
        assertThat(text()).contains("the disk was quick again: " + why);
        shown.reset();
        Screen.page(out, () -> WIDE).show(scene(view(), List.of(ended), Map.of(), pages));
        assertThat(text()).contains("paged when it was quick again: " + why);
        shown.reset();
        Screen.lines(out).show(scene(view(), List.of(SLOW), Map.of(), pages));
        assertThat(text()).doesNotContain(why);
    }

    @Test
    void theSummarySaysWhatHeld() {
        Screen.lines(out).summary(full(), EQUAL, List.of());
        assertThat(text())
                .contains("Seen: 13 of 13 leader changes, the slowest 0.4 s")
                .endsWith("Every leader change was seen, every alert paged, every number recomputed equal.\n");
    }

    @Test
    void theSummaryOfAShortOneSaysWhatWasTooShort() {
        Plan plan = Plan.of(Duration.ofSeconds(10));
        Screen.lines(out)
                .summary(scene(plan, view(), List.of(), plan.skipped(), List.of(), List.of()), EQUAL, List.of());
        assertThat(text())
                .contains("Too short for a fault: the first comes after 20 s and takes 8 s to be paged; try --for 180s")
                .doesNotContain("Seen", "Paged", "leader change")
                .endsWith("Every number recomputed equal.\n");
    }

    @Test
    void whoEndsItSoonerIsToldWhatWasSeenAndNothingAfterIt() {
        Screen screen = Screen.lines(out);
        screen.stopped(full());
        assertThat(text())
                .contains(
                        "after ready; until then:", "Done: stalled the leader 1 time\n", "Done: slowed the disk of m2")
                .contains("Seen: 13 of 13", "Paged:", "firing  critical  EtcdElectionStorm")
                .doesNotContain("Recomputed");
        shown.reset();
        screen.say("Starting Kafka");
        screen.show(full());
        screen.stopped(null);
        assertThat(text()).isEmpty();
    }

    @Test
    void whoEndsItWhileItStartsIsToldJustThat() {
        Screen.lines(out).stopped(null);
        assertThat(text()).isEqualTo("\nStopped while starting.\n");
    }

    private String text() {
        return shown.toString(StandardCharsets.UTF_8).replaceAll(CONTROL, "");
    }

    /** As much as a demo ever has to show. */
    private static Scene full() {
        return scene(
                view(),
                List.of(STALL, SLOW),
                Map.of(),
                List.of(
                        page("firing", "warning", "EtcdElectionStorm", "", 50),
                        page("firing", "critical", "EtcdElectionStorm", "", 60),
                        page("resolved", "critical", "EtcdElectionStorm", "", 110),
                        page("firing", "warning", "EtcdWalFsyncRegression", "m2", 118)));
    }

    private static View view() {
        View view = new View();
        for (String member : List.of("m1", "m2", "m3")) {
            view.see(MemberStatus.failed(
                    "demo", member, null, "http://" + member, READY, 3, "timeout", "DEADLINE_EXCEEDED"));
        }
        Windows.all(view, Instant.parse("2026-01-01T00:00:10Z"), "m1", "m2", "m3");
        return view;
    }

    private static Notice page(String status, String severity, String rule, String member, int after) {
        WebhookListener.Page page = new WebhookListener.Page(
                status,
                rule,
                severity,
                "demo",
                member,
                READY,
                READY.plusSeconds(after),
                "0011223344556677",
                member.isEmpty() ? "3 leader changes of demo in 60 s" : "the p99 of " + member + " is above its own");
        return new Notice(page, status.equals("firing") ? READY.plusSeconds(after - 3L) : null);
    }

    private static Scene scene(List<Fault> faults, Map<String, String> skipped) {
        return scene(view(), faults, skipped, List.of());
    }

    private static Scene scene(View view, List<Fault> faults, Map<String, String> skipped, List<Notice> pages) {
        List<Story> stories = IntStream.range(3, 16)
                .mapToObj(term -> new Story(
                        READY.plusSeconds(20), READY.plusSeconds(21), READY.plusMillis(21_400), "m1", "m2", term))
                .toList();
        return scene(Plan.of(Duration.ofSeconds(180)), view, faults, skipped, stories, pages);
    }

    private static Scene scene(
            Plan plan,
            View view,
            List<Fault> faults,
            Map<String, String> skipped,
            List<Story> stories,
            List<Notice> pages) {
        return new Scene(
                READY,
                READY.plusSeconds(180),
                view,
                plan,
                faults,
                skipped,
                stories,
                pages,
                List.of(
                        new Scene.Link("Three ready queries", "http://127.0.0.1:40001/"),
                        new Scene.Link("Flink", "http://127.0.0.1:40002"),
                        new Scene.Link("ClickHouse", "http://127.0.0.1:40003/play")));
    }
}
