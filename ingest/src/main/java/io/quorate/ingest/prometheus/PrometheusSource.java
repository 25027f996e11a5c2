package io.quorate.ingest.prometheus;

import io.quorate.ingest.poll.Discovery;
import io.quorate.ingest.poll.PollSource;
import io.quorate.ingest.poll.Target;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Asks Prometheus servers for what they scraped from etcd, one split per server. Every scrape comes with its own time, once;
 * an outage of ours of up to a minute is filled afterwards. A server that is broken makes dead letters, never the job
 * fail.
 */
public final class PrometheusSource extends PollSource {

    private static final long serialVersionUID = 1;

    private final LinkedHashMap<String, PrometheusSettings> servers = new LinkedHashMap<>();

    public PrometheusSource(List<PrometheusSettings> servers) {
        if (servers.isEmpty()) {
            throw new IllegalArgumentException("ingest.prometheus: no server, expected at least one");
        }
        for (PrometheusSettings server : servers) {
            if (this.servers.put(server.splitId(), server) != null) {
                throw new IllegalArgumentException("ingest.prometheus: " + server.url() + " stands twice with "
                        + server.selector() + ", expected different selectors");
            }
        }
    }

    @Override
    protected String kind() {
        return "prometheus";
    }

    @Override
    protected List<Discovery> discoveries() {
        return List.of(Discovery.of(servers.values().stream()
                .map(server -> new Target(server.splitId(), "settings", List.of(server.url()), labels(server)))
                .toList()));
    }

    private static Map<String, String> labels(PrometheusSettings server) {
        return server.cluster() == null ? Map.of() : Map.of("cluster", server.cluster());
    }

    @Override
    protected Pollers pollers() {
        return (split, context) -> {
            PrometheusSettings server = servers.get(split.splitId());
            return server == null ? null : new PrometheusPoller(server, split.delivered(), context);
        };
    }
}
