package io.quorate.ingest.prometheus;

import io.quorate.events.Labels;
import io.quorate.ingest.catalogue.Catalogue;
import io.quorate.ingest.catalogue.Metric;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Where the samples of one series go. Worked out once per series, for names and labels cost more than values.
 *
 * @param labels canonical, without {@code le} and without what names the member; of {@link Part#MEMBER_ID} the id itself
 * @param edge upper bound, of a bucket only; NaN when {@code le} is no number
 */
public record Series(Metric metric, Part part, String labels, double edge) {

    /** Which part of a metric a series is. */
    public enum Part {
        VALUE,
        BUCKET,
        SUM,
        /** One of several that are added up. */
        SHARE,
        MEMBER_ID
    }

    private static final String MEMBER_ID = "etcd_server_id";

    /**
     * The place of this series.
     *
     * @param identification labels that name the member, to be left out
     * @return null when the catalogue does not list it, or nothing is lost without it
     */
    public static @Nullable Series of(
            Catalogue catalogue, String name, Map<String, String> labels, Set<String> identification) {
        Part part = Part.VALUE;
        Metric metric = catalogue.metric(name);
        if (metric == null) {
            String base = name;
            if (name.endsWith("_bucket")) {
                part = Part.BUCKET;
                base = name.substring(0, name.length() - 7);
            } else if (name.endsWith("_sum")) {
                part = Part.SUM;
                base = name.substring(0, name.length() - 4);
            }
            metric = catalogue.metric(base);
        }
        if (metric == null
                || metric.origin() != Metric.Origin.MEMBER
                || (metric.kind() == Metric.Kind.HISTOGRAM) == (part == Part.VALUE)) {
            return null;
        }
        if (name.equals(MEMBER_ID)) {
            String id = labels.getOrDefault("server_id", "").toLowerCase(Locale.ROOT);
            return new Series(metric, Part.MEMBER_ID, id, Double.NaN);
        }
        Map<String, String> kept = new TreeMap<>(labels);
        kept.keySet().removeAll(identification);
        kept.keySet().removeAll(Set.of("job", "instance", "__name__"));
        double edge = Double.NaN;
        if (part == Part.BUCKET) {
            String le = kept.remove("le");
            edge = le == null ? Double.NaN : Numbers.parse(le);
        }
        return new Series(metric, part, Labels.of(kept), edge);
    }

    /** As Prometheus writes it. */
    String text() {
        return metric.name() + (labels.isEmpty() ? "" : "{" + labels + "}");
    }
}
