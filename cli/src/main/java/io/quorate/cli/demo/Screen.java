package io.quorate.cli.demo;

import io.quorate.events.Histogram;
import io.quorate.events.Measures;
import io.quorate.events.MemberStatus;
import io.quorate.events.MemberWindow;
import io.quorate.events.Quantile;
import io.quorate.events.ScopeWindow;
import io.quorate.rules.yaml.Durations;
import java.io.PrintStream;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What a person sees: on a terminal one page, drawn anew twice a second; else a line for each thing that happens.
 */
final class Screen {

    private static final String FSYNC = "etcd_disk_wal_fsync_duration_seconds";
    private static final String COMMIT = "etcd_disk_backend_commit_duration_seconds";
    private static final int SHOWN_CHANGES = 10;

    private static final String CLEAR = "\u001b[H\u001b[2J";
    private static final String BOLD = "\u001b[1m";
    private static final String RED = "\u001b[31m";
    private static final String DIM = "\u001b[2m";
    private static final String PLAIN = "\u001b[0m";
    private static final DateTimeFormatter CLOCK =
            DateTimeFormatter.ofPattern("HH:mm:ss.S", Locale.ROOT).withZone(ZoneId.systemDefault());

    private final PrintStream out;
    private final boolean live;
    private final Set<String> said = new HashSet<>();

    Screen(PrintStream out, boolean live) {
        this.out = out;
        this.live = live;
    }

    /** What there is to show. */
    record Scene(
            Instant readyAt,
            Instant endsAt,
            View view,
            List<Stalls.Stall> stalls,
            List<Story> stories,
            List<WebhookListener.Page> pages,
            List<String> lookAt) {}

    /** A step on the way there. */
    void say(String text) {
        out.println(text);
    }

    void show(Scene scene) {
        if (live) {
            out.print(CLEAR + page(scene));
            out.flush();
        } else {
            news(scene);
        }
    }

    private String page(Scene scene) {
        StringBuilder page = new StringBuilder();
        Duration left = Duration.between(Instant.now(), scene.endsAt());
        page.append(BOLD)
                .append("Quorate demo")
                .append(PLAIN)
                .append("  three etcd members, their leader stalled again and again; ")
                .append(
                        left.isNegative()
                                ? "ending"
                                : Durations.format(
                                                left.plusSeconds(1).truncatedTo(java.time.temporal.ChronoUnit.SECONDS))
                                        + " left")
                .append(", Ctrl-C ends\n\n");
        members(page, scene);
        quantiles(page, scene.view());
        changes(page, scene);
        alerts(page, scene);
        page.append(BOLD).append("Look at\n").append(PLAIN);
        scene.lookAt().forEach(line -> page.append("  ").append(line).append('\n'));
        return page.toString();
    }

    private static void members(StringBuilder page, Scene scene) {
        page.append(BOLD)
                .append(row("Member", "role", "term", "raft index", "db size", "answered"))
                .append(PLAIN);
        for (MemberStatus status : scene.view().statuses()) {
            long age = Duration.between(status.observedAt(), Instant.now()).toMillis();
            if (status.answered()) {
                page.append(row(
                        status.member(),
                        status.isLeader() ? "leader" : status.hasLeader() ? "follower" : "no leader",
                        Long.toString(status.raftTerm()),
                        Long.toString(status.raftIndex()),
                        status.dbSizeBytes() / 1024 + " KiB",
                        "%.1f s ago".formatted(age / 1000.0)));
            } else {
                page.append(RED)
                        .append(row(status.member(), "silent: " + status.failure(), "", "", "", ""))
                        .append(PLAIN);
            }
        }
        page.append('\n');
    }

    private static String row(String... cells) {
        return "  %-8s %-16s %6s %11s %10s %12s%n".formatted((Object[]) cells);
    }

    private static void quantiles(StringBuilder page, View view) {
        page.append(BOLD)
                .append("  %-8s %-28s %-28s %-24s%n"
                        .formatted("10 s", "WAL fsync p99, ms (bounds]", "backend commit p99, ms", "fsync p50, ms"))
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
        page.append('\n');
    }

    private static void quantiles(StringBuilder page, String who, Measures measures, boolean gap) {
        page.append("  %-8s %-28s %-28s %-24s%s%n"
                .formatted(
                        who,
                        quantile(measures, FSYNC, 0.99),
                        quantile(measures, COMMIT, 0.99),
                        quantile(measures, FSYNC, 0.5),
                        gap ? "gap" : ""));
    }

    /** {@code 7.8 (4 to 8] of 120}, in milliseconds. */
    private static String quantile(Measures measures, String metric, double q) {
        for (Histogram histogram : measures.histograms()) {
            if (histogram.metric().equals(metric)) {
                Quantile quantile = histogram.vector().quantile(q);
                return quantile == null
                        ? "no operations"
                        : "%.1f (%.0f to %s] of %d"
                                .formatted(
                                        quantile.value() * 1000,
                                        quantile.low() * 1000,
                                        quantile.high() == null ? "?" : "%.0f".formatted(quantile.high() * 1000),
                                        histogram.vector().total());
            }
        }
        return "";
    }

    private static void changes(StringBuilder page, Scene scene) {
        page.append(BOLD)
                .append("  %-12s %-12s %-12s %-12s %-8s %s%n"
                        .formatted("Stalled", "elected", "seen", "paged", "term", "leader"))
                .append(PLAIN);
        List<Story> stories = scene.stories();
        for (Story story : stories.subList(Math.max(0, stories.size() - SHOWN_CHANGES), stories.size())) {
            page.append("  %-12s %-12s %-12s %-12s %-8d %s -> %s%n"
                    .formatted(
                            clock(story.injectedAt()),
                            clock(story.electedAt()),
                            plus(story.electedAt(), story.observedAt()),
                            paged(story, scene.pages()),
                            story.term(),
                            story.from(),
                            story.to()));
        }
        if (stories.isEmpty()) {
            page.append(DIM)
                    .append("  none yet: ")
                    .append(Stalls.QUIET.toSeconds())
                    .append(" quiet seconds come first\n")
                    .append(PLAIN);
        }
        page.append('\n');
    }

    private static String paged(Story story, List<WebhookListener.Page> pages) {
        for (WebhookListener.Page page : pages) {
            if (page.isFiring() && page.breachedAt().equals(story.observedAt())) {
                return plus(story.observedAt(), page.deliveredAt());
            }
        }
        return "";
    }

    private static void alerts(StringBuilder page, Scene scene) {
        page.append(BOLD).append("  Pages\n").append(PLAIN);
        if (scene.pages().isEmpty()) {
            page.append(DIM).append("  none yet\n").append(PLAIN);
        }
        for (WebhookListener.Page delivered : scene.pages()) {
            page.append(delivered.isFiring() ? RED : "")
                    .append("  ")
                    .append(sentence(delivered))
                    .append(PLAIN)
                    .append('\n');
        }
        page.append('\n');
    }

    private static String sentence(WebhookListener.Page page) {
        return clock(page.deliveredAt()) + "  " + page.status() + "  " + page.severity() + "  " + page.rule() + "  "
                + page.summary();
    }

    /** Without a terminal: each thing once, as it happens. */
    private void news(Scene scene) {
        List<String> lines = new ArrayList<>();
        scene.stalls()
                .forEach(
                        stall -> lines.add(clock(stall.injectedAt()) + "  stalled " + stall.member() + ", the leader"));
        scene.stories().stream()
                .filter(story -> story.observedAt() != null)
                .forEach(story -> lines.add(clock(story.observedAt()) + "  saw the leader change " + story.from()
                        + " -> "
                        + story.to() + ", term " + story.term() + ", " + plus(story.electedAt(), story.observedAt())
                        + " after the election"));
        scene.pages()
                .forEach(page -> lines.add(sentence(page)
                        + (page.isFiring()
                                ? "  (paged " + plus(page.breachedAt(), page.deliveredAt()) + " after the breach)"
                                : "")));
        lines.stream().filter(said::add).forEach(out::println);
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
