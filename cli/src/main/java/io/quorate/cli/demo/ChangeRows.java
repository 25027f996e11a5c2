package io.quorate.cli.demo;

import java.util.ArrayList;
import java.util.List;

/** Leader changes, each from the stall that caused it to the page of the storm that it completed. */
final class ChangeRows {

    private ChangeRows() {}

    static List<String> of(Scene scene, Room room) {
        List<String> lines = new ArrayList<>();
        lines.add(Ink.BOLD.on(
                row("Stalled at", "elected (+stall)", "seen (+elected)", "paged (+seen)", "term", "leader")));
        for (Story story : room.newestChanges(scene.stories())) {
            lines.add(row(
                    Times.clock(story.injectedAt()),
                    story.injectedAt() == null
                            ? Times.clock(story.electedAt())
                            : Times.plus(story.injectedAt(), story.electedAt()),
                    Times.plus(story.electedAt(), story.observedAt()),
                    paged(story, scene.pages()),
                    Long.toString(story.term()),
                    story.from() + " -> " + story.to()));
        }
        if (scene.stories().isEmpty()) {
            lines.add(Ink.DIM.on("  none yet"));
        }
        return lines;
    }

    private static String row(String... cells) {
        return "  %-12s %-16s %-16s %-14s %4s  %s".formatted((Object[]) cells);
    }

    private static String paged(Story story, List<Notice> pages) {
        return pages.stream()
                .filter(notice ->
                        notice.breachedAt() != null && notice.breachedAt().equals(story.observedAt()))
                .map(notice -> Times.plus(story.observedAt(), notice.page().deliveredAt()))
                .findFirst()
                .orElse("");
    }
}
