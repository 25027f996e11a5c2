package io.quorate.rules;

import io.quorate.events.Labels;
import java.io.Serializable;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * Which series a condition reads.
 *
 * @param metric base name, such as {@code etcd_disk_wal_fsync_duration_seconds}; of statuses one of {@link StatusMetric}
 * @param where by label, the values of which one must be there
 * @param absentIsZero a metric that is born by its first event: until then nothing happened, and nobody is blind
 */
public record Selector(String metric, Map<String, Set<String>> where, boolean absentIsZero) implements Serializable {

    public Selector {
        where = new TreeMap<>(where);
        where.replaceAll((label, values) -> new TreeSet<>(values));
    }

    /** All series of this metric. */
    public static Selector of(String metric) {
        return new Selector(metric, Map.of(), false);
    }

    /** Whether this metric's series with these labels, as {@link Labels} writes them, is one of those. */
    public boolean takes(String labels) {
        for (Map.Entry<String, Set<String>> label : where.entrySet()) {
            if (!label.getValue().contains(Objects.requireNonNullElse(Labels.value(labels, label.getKey()), ""))) {
                return false;
            }
        }
        return true;
    }

    /** As Prometheus' users write it: {@code grpc_server_handled_total{grpc_code=~"Internal|Unknown"}}. */
    @Override
    public String toString() {
        if (where.isEmpty()) {
            return metric;
        }
        return metric
                + where.entrySet().stream()
                        .map(label -> label.getKey()
                                + (label.getValue().size() == 1 ? "=\"" : "=~\"")
                                + String.join("|", label.getValue())
                                + '"')
                        .collect(Collectors.joining(",", "{", "}"));
    }
}
