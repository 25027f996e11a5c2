package io.quorate.jobs.ledger;

import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * When what fired, as SVG: a lane for each rule of each cluster while there is room for that, else one for each
 * cluster. What overlaps in a lane stands in rows. Behind it stand the incidents of the truth.
 */
final class Timeline {

    /** Lanes that a page has room for. */
    static final int LANES = 60;

    /** Bars that a browser still draws at once. */
    static final int BARS = 5_000;

    private static final int LEFT = 260;
    private static final int WIDTH = 1_200;
    private static final int ROW = 9;
    private static final int MOST_ROWS = 5;
    private static final int TOP = 26;

    private static final List<Duration> STEPS = List.of(
            Duration.ofSeconds(10),
            Duration.ofSeconds(30),
            Duration.ofMinutes(1),
            Duration.ofMinutes(5),
            Duration.ofMinutes(15),
            Duration.ofHours(1),
            Duration.ofHours(3),
            Duration.ofHours(6),
            Duration.ofDays(1),
            Duration.ofDays(3),
            Duration.ofDays(7),
            Duration.ofDays(30),
            Duration.ofDays(90),
            Duration.ofDays(365));

    private final Instant since;
    private final Instant until;
    private final @Nullable Truth truth;
    private final List<Episode> shown;
    private final boolean byRule;
    private final int clusters;
    private final Map<String, List<Episode>> lanes;
    private final Html svg = new Html();
    private int y = TOP;

    Timeline(Report report) {
        this.since = report.since();
        this.until = report.until().isAfter(report.since())
                ? report.until()
                : report.since().plusSeconds(1);
        this.truth = report.truth();
        List<Episode> fired = report.ledger().fired();
        Map<String, List<Episode>> byCluster = grouped(Worst.of(fired, BARS), false);
        this.clusters = byCluster.size();
        boolean roomForRules = grouped(fired, true).size() <= LANES;
        this.byRule = roomForRules;
        List<String> worst = byCluster.entrySet().stream()
                .sorted(Comparator.comparing((Map.Entry<String, List<Episode>> lane) -> -weight(lane.getValue()))
                        .thenComparing(Map.Entry::getKey))
                .limit(LANES)
                .map(Map.Entry::getKey)
                .toList();
        this.shown = Worst.of(fired, BARS).stream()
                .filter(episode -> roomForRules || worst.contains(episode.cluster()))
                .toList();
        this.lanes = grouped(shown, roomForRules);
    }

    private static long weight(List<Episode> episodes) {
        return episodes.stream()
                .mapToLong(one -> 1_000L * one.pages() + one.warnings())
                .sum();
    }

    private static Map<String, List<Episode>> grouped(List<Episode> episodes, boolean byRule) {
        return episodes.stream()
                .collect(Collectors.groupingBy(
                        episode -> byRule ? episode.cluster() + "\n" + episode.rule() : episode.cluster(),
                        TreeMap::new,
                        Collectors.toList()));
    }

    /** What is left out of the drawing; empty when nothing is. */
    String cap(int fired) {
        if (shown.size() == fired) {
            return "";
        }
        return "Drawn are " + Shown.count(shown.size(), "episode", "episodes") + " of "
                + String.format(Locale.ROOT, "%,d", fired) + ", the worst"
                + (byRule || clusters <= LANES ? "" : ", of the " + LANES + " clusters with most pages")
                + "; all of them stand in --format json.";
    }

    String svg() {
        Html bars = new Html();
        String cluster = "";
        for (Map.Entry<String, List<Episode>> lane : lanes.entrySet()) {
            String[] name = lane.getKey().split("\n");
            if (!name[0].equals(cluster)) {
                cluster = name[0];
                group(bars, cluster);
            }
            lane(bars, byRule ? name[1] : null, lane.getValue());
        }
        int height = y + 6;
        svg.raw("<svg viewBox=\"0 0 " + WIDTH + " " + height + "\" role=img aria-label=\"When what fired\">\n");
        axis(height);
        return svg.raw(bars.toString()).raw("</svg>\n").toString();
    }

    /** The cluster's name, and its incidents beside it. */
    private void group(Html bars, String cluster) {
        y += byRule ? 6 : 2;
        label(bars, cluster, byRule ? "cluster" : "lane", byRule ? 0 : 4, y + 10);
        if (byRule) {
            incidents(bars, cluster, y + 2);
            y += 16;
        } else {
            incidents(bars, cluster, y + 2);
        }
    }

    private void incidents(Html bars, String cluster, int top) {
        if (truth == null) {
            return;
        }
        for (Truth.Event event : truth.events()) {
            if (event.cluster().equals(cluster)) {
                double from = x(event.span().from());
                double width = Math.max(3, x(event.span().to()) - from);
                rect(bars, event.planned() ? "planned" : "fault", from, top, width, ROW)
                        .element(
                                "title",
                                (event.planned() ? "planned: " : "") + event.text() + ", "
                                        + Shown.time(event.span().from()) + " to "
                                        + Shown.time(event.span().to()))
                        .raw("</rect>\n");
            }
        }
    }

    private void lane(Html bars, @Nullable String rule, List<Episode> episodes) {
        int top = rule == null ? y + (truth == null ? 2 : ROW + 3) : y + 2;
        List<Double> ends = new ArrayList<>();
        Html drawn = new Html();
        for (Episode episode : episodes) {
            double from = x(episode.knownAt());
            double to = Math.max(from + 3, x(episode.resolvedAt() == null ? until : episode.resolvedAt()));
            int row = 0;
            while (row < ends.size() && ends.get(row) > from) {
                row++;
            }
            // Where there are no rows left, the last one holds what overlaps.
            row = Math.min(row, MOST_ROWS - 1);
            if (row == ends.size()) {
                ends.add(to);
            } else {
                ends.set(row, Math.max(ends.get(row), to));
            }
            String kind = Shown.lower(episode.severity()) + (episode.notifies() ? "" : " kept");
            rect(drawn, kind, from, top + row * (ROW + 1), to - from, ROW)
                    .element(
                            "title",
                            Shown.lower(episode.severity()) + " " + episode.rule() + " " + episode.who() + ", "
                                    + Shown.time(episode.knownAt()) + ", " + Worst.lasted(episode) + ": "
                                    + Shown.cut(episode.cause() == null ? episode.summary() : episode.cause(), 120))
                    .raw("</rect>\n");
        }
        int height = top - y + ends.size() * (ROW + 1) + 3;
        if (rule != null) {
            label(bars, rule, "lane", 12, y + 10);
        }
        bars.raw("<line class=grid x1=0 x2=" + WIDTH + " y1=" + (y + height) + " y2=" + (y + height) + " />\n");
        bars.raw(drawn.toString());
        y += Math.max(height, 14);
    }

    private static void label(Html bars, String text, String kind, int x, int y) {
        bars.raw("<text class=" + kind + " x=" + x + " y=" + y + ">")
                .text(Shown.cut(text, 38))
                .raw("</text>\n");
    }

    private static Html rect(Html bars, String kind, double x, double y, double width, double height) {
        return bars.raw("<rect class=\"" + kind + "\" x=" + Html.coordinate(x) + " y=" + Html.coordinate(y) + " width="
                + Html.coordinate(width) + " height=" + Html.coordinate(height) + " rx=1.5>");
    }

    private double x(Instant at) {
        double share = (double) Duration.between(since, at).toMillis()
                / Duration.between(since, until).toMillis();
        return LEFT + Math.max(0, Math.min(1, share)) * (WIDTH - LEFT - 4);
    }

    private void axis(int height) {
        Duration span = Duration.between(since, until);
        Duration step = STEPS.stream()
                .filter(one -> span.toMillis() / one.toMillis() <= 12)
                .findFirst()
                .orElse(STEPS.get(STEPS.size() - 1));
        String form = step.compareTo(Duration.ofDays(1)) >= 0
                ? "MM-dd"
                : step.compareTo(Duration.ofMinutes(1)) >= 0 ? span.toDays() > 0 ? "MM-dd HH:mm" : "HH:mm" : "HH:mm:ss";
        DateTimeFormatter times = DateTimeFormatter.ofPattern(form, Locale.ROOT).withZone(ZoneOffset.UTC);
        long size = step.toMillis();
        long first = Math.floorDiv(since.toEpochMilli() + size - 1, size) * size;
        for (long at = first; at <= until.toEpochMilli(); at += size) {
            Instant tick = Instant.ofEpochMilli(at);
            String x = Html.coordinate(x(tick));
            svg.raw("<line class=grid x1=" + x + " x2=" + x + " y1=" + (TOP - 8) + " y2=" + height + " />");
            svg.raw("<text class=tick x=" + x + " y=12>")
                    .text(times.format(tick))
                    .raw("</text>\n");
        }
    }
}
