package io.quorate.cli.demo;

import io.quorate.events.Histogram;
import io.quorate.events.Measures;
import io.quorate.events.MemberStatus;
import io.quorate.events.MemberWindow;
import io.quorate.events.Quantile;
import io.quorate.rules.yaml.Durations;
import io.quorate.sinks.clickhouse.Verification;
import java.io.PrintStream;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What a person sees: on a terminal one page, drawn anew twice a second; else a line for each thing that happens.
 */
final class Screen {

    private static final String FSYNC = "etcd_disk_wal_fsync_duration_seconds";
    private static final String COMMIT = "etcd_disk_backend_commit_duration_seconds";

    private static final String JUDGED = "a window is judged when the next one has come";

    private static final String HOME = "\u001b[H";
    private static final String REST_OF_LINE = "\u001b[K";
    private static final String REST_OF_SCREEN = "\u001b[J";
    private static final String NO_WRAP = "\u001b[?7l";
    private static final String WRAP = "\u001b[?7h";
    private static final String CLEAR = HOME + "\u001b[2J";
    private static final String BOLD = "\u001b[1m";
    private static final String DIM = "\u001b[2m";
    private static final String RED = "\u001b[31m";
    private static final String GREEN = "\u001b[32m";
    private static final String YELLOW = "\u001b[33m";
    private static final String PLAIN = "\u001b[0m";
    private static final DateTimeFormatter WHOLE =
            DateTimeFormatter.ofPattern("HH:mm:ss", Locale.ROOT).withZone(ZoneId.systemDefault());
    private static final DateTimeFormatter CLOCK =
            DateTimeFormatter.ofPattern("HH:mm:ss.S", Locale.ROOT).withZone(ZoneId.systemDefault());

    private final PrintStream out;

    /** Null when there is none. */
    private final @Nullable Terminal terminal;

    private final Set<String> told = new HashSet<>();
    private boolean cleared;
    private boolean over;

    private Screen(PrintStream out, @Nullable Terminal terminal) {
        this.out = out;
        this.terminal = terminal;
    }

    /** One page on a terminal. */
    static Screen page(PrintStream out) {
        return page(out, Terminal.current());
    }

    static Screen page(PrintStream out, Terminal terminal) {
        return new Screen(out, terminal);
    }

    /** A line for each thing that happens. */
    static Screen lines(PrintStream out) {
        return new Screen(out, null);
    }

    /** A page of a browser. */
    record Link(String name, String url) {}

    /** What there is to show. */
    record Scene(
            Instant readyAt,
            Instant endsAt,
            View view,
            Plan plan,
            List<Fault> faults,
            Map<String, String> skipped,
            List<Story> stories,
            List<Notice> pages,
            List<Link> lookAt) {

        /** Leader changes that etcd's logs know of and that Quorate saw. */
        long seen() {
            return stories.stream()
                    .filter(story -> story.electedAt() != null && story.observedAt() != null)
                    .count();
        }
    }

    /**
     * What a page has room for.
     *
     * @param changes leader changes, the newest
     * @param pages pages, the newest
     * @param blanks between the parts
     * @param legend how to read a quantile
     * @param brief one line for each page, and one for the slow disk
     */
    private record Room(int changes, int pages, boolean blanks, boolean legend, boolean brief) {

        private static final int ALL = 12;
        private static final int FEW = 4;

        /** From the widest to the narrowest: what is least the point goes first, old leader changes before all. */
        private static List<Room> rooms() {
            List<Room> rooms = new ArrayList<>();
            for (int changes = ALL; changes > FEW; changes--) {
                rooms.add(new Room(changes, ALL, true, true, false));
            }
            rooms.add(new Room(FEW, ALL, true, false, false));
            rooms.add(new Room(FEW, ALL, false, false, false));
            for (int changes = FEW; changes >= 1; changes--) {
                rooms.add(new Room(changes, ALL, false, false, true));
            }
            for (int pages = ALL - 1; pages >= 2; pages--) {
                rooms.add(new Room(1, pages, false, false, true));
            }
            return rooms;
        }
    }

    /** A step on the way there. */
    synchronized void say(String text) {
        if (!over) {
            out.println(text);
        }
    }

    synchronized void show(Scene scene) {
        if (over) {
            return;
        }
        if (terminal == null) {
            news(scene);
            return;
        }
        // Only the first page clears: one that is written over the last does not flicker.
        StringBuilder page = new StringBuilder(NO_WRAP).append(cleared ? HOME : CLEAR);
        for (String line : fitted(scene, terminal)) {
            // At the last column it would clear that column's letter.
            page.append(line)
                    .append(Terminal.width(line) < terminal.columns() ? REST_OF_LINE : "")
                    .append('\n');
        }
        out.print(page.append(WRAP).append(REST_OF_SCREEN));
        out.flush();
        cleared = true;
    }

    /** As much as the terminal has room for; the cursor rests below the page. */
    private static List<String> fitted(Scene scene, Terminal terminal) {
        List<String> page = List.of();
        for (Room room : Room.rooms()) {
            page = page(scene, terminal, room);
            if (page.size() < terminal.rows()) {
                return page;
            }
        }
        List<String> cut = new ArrayList<>(page.subList(0, Math.max(0, terminal.rows() - 2)));
        cut.add(terminal.cut(DIM + "(a terminal of " + (page.size() + 1) + " rows shows all of it)" + PLAIN));
        return cut;
    }

    private static List<String> page(Scene scene, Terminal terminal, Room room) {
        Duration left = Duration.between(Instant.now(), scene.endsAt());
        List<List<String>> parts = new ArrayList<>();
        List<String> head = new ArrayList<>();
        head.add(BOLD + "Quorate demo" + PLAIN + "  a real etcd cluster, hurt on purpose; "
                + (left.isNegative() ? "ending" : seconds(left) + " left, Ctrl-C ends"));
        head.addAll(lookAt(scene.lookAt(), terminal));
        parts.add(head);
        parts.add(List.of("  " + now(scene)));
        parts.add(members(scene));
        parts.add(quantiles(scene.view(), terminal, room));
        parts.add(changes(scene, room));
        parts.add(pages(scene, room));
        parts.add(room.brief() ? slowDiskInBrief(scene) : slowDisk(scene));
        List<String> page = new ArrayList<>();
        for (List<String> part : parts) {
            if (room.blanks() && !page.isEmpty()) {
                page.add("");
            }
            part.forEach(line -> page.add(terminal.cut(line)));
        }
        return page;
    }

    /** As many to a line as it holds: an address that is cut is none. */
    private static List<String> lookAt(List<Link> links, Terminal terminal) {
        String indent = " ".repeat("Look at".length());
        List<String> lines = new ArrayList<>();
        StringBuilder line = new StringBuilder(BOLD + "Look at" + PLAIN);
        for (Link link : links) {
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

    /** What is being done to the cluster. */
    private static String now(Scene scene) {
        Instant now = Instant.now();
        Optional<Fault> lasting = scene.faults().stream().filter(Fault::lasts).findFirst();
        if (lasting.isPresent()) {
            return YELLOW + doing(lasting.get()) + PLAIN;
        }
        Duration since = Duration.between(scene.readyAt(), now);
        Optional<Duration> stall = scene.plan().stalls().stream()
                .filter(at -> at.compareTo(since) > 0)
                .findFirst();
        if (stall.isPresent()) {
            String left = seconds(stall.get().minus(since));
            return scene.faults().isEmpty()
                    ? "Quiet for " + left + " more: the rules learn what is usual here"
                    : "The leader is stalled again in " + left;
        }
        Duration slow = scene.plan().slowDisk();
        if (slow != null && slow.compareTo(since) > 0) {
            return "A follower's disk is slowed in " + seconds(slow.minus(since));
        }
        return "No more faults: what is still firing can resolve";
    }

    private static String doing(Fault fault) {
        return switch (fault.kind()) {
            case STALLED_LEADER ->
                fault.member() + ", the leader, is stalled since " + clock(fault.from()) + ": the others elect another";
            case SLOW_DISK ->
                fault.member() + "'s disk is slow since " + clock(fault.from()) + ": each of its fsyncs waits "
                        + Faults.DELAY.toMillis() + " ms more";
        };
    }

    private static List<String> members(Scene scene) {
        List<String> lines = new ArrayList<>();
        lines.add(BOLD + row("Member", "role", "term", "raft index", "db size", "answered", "") + PLAIN);
        for (MemberStatus status : scene.view().statuses()) {
            long age = Duration.between(status.observedAt(), Instant.now()).toMillis();
            String done = scene.faults().stream()
                    .filter(fault -> fault.lasts() && fault.member().equals(status.member()))
                    .map(fault -> fault.kind() == Fault.Kind.SLOW_DISK ? "<- slow disk" : "<- stalled")
                    .findFirst()
                    .orElse("");
            if (status.answered()) {
                lines.add((done.isEmpty() ? "" : YELLOW)
                        + row(
                                status.member(),
                                status.isLeader() ? "leader" : status.hasLeader() ? "follower" : "no leader",
                                Long.toString(status.raftTerm()),
                                Long.toString(status.raftIndex()),
                                status.dbSizeBytes() / 1024 + " KiB",
                                "%.1f s ago".formatted(age / 1000.0),
                                done)
                        + PLAIN);
            } else {
                lines.add(RED
                        + "  %-8s silent  %s%s"
                                .formatted(status.member(), done.isEmpty() ? "" : done + "  ", status.failure())
                        + PLAIN);
            }
        }
        return lines;
    }

    private static String row(String... cells) {
        return "  %-8s %-9s %5s %10s %10s %12s  %s".formatted((Object[]) cells).stripTrailing();
    }

    /** One window only: of windows that differ, the rows would not add up. */
    private static List<String> quantiles(View view, Terminal terminal, Room room) {
        View.Windows newest = view.newest();
        if (newest == null) {
            return List.of(BOLD + "  Windows of 10 s" + PLAIN, DIM + "  none yet" + PLAIN);
        }
        List<Column> columns = Column.within(terminal);
        String heading =
                Duration.between(newest.start(), newest.end()).toSeconds() + " s to " + WHOLE.format(newest.end());
        List<String> lines = new ArrayList<>();
        lines.add(BOLD + cells(heading, columns.stream().map(Column::heading).toList()) + PLAIN);
        for (String member : view.members()) {
            MemberWindow window = newest.members().get(member);
            lines.add(
                    window == null
                            ? cells(member, List.of("no window"))
                            : quantiles(member, columns, window.measures(), window.gap()));
        }
        lines.add(quantiles(
                "cluster",
                columns,
                newest.cluster().measures(),
                newest.cluster().gap()));
        lines.add(quantiles(
                "fleet", columns, newest.fleet().measures(), newest.fleet().gap()));
        if (room.legend()) {
            lines.add(
                    DIM + "  7.8 (4 to 8] of 120: the p99 of 120 operations is above 4, at most 8 ms; 7.8 interpolates"
                            + PLAIN);
        }
        return lines;
    }

    /** One quantile of one metric. */
    private record Column(String heading, String metric, double quantile) {

        private static final Column FSYNC_P99 = new Column("log fsync p99, ms", FSYNC, 0.99);
        private static final Column FSYNC_P50 = new Column("log fsync p50, ms", FSYNC, 0.5);
        private static final Column COMMIT_P99 = new Column("backend commit p99, ms", COMMIT, 0.99);

        private static List<Column> within(Terminal terminal) {
            return Stream.of(
                            List.of(FSYNC_P99, FSYNC_P50, COMMIT_P99),
                            List.of(FSYNC_P99, FSYNC_P50),
                            List.of(FSYNC_P99))
                    .filter(columns -> Terminal.width(
                                    cells("", columns.stream().map(any -> "").toList()))
                            <= terminal.columns())
                    .findFirst()
                    .orElse(List.of(FSYNC_P99));
        }
    }

    private static String quantiles(String who, List<Column> columns, Measures measures, boolean gap) {
        return cells(
                        who,
                        columns.stream()
                                .map(column -> quantile(measures, column.metric(), column.quantile()))
                                .toList())
                + (gap ? "gap" : "");
    }

    private static String cells(String first, List<String> others) {
        StringBuilder line = new StringBuilder("  %-17s".formatted(first));
        others.forEach(cell -> line.append("%-25s".formatted(cell)));
        return line.toString();
    }

    /** {@code 7.8 (4 to 8] of 120}, in milliseconds. */
    private static String quantile(Measures measures, String metric, double q) {
        for (Histogram histogram : measures.histograms()) {
            if (histogram.metric().equals(metric)) {
                Quantile quantile = histogram.vector().quantile(q);
                return quantile == null
                        ? "no operations"
                        : "%s (%.0f to %s] of %d"
                                .formatted(
                                        (quantile.value() < 0.1 ? "%.1f" : "%.0f").formatted(quantile.value() * 1000),
                                        quantile.low() * 1000,
                                        quantile.high() == null ? "?" : "%.0f".formatted(quantile.high() * 1000),
                                        histogram.vector().total());
            }
        }
        return "";
    }

    private static List<String> changes(Scene scene, Room room) {
        String row = "  %-12s %-16s %-16s %-14s %4s  %s";
        List<String> lines = new ArrayList<>();
        lines.add(BOLD
                + row.formatted("Stalled at", "elected (+stall)", "seen (+elected)", "paged (+seen)", "term", "leader")
                + PLAIN);
        for (Story story : newest(scene.stories(), room.changes())) {
            lines.add(row.formatted(
                    clock(story.injectedAt()),
                    story.injectedAt() == null ? clock(story.electedAt()) : plus(story.injectedAt(), story.electedAt()),
                    plus(story.electedAt(), story.observedAt()),
                    paged(story, scene.pages()),
                    story.term(),
                    story.from() + " -> " + story.to()));
        }
        if (scene.stories().isEmpty()) {
            lines.add(DIM + "  none yet" + PLAIN);
        }
        return lines;
    }

    private static <T> List<T> newest(List<T> all, int most) {
        return all.subList(Math.max(0, all.size() - most), all.size());
    }

    private static String paged(Story story, List<Notice> pages) {
        return pages.stream()
                .filter(notice ->
                        notice.breachedAt() != null && notice.breachedAt().equals(story.observedAt()))
                .map(notice -> plus(story.observedAt(), notice.page().deliveredAt()))
                .findFirst()
                .orElse("");
    }

    private static List<String> slowDisk(Scene scene) {
        String row = "  %-12s %-12s %-12s %-14s %s";
        List<String> lines = new ArrayList<>();
        lines.add(BOLD + row.formatted("Slow disk", "from", "to", "rule true at", "paged (+rule true)") + PLAIN);
        for (Fault fault : slowDisks(scene)) {
            Optional<Notice> notice = noticeOf(fault, scene);
            lines.add(row.formatted(
                    fault.member(),
                    clock(fault.from()),
                    fault.lasts() ? "still" : clock(fault.to()),
                    clock(notice.map(Notice::breachedAt).orElse(null)),
                    notice.map(paged -> plus(paged.breachedAt(), paged.page().deliveredAt()))
                            .orElse("")));
            notice.filter(paged -> paged.cameAfter(fault))
                    .ifPresent(paged -> lines.add(DIM + "  paged when it was quick again: " + JUDGED + PLAIN));
        }
        if (lines.size() == 1) {
            lines.add(DIM + "  " + noSlowDisk(scene) + PLAIN);
        }
        return lines;
    }

    private static List<String> slowDiskInBrief(Scene scene) {
        String head = BOLD + "  Slow disk  " + PLAIN;
        List<String> lines = new ArrayList<>();
        for (Fault fault : slowDisks(scene)) {
            lines.add(head + fault.member() + " " + clock(fault.from()) + " to "
                    + (fault.lasts() ? "now" : clock(fault.to()))
                    + noticeOf(fault, scene)
                            .map(paged -> "; rule true " + clock(paged.breachedAt()) + ", paged "
                                    + plus(paged.breachedAt(), paged.page().deliveredAt()))
                            .orElse("; not paged yet"));
        }
        return lines.isEmpty() ? List.of(head + DIM + noSlowDisk(scene) + PLAIN) : lines;
    }

    private static List<Fault> slowDisks(Scene scene) {
        return scene.faults().stream()
                .filter(fault -> fault.kind() == Fault.Kind.SLOW_DISK)
                .toList();
    }

    private static String noSlowDisk(Scene scene) {
        String skipped = scene.skipped().get(Plan.SLOW_DISK);
        return skipped == null ? "none yet" : "skipped: " + skipped;
    }

    private static Optional<Notice> noticeOf(Fault slow, Scene scene) {
        return scene.pages().stream().filter(notice -> notice.names(slow)).findFirst();
    }

    private static List<String> pages(Scene scene, Room room) {
        List<String> lines = new ArrayList<>();
        List<Notice> newest = newest(scene.pages(), room.pages());
        int older = scene.pages().size() - newest.size();
        lines.add(BOLD + "  Pages" + PLAIN
                + (older == 0 ? "" : DIM + "  the newest " + newest.size() + "; " + older + " came before" + PLAIN));
        if (newest.isEmpty()) {
            lines.add(DIM + "  none yet" + PLAIN);
        }
        for (Notice notice : newest) {
            WebhookListener.Page page = notice.page();
            lines.add(colour(page)
                    + "  %-10s %-8s %-8s %s"
                            .formatted(clock(page.deliveredAt()), page.status(), page.severity(), page.rule())
                    + PLAIN
                    + (room.brief() && page.isFiring() ? "  " + page.summary() : ""));
            if (!room.brief() && page.isFiring()) {
                lines.add("             " + page.summary());
            }
        }
        return lines;
    }

    private static String colour(WebhookListener.Page page) {
        return !page.isFiring() ? GREEN : page.severity().equals("critical") ? RED : YELLOW;
    }

    /** Without a terminal: each thing once, as it happens. */
    private void news(Scene scene) {
        List<String> lines = new ArrayList<>();
        for (Fault fault : scene.faults()) {
            boolean stall = fault.kind() == Fault.Kind.STALLED_LEADER;
            lines.add(clock(fault.from())
                    + (stall
                            ? "  stalled " + fault.member() + ", the leader"
                            : "  slowed the disk of " + fault.member() + ", a follower: each fsync waits "
                                    + Faults.DELAY.toMillis() + " ms more"));
            if (!stall && !fault.lasts()) {
                lines.add(clock(fault.to()) + "  the disk of " + fault.member() + " is quick again");
            }
        }
        scene.skipped().forEach((step, reason) -> lines.add("Skipped " + step + ": " + reason));
        scene.stories().stream()
                .filter(story -> story.observedAt() != null)
                .forEach(story -> lines.add(clock(story.observedAt()) + "  saw the leader change " + story.from()
                        + " -> "
                        + story.to() + ", term " + story.term() + ", " + plus(story.electedAt(), story.observedAt())
                        + " after the election"));
        scene.pages().forEach(notice -> lines.add(clock(notice.page().deliveredAt()) + "  " + sentence(notice, scene)));
        lines.stream().filter(told::add).forEach(out::println);
    }

    private static String sentence(Notice notice, Scene scene) {
        WebhookListener.Page page = notice.page();
        String head = page.status() + "  " + page.severity() + "  " + page.rule() + "  ";
        if (!page.isFiring()) {
            return head + "(was: " + page.summary() + ")";
        }
        boolean late = scene.faults().stream().anyMatch(fault -> notice.names(fault) && notice.cameAfter(fault));
        return head + page.summary() + "  (paged " + plus(notice.breachedAt(), page.deliveredAt())
                + " after the rule became true" + (late ? "; the disk was quick again: " + JUDGED : "") + ")";
    }

    /** What it came down to, the recomputing included. */
    synchronized void summary(Scene scene, Verification verification, List<String> failings) {
        say("");
        if (scene.plan().stalls().isEmpty()) {
            say(Plan.TOO_SHORT);
        } else {
            happened(scene);
        }
        say("Recomputed in ClickHouse, in SQL alone:");
        verification.checks().forEach(check -> say("  " + check));
        failings.forEach(failing -> say("It did not hold: " + failing));
        if (failings.isEmpty()) {
            say(held(scene));
        }
        over = true;
    }

    /** Only what there was to hold. */
    private static String held(Scene scene) {
        List<String> held = new ArrayList<>();
        if (!scene.stories().isEmpty()) {
            held.add("every leader change was seen");
        }
        if (!scene.pages().isEmpty()) {
            held.add("every alert paged");
        }
        held.add("every number recomputed equal");
        String sentence = String.join(", ", held);
        return sentence.substring(0, 1).toUpperCase(Locale.ROOT) + sentence.substring(1) + ".";
    }

    /**
     * What it came down to so far, when somebody ends it; nothing is said after it.
     *
     * @param scene null when it was not ready
     */
    synchronized void stopped(@Nullable Scene scene) {
        if (over) {
            return;
        }
        say("");
        if (scene == null) {
            say("Stopped while starting.");
        } else {
            String after = seconds(Duration.between(scene.readyAt(), Instant.now()));
            if (scene.faults().isEmpty() && scene.stories().isEmpty()) {
                say("Stopped " + after + " after ready, before the first fault.");
            } else {
                say("Stopped " + after + " after ready; until then:");
                happened(scene);
            }
        }
        over = true;
    }

    private void happened(Scene scene) {
        OptionalDouble slowest = scene.stories().stream()
                .map(Story::seconds)
                .filter(Objects::nonNull)
                .mapToDouble(Double::doubleValue)
                .max();
        long stalls = scene.faults().stream()
                .filter(fault -> fault.kind() == Fault.Kind.STALLED_LEADER)
                .count();
        say("Done: stalled the leader " + stalls + (stalls == 1 ? " time" : " times"));
        for (Fault fault : slowDisks(scene)) {
            say("Done: slowed the disk of " + fault.member() + ", from " + clock(fault.from())
                    + (fault.lasts() ? " on" : " to " + clock(fault.to())));
        }
        scene.skipped().forEach((step, reason) -> say("Skipped: " + step + ": " + reason));
        say("Seen: " + scene.seen() + " of " + scene.stories().size() + " leader changes"
                + (slowest.isPresent()
                        ? ", the slowest %.1f s after its election".formatted(slowest.getAsDouble())
                        : "")
                + "; " + scene.view().windows() + " windows");
        say(scene.pages().isEmpty() ? "Paged: nothing" : "Paged:");
        scene.pages()
                .forEach(notice -> say(
                        "  " + sentence(notice, scene) + "  id " + notice.page().id()));
    }

    /** Whole seconds, rounded up. */
    private static String seconds(Duration duration) {
        return Durations.format(Duration.ofSeconds(duration.plusMillis(999).toSeconds()));
    }

    private static String clock(@Nullable Instant time) {
        return time == null ? "" : CLOCK.format(time);
    }

    private static String plus(@Nullable Instant from, @Nullable Instant to) {
        return from == null || to == null
                ? ""
                : "+%.1f s".formatted(Duration.between(from, to).toMillis() / 1000.0);
    }
}
