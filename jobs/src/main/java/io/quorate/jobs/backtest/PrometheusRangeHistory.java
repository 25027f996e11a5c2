package io.quorate.jobs.backtest;

import io.quorate.events.ClusterRoster;
import io.quorate.events.DeadLetter;
import io.quorate.events.MemberScrape;
import io.quorate.ingest.prometheus.PrometheusHistory;
import io.quorate.ingest.prometheus.PrometheusHistory.Limits;
import io.quorate.ingest.prometheus.PrometheusHistory.Told;
import io.quorate.ingest.prometheus.PrometheusSettings;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The scrapes that a Prometheus kept, or what speaks as it does. It keeps nothing else of what the live jobs heard. */
public final class PrometheusRangeHistory implements History {

    private static final long serialVersionUID = 1;
    private static final Logger LOG = LoggerFactory.getLogger(PrometheusRangeHistory.class);
    /** As often as live ingest tells them. */
    private static final Duration LABELS_EVERY = Duration.ofMinutes(10);

    private final PrometheusSettings settings;
    private final TreeSet<String> metrics;
    private final Limits limits;

    /**
     * Of this server.
     *
     * @param metrics that scrapes shall hold, such as {@link MetricsRead} names them; empty for all of the catalogue
     */
    public PrometheusRangeHistory(PrometheusSettings settings, Set<String> metrics, Limits limits) {
        this.settings = settings;
        this.metrics = new TreeSet<>(metrics);
        this.limits = limits;
    }

    @Override
    public Grain grain() {
        return Grain.SCRAPES;
    }

    @Override
    public Set<Kind> tells() {
        Set<Kind> told = EnumSet.of(Kind.WINDOWS, Kind.COVERAGE);
        if (settings.nodes() != null) {
            told.add(Kind.MACHINES);
        }
        return told;
    }

    @Override
    public List<String> lacks() {
        List<String> lacks = new ArrayList<>(List.of(
                "Prometheus keeps no statuses: rules that read them and rules of leader changes say nothing.",
                "It keeps no member lists: the members that it scraped are taken for all there are, and for voters; alerts"
                        + " do not carry their cluster's id, and unless labels are set no fleet incident is told.",
                "It keeps nothing of what people said to the jobs: rules and overrides are those given here, from the"
                        + " beginning.",
                "Where it was down itself there are no scrapes, not even failed ones."));
        if (settings.nodes() == null) {
            lacks.add("Members are joined to no node-exporter: rules that read metrics of machines say nothing; set"
                    + " node-exporter beside the url where Prometheus scrapes it.");
        }
        return lacks;
    }

    @Override
    public Reader open(Instant since) {
        return new Asking(settings, new PrometheusHistory(settings, metrics, limits));
    }

    private static final class Asking implements Reader {

        private final PrometheusSettings settings;
        private final PrometheusHistory history;
        /** By cluster, of which time its labels were told last. */
        private final Map<String, Instant> labelsTold = new HashMap<>();
        /** Each once: the next chunk leaves out the same. */
        private final Set<String> leftOut = new HashSet<>();

        private Asking(PrometheusSettings settings, PrometheusHistory history) {
            this.settings = settings;
            this.history = history;
        }

        @Override
        public List<Happened> chunk(Instant from, Instant to) throws IOException {
            Told told = history.between(from, to);
            for (DeadLetter letter : told.leftOut()) {
                if (leftOut.add(letter.reason() + ' ' + letter.cluster())) {
                    LOG.warn("{}: {}: {}", letter.source(), letter.reason(), letter.detail());
                }
            }
            List<Happened> happened = new ArrayList<>();
            for (MemberScrape scrape : told.scrapes()) {
                if (!settings.labels().isEmpty() && isDue(scrape)) {
                    happened.add(Happened.of(
                            ClusterRoster.ofLabels(scrape.cluster(), scrape.observedAt(), settings.labels())));
                }
                happened.add(Happened.of(scrape));
            }
            return happened;
        }

        private boolean isDue(MemberScrape scrape) {
            Instant last = labelsTold.get(scrape.cluster());
            boolean due = last == null || !scrape.observedAt().isBefore(last.plus(LABELS_EVERY));
            if (due) {
                labelsTold.put(scrape.cluster(), scrape.observedAt());
            }
            return due;
        }

        @Override
        public void close() {
            history.close();
        }
    }
}
