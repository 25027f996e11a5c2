package io.quorate.ingest.prometheus;

import io.quorate.ingest.catalogue.Catalogue;
import java.time.Instant;
import java.util.Collection;
import java.util.Map;
import java.util.TreeMap;

/** What the node-exporter of one machine showed over time. A member's scrape takes the newest page before it. */
public final class NodePages {

    private final String node;
    private final TreeMap<Long, ScrapeAssembler> pages = new TreeMap<>();

    /**
     * Of this node-exporter.
     *
     * @param node such as {@code 10.0.0.1:9100}
     */
    public NodePages(String node) {
        this.node = node;
    }

    /** How its pages are read. */
    public static TextFormat format(Catalogue catalogue) {
        return new TextFormat((name, labels) -> NodeSeries.of(catalogue, name, labels));
    }

    /** Takes the page of this moment. */
    public void add(Instant at, ScrapeAssembler page) {
        pages.put(at.toEpochMilli(), page);
    }

    /** Gives the scrape what is known of the machine at its time, or why nothing is. */
    public void joinTo(ScrapeAssembler scrape, Instant observedAt) {
        scrape.join(at(observedAt.toEpochMilli()));
    }

    /** The page of this moment, to be filled series by series. */
    ScrapeAssembler page(long time) {
        return pages.computeIfAbsent(time, unseen -> new ScrapeAssembler());
    }

    Collection<ScrapeAssembler> all() {
        return pages.values();
    }

    /** Whether the newest page before this moment is of it. */
    boolean areFreshAt(long time) {
        Long newest = pages.floorKey(time);
        return newest != null && time - newest <= Nodes.FRESH.toMillis();
    }

    NodeReading at(long time) {
        Map.Entry<Long, ScrapeAssembler> newest = pages.floorEntry(time);
        if (newest == null || !areFreshAt(time)) {
            return NodeReading.none("the node-exporter " + node + " was not scraped in the " + Nodes.FRESH.toSeconds()
                    + "s before the member; check that it runs and how often it is scraped");
        }
        return NodeReading.of(node, newest.getValue());
    }
}
