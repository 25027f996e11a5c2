package io.quorate.cli.demo;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The slow disk from its beginning to its page, or why there is none. */
final class SlowDiskRows {

    private SlowDiskRows() {}

    static List<String> of(Scene scene, Room room) {
        return room.brief() ? inBrief(scene) : inFull(scene);
    }

    private static List<String> inFull(Scene scene) {
        List<String> lines = new ArrayList<>();
        lines.add(Ink.BOLD.on(row("Slow disk", "from", "to", "rule true at", "paged (+rule true)")));
        for (Fault fault : scene.slowDisks()) {
            Optional<Notice> notice = scene.noticeOf(fault);
            lines.add(row(
                    fault.member(),
                    Times.clock(fault.from()),
                    fault.lasts() ? "still" : Times.clock(fault.to()),
                    Times.clock(notice.map(Notice::breachedAt).orElse(null)),
                    notice.map(paged ->
                                    Times.plus(paged.breachedAt(), paged.page().deliveredAt()))
                            .orElse("")));
            notice.filter(paged -> paged.cameAfter(fault))
                    .ifPresent(paged -> lines.add(Ink.DIM.on("  paged when it was quick again: " + Notice.JUDGED)));
        }
        if (lines.size() == 1) {
            lines.add(Ink.DIM.on("  " + none(scene)));
        }
        return lines;
    }

    private static String row(String... cells) {
        return "  %-12s %-12s %-12s %-14s %s".formatted((Object[]) cells);
    }

    private static List<String> inBrief(Scene scene) {
        String head = Ink.BOLD.on("  Slow disk  ");
        List<String> lines = new ArrayList<>();
        for (Fault fault : scene.slowDisks()) {
            lines.add(head + fault.member() + " " + Times.clock(fault.from()) + " to "
                    + (fault.lasts() ? "now" : Times.clock(fault.to()))
                    + scene.noticeOf(fault)
                            .map(paged -> "; rule true " + Times.clock(paged.breachedAt()) + ", paged "
                                    + Times.plus(
                                            paged.breachedAt(), paged.page().deliveredAt()))
                            .orElse("; not paged yet"));
        }
        return lines.isEmpty() ? List.of(head + Ink.DIM.on(none(scene))) : lines;
    }

    private static String none(Scene scene) {
        String skipped = scene.skipped().get(Plan.SLOW_DISK);
        return skipped == null ? "none yet" : "skipped: " + skipped;
    }
}
