package io.quorate.cli.demo;

import io.quorate.events.Histogram;
import io.quorate.events.Measures;
import io.quorate.events.MemberStatus;
import io.quorate.events.MemberWindow;
import io.quorate.events.Quantile;
import io.quorate.events.ScopeWindow;
import io.quorate.rules.yaml.Durations;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
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
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What a person sees: on a terminal one page, drawn anew twice a second; else a line for each thing that happens.
 */
final class Screen {

    private static final String FSYNC = "etcd_disk_wal_fsync_duration_seconds";
    private static final String COMMIT = "etcd_disk_backend_commit_duration_seconds";

    private static final int MOST_CHANGES = 12;
    private static final int WIDTH = 96;
    private static final int USUAL_ROWS = 50;

    private static final String HOME = "\u001b[H";
    private static final String REST_OF_LINE = "\u001b[K";
    private static final String REST_OF_SCREEN = "\u001b[J";
    private static final String CLEAR = HOME + "\u001b[2J";
    private static final String BOLD = "\u001b[1m";
    private static final String DIM = "\u001b[2m";
    private static final String RED = "\u001b[31m";
    private static final String GREEN = "\u001b[32m";
    private static final String YELLOW = "\u001b[33m";
    private static final String PLAIN = "\u001b[0m";
    private static final DateTimeFormatter CLOCK =
            DateTimeFormatter.ofPattern("HH:mm:ss.S", Locale.ROOT).withZone(ZoneId.systemDefault());

    private final PrintStream out;

    /** Of the terminal; 0 when there is none. */
    private final int rows;

    private final Set<String> said = new HashSet<>();
    private boolean cleared;

    private Screen(PrintStream out, int rows) {
        this.out = out;
        this.rows = rows;
    }

    /** One page on a terminal. */
    static Screen page(PrintStream out) {
        return page(out, terminalRows());
    }

    static Screen page(PrintStream out, int rows) {
        return new Screen(out, rows);
    }

    /** A line for each thing that happens. */
    static Screen lines(PrintStream out) {
        return new Screen(out, 0);
    }

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
            List<String> lookAt) {}

    /** A step on the way there. */
    void say(String text) {
        out.println(text);
    }

    void show(Scene scene) {
        if (rows == 0) {
            news(scene);
            return;
        }
        // Only the first page clears: one that is written over the last does not flicker.
        out.print((cleared ? HOME : CLEAR) + fitted(scene).replace("\n", REST_OF_LINE + "\n") + REST_OF_SCREEN);
        out.flush();
        cleared = true;
    }

    /** As many leader changes as the terminal has room for. */
    private String fitted(Scene scene) {
        String page = page(scene, MOST_CHANGES);
        long most = scene.stories().size();
        while (tooHigh(page) && most > 1) {
            page = page(scene, (int) --most);
        }
        if (!tooHigh(page)) {
            return page;
        }
        return page.lines().limit(rows - 2L).collect(Collectors.joining("\n"))
                + "\n%s%s(a terminal of %d rows shows all of it)%s\n"
                        .formatted(PLAIN, DIM, page.lines().count() + 1, PLAIN);
    }

    /** The cursor rests below the page. */
    private boolean tooHigh(String page) {
        return page.lines().count() + 1 > rows;
    }

    private static String page(Scene scene, int changes) {
        StringBuilder page = new StringBuilder();
        Duration left = Duration.between(Instant.now(), scene.endsAt());
        page.append(BOLD).append("Quorate demo").append(PLAIN).append("  a real etcd cluster, hurt on purpose; ");
        page.append(left.isNegative() ? "ending" : seconds(left) + " left, Ctrl-C ends")
                .append("\n\n");
        page.append("  ").append(now(scene)).append("\n\n");
        members(page, scene);
        quantiles(page, scene.view());
        changes(page, scene, changes);
        slowDisk(page, scene);
        pages(page, scene);
        page.append(BOLD).append("Look at\n").append(PLAIN);
        scene.lookAt().forEach(line -> page.append("  ").append(line).append('\n'));
        return page.toString();
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

    private static void members(StringBuilder page, Scene scene) {
        page.append(BOLD)
                .append(row("Member", "role", "term", "raft index", "db size", "answered", ""))
                .append(PLAIN);
        for (MemberStatus status : scene.view().statuses()) {
            long age = Duration.between(status.observedAt(), Instant.now()).toMillis();
            String done = scene.faults().stream()
                    .filter(fault -> fault.lasts() && fault.member().equals(status.member()))
                    .map(fault -> fault.kind() == Fault.Kind.SLOW_DISK ? "<- slow disk" : "<- stalled")
                    .findFirst()
                    .orElse("");
            if (status.answered()) {
                page.append(done.isEmpty() ? "" : YELLOW)
                        .append(row(
                                status.member(),
                                status.isLeader() ? "leader" : status.hasLeader() ? "follower" : "no leader",
                                Long.toString(status.raftTerm()),
                                Long.toString(status.raftIndex()),
                                status.dbSizeBytes() / 1024 + " KiB",
                                "%.1f s ago".formatted(age / 1000.0),
                                done))
                        .append(PLAIN);
            } else {
                page.append(RED)
                        .append("  %-8s %-57s %s%n".formatted(status.member(), "silent: " + status.failure(), done))
                        .append(PLAIN);
            }
        }
        page.append('\n');
    }

    private static String row(String... cells) {
        return "  %-8s %-10s %6s %12s %12s %13s %s%n".formatted((Object[]) cells);
    }

    private static void quantiles(StringBuilder page, View view) {
        page.append(BOLD)
                .append("  %-8s %-26s %-26s %-26s%n"
                        .formatted("In 10 s", "log fsync p99, ms", "log fsync p50, ms", "backend commit p99, ms"))
                .append(PLAIN);
        for (MemberWindow window : view.members()) {
            quantiles(page, window.member(), window.measures(), window.gap());
        }
        for (ScopeWindow.Scope scope : List.of(ScopeWindow.Scope.CLUSTER, ScopeWindow.Scope.FLEET)) {
            ScopeWindow window = view.scope(scope);
            if (window != null) {
                quantiles(page, scope.name().toLowerCase(Locale.ROOT), window.measures(), window.gap());
            }
        }
        page.append(DIM)
                .append(
                        "  7.8 (4 to 8] of 120: the p99 of 120 operations lies above 4 and at most at 8 ms; 7.8 interpolates\n\n")
                .append(PLAIN);
    }

    private static void quantiles(StringBuilder page, String who, Measures measures, boolean gap) {
        page.append("  %-8s %-26s %-26s %-26s %s%n"
                .formatted(
                        who,
                        quantile(measures, FSYNC, 0.99),
                        quantile(measures, FSYNC, 0.5),
                        quantile(measures, COMMIT, 0.99),
                        gap ? "gap" : ""));
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

    private static void changes(StringBuilder page, Scene scene, int most) {
        page.append(BOLD)
                .append("  %-12s %-10s %-10s %-10s %6s  %s%n".formatted("Leader", "elected", "seen by", "", "", ""))
                .append("  %-12s %-10s %-10s %-10s %6s  %s%n"
                        .formatted("stalled", "by etcd", "Quorate", "paged", "term", "leader"))
                .append(PLAIN);
        List<Story> stories = scene.stories();
        for (Story story : stories.subList(Math.max(0, stories.size() - most), stories.size())) {
            page.append("  %-12s %-10s %-10s %-10s %6d  %s%n"
                    .formatted(
                            clock(story.injectedAt()),
                            story.injectedAt() == null
                                    ? clock(story.electedAt())
                                    : plus(story.injectedAt(), story.electedAt()),
                            plus(story.electedAt(), story.observedAt()),
                            paged(story, scene.pages()),
                            story.term(),
                            story.from() + " -> " + story.to()));
        }
        if (stories.isEmpty()) {
            page.append(DIM).append("  none yet\n").append(PLAIN);
        }
        page.append('\n');
    }

    private static String paged(Story story, List<Notice> pages) {
        return pages.stream()
                .filter(notice ->
                        notice.breachedAt() != null && notice.breachedAt().equals(story.observedAt()))
                .map(notice -> plus(story.observedAt(), notice.page().deliveredAt()))
                .findFirst()
                .orElse("");
    }

    private static void slowDisk(StringBuilder page, Scene scene) {
        page.append(BOLD)
                .append("  %-12s %-12s %-12s %-14s %s%n".formatted("Slow disk", "from", "to", "rule true at", "paged"))
                .append(PLAIN);
        List<Fault> slow = scene.faults().stream()
                .filter(fault -> fault.kind() == Fault.Kind.SLOW_DISK)
                .toList();
        for (Fault fault : slow) {
            Optional<Notice> notice =
                    scene.pages().stream().filter(told -> told.names(fault)).findFirst();
            page.append("  %-12s %-12s %-12s %-14s %s%n"
                    .formatted(
                            fault.member(),
                            clock(fault.from()),
                            fault.lasts() ? "still" : clock(fault.to()),
                            clock(notice.map(Notice::breachedAt).orElse(null)),
                            notice.map(told ->
                                            plus(told.breachedAt(), told.page().deliveredAt()))
                                    .orElse("")));
        }
        if (slow.isEmpty()) {
            String skipped = scene.skipped().get(Plan.SLOW_DISK);
            page.append(DIM)
                    .append(cut("  " + (skipped == null ? "none yet" : "skipped: " + skipped)))
                    .append('\n')
                    .append(PLAIN);
        }
        page.append('\n');
    }

    private static void pages(StringBuilder page, Scene scene) {
        page.append(BOLD).append("  Pages\n").append(PLAIN);
        if (scene.pages().isEmpty()) {
            page.append(DIM).append("  none yet\n").append(PLAIN);
        }
        for (Notice notice : scene.pages()) {
            WebhookListener.Page told = notice.page();
            page.append(colour(told))
                    .append("  %-12s %-10s %-10s %s%n"
                            .formatted(clock(told.deliveredAt()), told.status(), told.severity(), told.rule()))
                    .append(PLAIN);
            if (told.isFiring()) {
                page.append("               ").append(cut(told.summary())).append('\n');
            }
        }
        page.append('\n');
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
        scene.pages().forEach(notice -> lines.add(clock(notice.page().deliveredAt()) + "  " + sentence(notice)));
        lines.stream().filter(said::add).forEach(out::println);
    }

    private static String sentence(Notice notice) {
        WebhookListener.Page page = notice.page();
        return page.status() + "  " + page.severity() + "  " + page.rule() + "  " + page.summary()
                + (page.isFiring()
                        ? "  (paged " + plus(notice.breachedAt(), page.deliveredAt()) + " after the rule became true)"
                        : "");
    }

    /** What it came down to. */
    void summary(Report report, List<String> failings) {
        long seen = report.changes().stream()
                .filter(story -> story.electedAt() != null && story.observedAt() != null)
                .count();
        double slowest = report.changes().stream()
                .map(Story::seconds)
                .filter(Objects::nonNull)
                .mapToDouble(Double::doubleValue)
                .max()
                .orElse(0);
        say("");
        long stalls = report.faults().stream()
                .filter(fault -> fault.kind() == Fault.Kind.STALLED_LEADER)
                .count();
        say("Done: stalled the leader " + stalls + " times");
        report.faults().stream()
                .filter(fault -> fault.kind() == Fault.Kind.SLOW_DISK && !fault.lasts())
                .forEach(fault -> say("Done: slowed the disk of " + fault.member() + ", from " + clock(fault.from())
                        + " to " + clock(fault.to())));
        report.skipped().forEach((step, reason) -> say("Skipped: " + step + ": " + reason));
        say("Seen: %d of %d leader changes, the slowest %.1f s after its election; %d windows"
                .formatted(seen, report.changes().size(), slowest, report.windows()));
        say("Paged:");
        report.pages()
                .forEach(notice ->
                        say("  " + sentence(notice) + "  id " + notice.page().id()));
        say("Recomputed in ClickHouse, in SQL alone:");
        report.verification().checks().forEach(check -> say("  " + check));
        failings.forEach(failing -> say("It did not hold: " + failing));
        if (failings.isEmpty()) {
            say("It held.");
        }
    }

    private static int terminalRows() {
        try {
            Process asking = new ProcessBuilder("stty", "size")
                    .redirectInput(ProcessBuilder.Redirect.INHERIT)
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start();
            String told = new String(asking.getInputStream().readAllBytes(), StandardCharsets.US_ASCII).trim();
            int rows = Integer.parseInt(told.split(" ")[0]);
            return rows > 0 ? rows : USUAL_ROWS;
        } catch (IOException | NumberFormatException untold) {
            return USUAL_ROWS;
        }
    }

    private static String cut(String text) {
        return text.length() <= WIDTH ? text : text.substring(0, WIDTH - 3) + "...";
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
