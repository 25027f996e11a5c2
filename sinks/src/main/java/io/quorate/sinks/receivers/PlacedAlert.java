package io.quorate.sinks.receivers;

import io.quorate.events.Alert;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A transition of an alert, and what is known of the place that it is about.
 *
 * @param labels what routes, silences and groups go by: {@code alertname}, {@code severity}, {@code cluster}, {@code member}
 *     and the labels of the cluster
 * @param host where the member is reached; null when not known, or about the whole cluster
 * @param role of the member when it became so: leader, follower or learner; null when not known
 * @param spread how many other clusters have it, in words; null when not known
 */
public record PlacedAlert(
        Alert alert,
        Map<String, String> labels,
        @Nullable String host,
        @Nullable String role,
        @Nullable String spread) {

    public PlacedAlert {
        Objects.requireNonNull(alert, "alert");
        labels = labels == null ? Map.of() : labels;
    }

    /** The same place, another transition. */
    public PlacedAlert as(Alert other) {
        return new PlacedAlert(other, labels, host, role, spread);
    }

    /** The same, with how many others have it. */
    public PlacedAlert spread(@Nullable String others) {
        return new PlacedAlert(alert, labels, host, role, others);
    }

    public boolean isOver() {
        return alert.status() == Alert.Status.RESOLVED;
    }
}
