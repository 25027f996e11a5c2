package io.quorate.cli.demo;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/** One page of a terminal, its parts in order, with as much of each as the terminal has room for. */
final class LivePage {

    private LivePage() {}

    /** Its lines; the cursor rests below them. */
    static List<String> of(Scene scene, Terminal terminal) {
        List<String> page = List.of();
        for (Room room : Room.rooms()) {
            page = page(scene, terminal, room);
            if (page.size() < terminal.rows()) {
                return page;
            }
        }
        List<String> cut = new ArrayList<>(page.subList(0, Math.max(0, terminal.rows() - 2)));
        cut.add(terminal.cut(Ink.DIM.on("(a terminal of " + (page.size() + 1) + " rows shows all of it)")));
        return cut;
    }

    private static List<String> page(Scene scene, Terminal terminal, Room room) {
        List<List<String>> parts = List.of(
                head(scene, terminal),
                List.of("  " + Outlook.of(scene)),
                MemberRows.of(scene),
                QuantileRows.of(scene.view(), terminal, room),
                ChangeRows.of(scene, room),
                PageRows.of(scene, room),
                SlowDiskRows.of(scene, room));
        List<String> page = new ArrayList<>();
        for (List<String> part : parts) {
            if (room.blanks() && !page.isEmpty()) {
                page.add("");
            }
            part.forEach(line -> page.add(terminal.cut(Terminal.trimmed(line))));
        }
        return page;
    }

    private static List<String> head(Scene scene, Terminal terminal) {
        Duration left = Duration.between(Instant.now(), scene.endsAt());
        List<String> head = new ArrayList<>();
        head.add(Ink.BOLD.on("Quorate demo") + "  a real etcd cluster, hurt on purpose; "
                + (left.isNegative() ? "ending" : Times.seconds(left) + " left, Ctrl-C ends"));
        head.addAll(lookAt(scene.lookAt(), terminal));
        return head;
    }

    /** As many to a line as it holds: an address that is cut is none. */
    private static List<String> lookAt(List<Scene.Link> links, Terminal terminal) {
        String indent = " ".repeat("Look at".length());
        List<String> lines = new ArrayList<>();
        StringBuilder line = new StringBuilder(Ink.BOLD.on("Look at"));
        for (Scene.Link link : links) {
            String more = "  " + link.name() + " " + link.url();
            if (Terminal.width(line + more) > terminal.columns() && Terminal.width(line.toString()) > indent.length()) {
                lines.add(line.toString());
                line = new StringBuilder(indent);
            }
            line.append(more);
        }
        lines.add(line.toString());
        return lines;
    }
}
