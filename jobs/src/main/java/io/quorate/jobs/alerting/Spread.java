package io.quorate.jobs.alerting;

import io.quorate.sinks.receivers.PlacedAlert;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** How many clusters have what now, as far as people were told. */
final class Spread {

    /** By rule, by cluster: its alerts that fire. */
    private final Map<String, Map<String, Set<String>>> firing = new HashMap<>();

    /** In words, for whoever is told of this one; null when no other cluster has it. */
    @Nullable
    String hear(PlacedAlert placed) {
        String rule = placed.alert().rule();
        String cluster = placed.alert().cluster();
        Map<String, Set<String>> clusters = firing.computeIfAbsent(rule, name -> new HashMap<>());
        Set<String> alerts = clusters.computeIfAbsent(cluster, name -> new HashSet<>());
        if (placed.isOver()) {
            alerts.remove(placed.alert().id());
        } else {
            alerts.add(placed.alert().id());
        }
        if (alerts.isEmpty()) {
            clusters.remove(cluster);
        }
        int others = clusters.size() - (clusters.containsKey(cluster) ? 1 : 0);
        if (clusters.isEmpty()) {
            firing.remove(rule);
        }
        return switch (others) {
            case 0 -> null;
            case 1 -> "1 other cluster has it now";
            default -> others + " other clusters have it now";
        };
    }
}
