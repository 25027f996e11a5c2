package io.quorate.ingest.catalogue;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The allow-list of metrics: what is not in it is never read. */
public final class Catalogue {

    /** Whether a scrape carries the readings of its member's node-exporter. */
    public static final String NODE_UP = "quorate_node_up";

    private static final Catalogue SHIPPED = readShipped();

    private final Map<String, Metric> byName;

    Catalogue(List<Metric> metrics) {
        byName = new LinkedHashMap<>();
        metrics.forEach(metric -> byName.put(metric.name(), metric));
    }

    /** The one that comes with Quorate, {@code metrics.yaml}. */
    public static Catalogue shipped() {
        return SHIPPED;
    }

    /**
     * Reads a catalogue.
     *
     * @param file its name, for the problems
     * @throws BadCatalogue with every problem and its line
     */
    public static Catalogue read(String file, String yaml) {
        return new CatalogueReader(file).read(yaml);
    }

    /** The metric of this base name; null when it is not read. */
    public @Nullable Metric metric(String name) {
        return byName.get(name);
    }

    /** All of them, in the order of the file. */
    public List<Metric> metrics() {
        return List.copyOf(byName.values());
    }

    /** The part of it that has these base names. */
    public Catalogue only(Set<String> names) {
        return new Catalogue(byName.values().stream()
                .filter(metric -> names.contains(metric.name()))
                .toList());
    }

    private static Catalogue readShipped() {
        try (InputStream in = Objects.requireNonNull(
                Catalogue.class.getResourceAsStream("metrics.yaml"), "metrics.yaml is missing from the jar")) {
            return read("metrics.yaml", new String(in.readAllBytes(), StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new UncheckedIOException("metrics.yaml cannot be read from the jar", e);
        }
    }
}
