package io.quorate.jobs.fleet;

import io.quorate.events.ClusterRoster;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** The labels of one cluster, and from when on they are others; a Flink POJO, as it is keyed state. */
public class Labelled {

    public Map<String, String> labels = new TreeMap<>();
    public long since;
    public long seenAt;
    public @Nullable Map<String, String> next;
    public long nextSince;

    /** Rosters hold back nobody's time: what one says counts from the moment that it is of. */
    void hear(ClusterRoster roster) {
        long at = roster.observedAt().toEpochMilli();
        if (at < seenAt) {
            return;
        }
        Map<String, String> heard = new TreeMap<>(roster.labels());
        if (seenAt == 0) {
            labels = heard;
            since = at;
        } else if (!heard.equals(next == null ? labels : next)) {
            labels = next == null ? labels : next;
            next = heard;
            nextSince = at;
        }
        seenAt = at;
    }

    /** At this moment; null when the cluster is not known yet, or not any more. */
    @Nullable
    Map<String, String> at(long now) {
        if (since > now || isGone(now)) {
            return null;
        }
        return next != null && nextSince <= now ? next : labels;
    }

    boolean isGone(long now) {
        return seenAt < now - Contagion.KNOWN.toMillis();
    }
}
