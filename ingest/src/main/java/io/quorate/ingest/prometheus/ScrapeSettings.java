package io.quorate.ingest.prometheus;

import io.quorate.ingest.discovery.DiscoverySettings;
import io.quorate.ingest.transport.Transport;
import java.io.Serializable;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Members whose pages of metrics are fetched without a Prometheus between, {@code ingest.metrics} in the settings.
 *
 * @param targets who, and what they are called
 * @param interval from one fetch of a member to its next
 * @param timeout of one fetch, at most the interval
 * @param transport how they are reached
 * @param nodes where the node-exporters of their machines are; null when these are not asked
 */
public record ScrapeSettings(
        DiscoverySettings targets,
        Duration interval,
        Duration timeout,
        Transport transport,
        @Nullable NodePage nodes) implements Serializable {

    private static final long serialVersionUID = 1;

    public ScrapeSettings {
        List<String> problems = new ArrayList<>();
        PrometheusSettings.judge(interval, timeout, problems);
        if (!problems.isEmpty()) {
            // A line per key, for whoever tells each with its place.
            throw new IllegalArgumentException("ingest.metrics." + String.join("\ningest.metrics.", problems));
        }
    }

    /** Without node-exporters. */
    public ScrapeSettings(DiscoverySettings targets, Duration interval, Duration timeout, Transport transport) {
        this(targets, interval, timeout, transport, null);
    }
}
