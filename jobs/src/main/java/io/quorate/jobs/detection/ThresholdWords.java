package io.quorate.jobs.detection;

import io.quorate.events.Alert.Evidence;
import io.quorate.events.BucketVector;
import io.quorate.jobs.detection.RuleSet.Ruled;
import io.quorate.rules.RuleOverride;
import io.quorate.rules.Signal;
import io.quorate.rules.Threshold;
import io.quorate.rules.Threshold.Bound;
import io.quorate.rules.Threshold.Limit;
import io.quorate.rules.yaml.Durations;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.StringJoiner;
import org.jspecify.annotations.Nullable;

/** A threshold's numbers as a person on call reads them. */
final class ThresholdWords {

    private final Threshold condition;
    private final Measured measured;
    private final Limit limit;
    private final double bound;

    /**
     * Of what was measured.
     *
     * @param limit the worst one that is passed
     * @param bound of it, for this cluster
     */
    ThresholdWords(Threshold condition, Measured measured, Limit limit, double bound) {
        this.condition = condition;
        this.measured = measured;
        this.limit = limit;
        this.bound = bound;
    }

    String summary(String template, String cluster, @Nullable String member) {
        return template.replace("{who}", member == null ? cluster : cluster + '/' + member)
                .replace("{cluster}", cluster)
                .replace("{member}", member == null ? "" : member)
                .replace("{value}", value())
                .replace(
                        "{limit}",
                        limit.bound().kind() == Bound.Kind.NUMBER
                                ? limit.bound().text()
                                : text(bound))
                .replace("{over}", Durations.format(condition.signal().over()))
                .replace("{series}", measured.series());
    }

    /** What the alert rests on: enough to recount it by hand. */
    List<Evidence> evidence(Ruled ruled, @Nullable RuleOverride override, String profile, Instant at) {
        List<Evidence> all = new ArrayList<>();
        all.add(new Evidence("value", value(), at));
        if (!measured.series().isEmpty()) {
            all.add(new Evidence("series", measured.series(), at));
        }
        if (measured.vector() != null) {
            BucketVector vector = measured.vector();
            all.add(new Evidence(
                    "slower than " + text(bound),
                    measured.slower(bound, condition.policy()) + " of " + vector.total(),
                    at));
            all.add(new Evidence("buckets", buckets(vector), at));
        }
        all.add(new Evidence("limit", limit(limit), at));
        all.add(new Evidence("rule version", ruled.rule().version() + ", profile " + profile, at));
        if (override != null) {
            all.add(new Evidence("override", override.name(), at));
        }
        return all;
    }

    /** With its bounds. */
    String value() {
        if (measured.bounds() == null) {
            return text(measured.value());
        }
        Double high = measured.bounds().high();
        return text(measured.value()) + ", certainly in ("
                + text(measured.bounds().low()) + ", " + (high == null ? "beyond" : text(high)) + "]";
    }

    static String limit(Limit limit) {
        return limit.severity().name().toLowerCase(Locale.ROOT) + " "
                + limit.comparison().name().toLowerCase(Locale.ROOT).replace('_', ' ') + " "
                + limit.bound().text()
                + (limit.duration().isZero() ? "" : " for " + Durations.format(limit.duration()));
    }

    /** Those that hold something: {@code 200 to 1 ms, 30 to 2 ms, 4 beyond 8.192 s}. */
    private String buckets(BucketVector vector) {
        StringJoiner all = new StringJoiner(", ");
        double[] edges = vector.edges();
        long[] counts = vector.counts();
        for (int i = 0; i < counts.length; i++) {
            if (counts[i] > 0) {
                all.add(counts[i] + (i < edges.length ? " to " + text(edges[i]) : " beyond " + text(edges[i - 1])));
            }
        }
        return all.toString();
    }

    /** In the unit in which people speak of this signal. */
    private String text(double value) {
        if (Double.isNaN(value)) {
            return "nothing";
        }
        if (condition.signal() instanceof Signal.ShareOf) {
            return Slowness.percent(value);
        }
        String metric = condition.signal().reads().isEmpty()
                ? ""
                : condition.signal().reads().get(0).metric();
        boolean ratio = condition.signal().reads().size() > 1;
        if (!ratio && metric.endsWith("_seconds") && !(condition.signal() instanceof Signal.IncreaseOf)) {
            return Slowness.text(value);
        }
        return Slowness.plain(value);
    }
}
