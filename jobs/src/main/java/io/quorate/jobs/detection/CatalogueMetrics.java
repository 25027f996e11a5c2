package io.quorate.jobs.detection;

import io.quorate.ingest.catalogue.Catalogue;
import io.quorate.ingest.catalogue.Metric;
import io.quorate.rules.KnownMetrics;
import java.util.Collection;
import java.util.Optional;

/** The catalogue of what ingest reads, for those who judge rules before any reading is there. */
public final class CatalogueMetrics implements KnownMetrics {

    private final Catalogue catalogue;

    public CatalogueMetrics(Catalogue catalogue) {
        this.catalogue = catalogue;
    }

    @Override
    public Optional<Known> of(String name) {
        return Optional.ofNullable(catalogue.metric(name))
                .map(metric ->
                        new Known(kind(metric), metric.unit(), metric.extensive(), metric.since(), metric.bornByUse()));
    }

    @Override
    public Collection<String> names() {
        return catalogue.metrics().stream().map(Metric::name).toList();
    }

    private static Kind kind(Metric metric) {
        return switch (metric.kind()) {
            case HISTOGRAM -> Kind.HISTOGRAM;
            case COUNTER -> Kind.COUNTER;
            // An info stands among the gauges of a scrape.
            case GAUGE, INFO -> Kind.GAUGE;
        };
    }
}
