package io.quorate.cli.demo;

import java.util.ArrayList;
import java.util.List;

/** The pages as they came, each in the colour of what it says. */
final class PageRows {

    private PageRows() {}

    static List<String> of(Scene scene, Room room) {
        List<String> lines = new ArrayList<>();
        List<Notice> newest = room.newestPages(scene.pages());
        int older = scene.pages().size() - newest.size();
        lines.add(Ink.BOLD.on("  Pages")
                + (older == 0 ? "" : Ink.DIM.on("  the newest " + newest.size() + "; " + older + " came before")));
        if (newest.isEmpty()) {
            lines.add(Ink.DIM.on("  none yet"));
        }
        for (Notice notice : newest) {
            WebhookListener.Page page = notice.page();
            lines.add(colour(page)
                            .on("  %-10s %-8s %-8s %s"
                                    .formatted(
                                            Times.clock(page.deliveredAt()),
                                            page.status(),
                                            page.severity(),
                                            page.rule()))
                    + (room.brief() && page.isFiring() ? "  " + page.summary() : ""));
            if (!room.brief() && page.isFiring()) {
                lines.add("             " + page.summary());
            }
        }
        return lines;
    }

    private static Ink colour(WebhookListener.Page page) {
        return !page.isFiring() ? Ink.GREEN : page.severity().equals("critical") ? Ink.RED : Ink.YELLOW;
    }
}
