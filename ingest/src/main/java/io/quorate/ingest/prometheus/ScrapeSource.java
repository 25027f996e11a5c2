package io.quorate.ingest.prometheus;

import io.quorate.ingest.catalogue.Catalogue;
import io.quorate.ingest.poll.Discovery;
import io.quorate.ingest.poll.PollContext;
import io.quorate.ingest.poll.PollSource;
import io.quorate.ingest.poll.PollSplit;
import io.quorate.ingest.poll.Poller;
import io.quorate.ingest.transport.HttpTransport;
import io.quorate.ingest.transport.Transport;
import java.time.Instant;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import okhttp3.Dispatcher;
import okhttp3.OkHttpClient;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Fetches the pages of metrics of etcd's members, one split per member. A page that cannot be had or read is a failed scrape,
 * with the reason; never does the job fail for it.
 */
public final class ScrapeSource extends PollSource {

    private static final long serialVersionUID = 1;

    private static final Logger LOG = LoggerFactory.getLogger(ScrapeSource.class);

    private final LinkedHashMap<String, ScrapeSettings> entries = new LinkedHashMap<>();

    public ScrapeSource(List<ScrapeSettings> entries) {
        if (entries.isEmpty()) {
            throw new IllegalArgumentException("ingest.metrics: nobody, expected at least one");
        }
        for (ScrapeSettings entry : entries) {
            if (this.entries.put(entry.targets().name(), entry) != null) {
                throw new IllegalArgumentException(
                        "ingest.metrics: " + entry.targets().name() + " stands twice, expected each place once");
            }
        }
    }

    @Override
    protected String kind() {
        return "metrics";
    }

    @Override
    protected List<Discovery> discoveries() {
        return entries.values().stream().map(entry -> entry.targets().members()).toList();
    }

    @Override
    protected Pollers pollers() {
        return new Scrapers(entries);
    }

    /** The pollers of one reader: they share threads, connections, and what is known of series. */
    private static final class Scrapers implements Pollers {

        /** So many pages on their way at once; thousands of members that hang must not be thousands of threads. */
        private static final int AT_ONCE = 256;

        private final Map<String, ScrapeSettings> entries;
        private final TextFormat format = new TextFormat(Catalogue.shipped(), Set.of());
        private final OkHttpClient base;
        /** By entry, as each is reached in its own way. */
        private final Map<String, OkHttpClient> clients = new HashMap<>();

        private final TextFormat formatOfNodes = NodePages.format(Catalogue.shipped());
        private final Map<String, OkHttpClient> clientsOfNodes = new HashMap<>();

        private Scrapers(Map<String, ScrapeSettings> entries) {
            this.entries = entries;
            Dispatcher dispatcher = new Dispatcher();
            dispatcher.setMaxRequests(AT_ONCE);
            dispatcher.setMaxRequestsPerHost(AT_ONCE);
            this.base = new OkHttpClient.Builder()
                    .dispatcher(dispatcher)
                    .connectionPool(HttpTransport.pool())
                    .build();
            entries.forEach((name, entry) -> {
                clients.put(name, MemberPage.client(base, entry.transport(), entry.timeout()));
                // The way to them is the same, but nothing that etcd is shown is for node-exporter.
                clientsOfNodes.put(
                        name,
                        MemberPage.client(
                                base,
                                new Transport(null, null, entry.transport().proxy()),
                                entry.timeout()));
                entry.transport().cautions(List.of()).forEach(caution -> LOG.warn("{}: {}", name, caution));
            });
        }

        @Override
        public @Nullable Poller poller(PollSplit split, PollContext context) {
            ScrapeSettings entry = entries.get(split.target().discovery());
            OkHttpClient client = clients.get(split.target().discovery());
            OkHttpClient clientOfNodes = clientsOfNodes.get(split.target().discovery());
            if (entry == null || client == null || clientOfNodes == null) {
                return null;
            }
            context.deliver(
                    MissedScrapes.of(split, entry.interval(), Instant.ofEpochMilli(System.currentTimeMillis())));
            return new ScrapePoller(
                    entry,
                    split.target(),
                    client,
                    format,
                    NodeFetch.of(entry, split.target(), clientOfNodes, formatOfNodes, context),
                    context);
        }

        @Override
        public void close() {
            base.dispatcher().cancelAll();
            base.dispatcher().executorService().shutdown();
            base.connectionPool().evictAll();
            clients.values().forEach(client -> client.connectionPool().evictAll());
        }
    }
}
