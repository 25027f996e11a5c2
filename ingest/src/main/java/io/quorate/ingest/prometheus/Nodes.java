package io.quorate.ingest.prometheus;

import io.quorate.events.Labels;
import io.quorate.ingest.catalogue.Catalogue;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;

/**
 * What node-exporters told a Prometheus in the time of one round. A member is joined to the one node-exporter that its key
 * finds; where it finds none, or several, that is said instead, and none is chosen.
 */
final class Nodes {

    /** Older is not of the moment of a scrape. Machines are scraped every minute, if not more often. */
    static final Duration FRESH = Duration.ofSeconds(70);

    /** A machine shows some hundred that matter. */
    static final int MOST_SERIES = 2_000;

    /** What tells series of one node-exporter from each other. */
    private static final Set<String> OWN =
            Set.of("__name__", "cpu", "mode", "device", "fstype", "mountpoint", "device_error");

    private final NodeJoin join;
    private final Catalogue catalogue;
    private final List<String> dropLabels;
    /** By key, then by all that tells node-exporters from each other: sites may use the same addresses. */
    private final Map<String, SortedMap<String, Node>> byKey = new HashMap<>();
    /** Keys that could not be asked for, and why. */
    private final Map<String, String> failed = new HashMap<>();

    private static final class Node {
        private final String name;
        private final NodePages pages;
        private int series;

        private Node(String name) {
            this.name = name;
            this.pages = new NodePages(name);
        }
    }

    /**
     * Of one round.
     *
     * @param dropLabels that tell replicas of Prometheus from each other, and so nothing of a node-exporter
     */
    Nodes(NodeJoin join, Catalogue catalogue, List<String> dropLabels) {
        this.join = join;
        this.catalogue = catalogue;
        this.dropLabels = dropLabels;
    }

    /** A series of node-exporter's. */
    void take(Map<String, String> labels, long[] times, double[] values, int count) {
        String key = join.ofNode(labels);
        String name = labels.get("__name__");
        Series series = key.isEmpty() || name == null ? null : NodeSeries.of(catalogue, name, labels);
        if (series == null) {
            return;
        }
        Map<String, String> whose = new HashMap<>(labels);
        whose.keySet().removeAll(OWN);
        dropLabels.forEach(whose::remove);
        Node node = byKey.computeIfAbsent(key, unseen -> new TreeMap<>())
                .computeIfAbsent(Labels.of(whose), unseen -> new Node(labels.getOrDefault("instance", key)));
        node.series += series.part() == Series.Part.SHARE ? 0 : 1;
        if (node.series > MOST_SERIES) {
            return;
        }
        for (int i = 0; i < count; i++) {
            node.pages.page(times[i]).add(series, values[i]);
        }
    }

    /** These could not be asked for. */
    void failed(Collection<String> keys, String why) {
        keys.forEach(key -> failed.put(key, why));
    }

    /** Leaves out what is not of the data directory. To be asked once, when everything is here. */
    void narrow() {
        String dataDir = join.dataDir();
        if (dataDir != null) {
            byKey.values()
                    .forEach(nodes -> nodes.values()
                            .forEach(node -> node.pages.all().forEach(page -> DataDevice.only(dataDir, page))));
        }
    }

    /** What is known of the machine of a member with these keys at the time of its scrape. */
    NodeReading at(SortedSet<String> keys, long time) {
        if (keys.isEmpty()) {
            return NodeReading.none("the member's series have no label "
                    + (join.memberLabel() == null ? "instance" : join.memberLabel())
                    + " to find its machine by; set node-exporter.member-label");
        }
        String key = keys.first();
        if (keys.size() > 1) {
            return NodeReading.none("the member is scraped on several machines, " + String.join(" and ", keys)
                    + ", so which is its own cannot be told");
        }
        String trouble = failed.get(key);
        if (trouble != null) {
            return NodeReading.none(trouble);
        }
        SortedMap<String, Node> found = byKey.getOrDefault(key, new TreeMap<>());
        if (found.isEmpty()) {
            return NodeReading.none(
                    "no node-exporter found for " + join.noun() + " " + key
                            + "; let Prometheus scrape it, or set node-exporter.member-label and node-label to labels that agree");
        }
        // One that went silent longer ago was another machine's, or another target.
        List<String> fresh = found.entrySet().stream()
                .filter(node -> node.getValue().pages.areFreshAt(time))
                .map(Map.Entry::getKey)
                .toList();
        if (fresh.size() > 1) {
            return NodeReading.none(fresh.size() + " node-exporters found for " + join.noun() + " " + key + ", {"
                    + String.join("} and {", fresh)
                    + "}, expected one; narrow node-exporter.selector, or name labels of replicas in drop-labels");
        }
        String whose = fresh.isEmpty() ? found.firstKey() : fresh.get(0);
        return reading(Objects.requireNonNull(found.get(whose)), time);
    }

    private static NodeReading reading(Node node, long time) {
        return node.series > MOST_SERIES
                ? NodeReading.none("the node-exporter " + node.name + " shows more than " + MOST_SERIES
                        + " series of the catalogue; check what exposes them")
                : node.pages.at(time);
    }
}
