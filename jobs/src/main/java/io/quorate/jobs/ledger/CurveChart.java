package io.quorate.jobs.ledger;

import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A sweep as SVG: notifications as bars and pages as a line on the left scale, recall and precision as
 * lines on the right one. Values stand evenly apart, however far they are from each other.
 */
final class CurveChart {

    private static final int WIDTH = 1_200;
    private static final int HEIGHT = 300;
    private static final int LEFT = 60;
    private static final int RIGHT = 60;
    private static final int TOP = 14;
    private static final int BOTTOM = 44;

    /** Where a point lies on its scale, between 0 and 1; null when it has no such value. */
    private interface Share {
        @Nullable
        Double of(Curve.Point point);
    }

    private final Curve curve;
    private final double most;
    private final Html svg = new Html();

    CurveChart(Curve curve) {
        this.curve = curve;
        // Four, that the scale is whole.
        this.most = Math.max(
                4,
                curve.points().stream()
                        .mapToInt(point -> Math.max(point.pages(), point.notifications()))
                        .max()
                        .orElse(4));
    }

    String svg() {
        svg.raw("<svg viewBox=\"0 0 " + WIDTH + " " + HEIGHT
                + "\" role=img aria-label=\"What each value comes to\">\n");
        scales();
        List<Curve.Point> points = curve.points();
        double bar = Math.min(40, (WIDTH - LEFT - RIGHT) / (points.size() + 1.0) * 0.5);
        for (int i = 0; i < points.size(); i++) {
            Curve.Point point = points.get(i);
            String x = Html.coordinate(x(i));
            if (point.value().equals(curve.asIs())) {
                svg.raw("<line class=asis x1=" + x + " x2=" + x + " y1=" + TOP + " y2=" + (HEIGHT - BOTTOM) + " />");
                svg.raw("<text class=tick x=" + x + " y=" + (HEIGHT - 8) + ">as it is</text>");
            }
            double top = y(point.notifications() / most);
            svg.raw("<rect class=bar x=" + Html.coordinate(x(i) - bar / 2) + " y=" + Html.coordinate(top) + " width="
                            + Html.coordinate(bar) + " height=" + Html.coordinate(HEIGHT - BOTTOM - top) + ">")
                    .element(
                            "title",
                            point.value() + ": " + Shown.count(point.notifications(), "notification", "notifications"))
                    .raw("</rect>\n");
            svg.raw("<text class=tick x=" + x + " y=" + (HEIGHT - BOTTOM + 16) + ">")
                    .text(point.value())
                    .raw("</text>\n");
        }
        line("pages", "pages", point -> point.pages() / most, point -> Integer.toString(point.pages()));
        line("recall", "recall", Curve.Point::recall, point -> Shown.share(point.recall()));
        line("precision", "precision", Curve.Point::precision, point -> Shown.share(point.precision()));
        return svg.raw("</svg>\n").toString();
    }

    private void scales() {
        for (int i = 0; i <= 4; i++) {
            String y = Html.coordinate(y(i / 4.0));
            svg.raw("<line class=grid x1=" + LEFT + " x2=" + (WIDTH - RIGHT) + " y1=" + y + " y2=" + y + " />");
            svg.raw("<text class=scale x=" + (LEFT - 8) + " y=" + y + ">")
                    .text(Shown.number(most * i / 4))
                    .raw("</text>");
            if (curve.points().stream().anyMatch(point -> point.recall() != null || point.precision() != null)) {
                svg.raw("<text class=share x=" + (WIDTH - RIGHT + 8) + " y=" + y + ">")
                        .text(i * 25 + " %")
                        .raw("</text>\n");
            }
        }
    }

    /** Through the points that have a value; broken where one has none. */
    private void line(String kind, String name, Share share, Function<Curve.Point, String> shown) {
        StringBuilder path = new StringBuilder();
        Html dots = new Html();
        boolean broken = true;
        for (int i = 0; i < curve.points().size(); i++) {
            Curve.Point point = curve.points().get(i);
            Double value = share.of(point);
            if (value == null) {
                broken = true;
                continue;
            }
            path.append(broken ? " M" : " L")
                    .append(Html.coordinate(x(i)))
                    .append(' ')
                    .append(Html.coordinate(y(value)));
            broken = false;
            dots.raw("<circle class=" + kind + " cx=" + Html.coordinate(x(i)) + " cy=" + Html.coordinate(y(value))
                            + " r=3.5>")
                    .element("title", point.value() + ": " + name + " " + shown.apply(point))
                    .raw("</circle>");
        }
        svg.raw("<path class=" + kind + " d=\"" + path + "\" />\n").raw(dots.toString());
    }

    private double x(int i) {
        return LEFT + (WIDTH - LEFT - RIGHT) * (i + 0.5) / curve.points().size();
    }

    private static double y(double share) {
        return TOP + (HEIGHT - TOP - BOTTOM) * (1 - share);
    }
}
