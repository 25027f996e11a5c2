package io.quorate.ingest.prometheus;

import io.quorate.events.DeadLetter;
import io.quorate.events.MemberScrape;
import io.quorate.ingest.Observation;
import io.quorate.ingest.catalogue.Catalogue;
import io.quorate.ingest.catalogue.Metric;
import io.quorate.ingest.poll.Parcel;
import java.io.IOException;
import java.io.Serializable;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * The scrapes that a Prometheus made in the past, or what speaks as it does: as {@link PrometheusSource} would have brought
 * them, each with its own time, once. A long span is asked for in short ones, and in shorter ones where an answer is too
 * large. Of one thread at a time.
 */
public final class PrometheusHistory implements AutoCloseable {

    /** No rule reads them all, and yet every scrape needs them: whose it is, which process, which version. */
    private static final Set<String> ALWAYS =
            Set.of("process_start_time_seconds", "etcd_server_id", "etcd_server_version");

    /** By these it is known which disk and which file system hold the data. */
    private static final Set<String> OF_MACHINES =
            Set.of("node_filesystem_size_bytes", "node_disk_io_time_seconds_total");

    /** Ten minutes of each: some hundred series, a sample every ten seconds. */
    private static final int MEMBERS_AT_ONCE = 20;

    private static final int NODES_AT_ONCE = 10;
    private static final int LONGEST_NAMES = 8 << 10;
    private static final Duration SHORTEST = Duration.ofSeconds(1);
    /** After so many spans without trouble longer ones are tried again. */
    private static final int CALM = 10;

    private final PrometheusSettings settings;
    private final Catalogue catalogue;
    private final Queries queries;
    private final Limits limits;
    private final QueryClient client;

    private Duration spanAtOnce;
    private int membersAtOnce = MEMBERS_AT_ONCE;
    private int calm;

    /**
     * How much is asked for at once, and how long for.
     *
     * @param span of one question
     * @param bodyBytes of one answer
     * @param timeout of one answer
     * @param tries where the server is busy
     * @param backOff before the second try; twice as long before each further one
     */
    public record Limits(Duration span, long bodyBytes, Duration timeout, int tries, Duration backOff)
            implements Serializable {

        public static final Limits DEFAULT =
                new Limits(Duration.ofMinutes(10), 64L << 20, Duration.ofMinutes(2), 5, Duration.ofSeconds(1));

        public Limits {
            if (span.compareTo(SHORTEST) < 0) {
                throw new IllegalArgumentException("span: " + span.toMillis() + "ms, expected at least 1s");
            }
            if (bodyBytes < 1 || tries < 1 || timeout.toMillis() < 1 || backOff.isNegative()) {
                throw new IllegalArgumentException("body bytes, tries, time-out and back-off: expected more than 0");
            }
        }
    }

    /**
     * What happened in a span.
     *
     * @param scrapes in order of time, cluster and member
     * @param leftOut what made no sense, or does not tell whose it is
     */
    public record Told(List<MemberScrape> scrapes, List<DeadLetter> leftOut) {}

    /**
     * Of this server.
     *
     * @param metrics of the catalogue, by base name, that scrapes shall hold; empty for all of it
     */
    public PrometheusHistory(PrometheusSettings settings, Set<String> metrics, Limits limits) {
        boolean ofMachines = metrics.isEmpty() || metrics.stream().anyMatch(PrometheusHistory::isOfMachine);
        Set<String> wanted = new TreeSet<>(metrics);
        wanted.addAll(ALWAYS);
        wanted.addAll(ofMachines ? OF_MACHINES : Set.of());
        this.catalogue =
                metrics.isEmpty() ? Catalogue.shipped() : Catalogue.shipped().only(wanted);
        this.settings = ofMachines ? settings : settings.withoutNodes();
        this.queries = new Queries(catalogue, settings.selector(), settings.clusterLabel(), LONGEST_NAMES);
        this.limits = limits;
        this.spanAtOnce = limits.span();
        this.client = new QueryClient(settings, limits);
    }

    private static boolean isOfMachine(String name) {
        Metric metric = Catalogue.shipped().metric(name);
        return metric != null && metric.origin() == Metric.Origin.NODE;
    }

    /**
     * The scrapes from the first time to the second, exclusive, both taken to the millisecond.
     *
     * @throws IOException in words for people, when they cannot be had
     */
    public Told between(Instant from, Instant to) throws IOException {
        Instant end = Instant.ofEpochMilli(to.toEpochMilli());
        List<Parcel> parcels = new ArrayList<>();
        try {
            Instant start = Instant.ofEpochMilli(from.toEpochMilli());
            while (start.isBefore(end)) {
                Instant next = start.plus(spanAtOnce);
                Span span = new Span(start, next.isBefore(end) ? next : end);
                gather(span, List.of(), parcels);
                start = span.to();
                lengthen();
            }
        } catch (PollTrouble trouble) {
            String next = trouble.next().isEmpty() ? "" : "; " + trouble.next();
            throw new IOException(
                    settings.url() + " does not tell its history: " + trouble.reason() + ": " + trouble.getMessage()
                            + next,
                    trouble);
        }
        return told(parcels);
    }

    private void lengthen() {
        if (++calm >= CALM && spanAtOnce.compareTo(limits.span()) < 0) {
            Duration twice = spanAtOnce.multipliedBy(2);
            spanAtOnce = twice.compareTo(limits.span()) < 0 ? twice : limits.span();
            calm = 0;
        }
    }

    /** Everything of a span; of some clusters only where parts are given. */
    private void gather(Span span, List<Part> only, List<Parcel> into) throws PollTrouble {
        Round whole;
        try {
            whole = client.patiently(() -> up(span));
        } catch (PollTrouble trouble) {
            halve(span, only, trouble, into);
            return;
        }
        Deque<Part> parts = only.isEmpty() ? parts(whole) : new ArrayDeque<>(only);
        while (!parts.isEmpty()) {
            Part part = parts.remove();
            try {
                into.addAll(client.patiently(() -> answer(whole, part, span)));
            } catch (PollTrouble trouble) {
                if (part.others() && trouble.reason().equals("query-error")) {
                    // It names all clusters, and so may be longer than VictoriaMetrics takes: the others' scrapes
                    // stand.
                    into.add(Parcel.plain(Observation.of(new DeadLetter(
                            settings.url(),
                            trouble.reason(),
                            "what up does not name is left out: " + trouble.getMessage(),
                            null,
                            "",
                            span.at()))));
                    continue;
                }
                if (!trouble.reason().equals(QueryClient.TOO_LARGE)) {
                    throw trouble;
                }
                if (part.isWhole() && whole.members().size() > 1) {
                    membersAtOnce = Part.sum(whole.members()) / 2;
                    parts.addAll(parts(whole));
                } else if (part.isOfMany()) {
                    membersAtOnce = Math.max(1, membersAtOnce / 2);
                    List<Part> halves = part.halves();
                    parts.addFirst(halves.get(1));
                    parts.addFirst(halves.get(0));
                } else {
                    halve(span, List.of(part), trouble, into);
                }
            }
        }
    }

    private Deque<Part> parts(Round whole) {
        return Part.of(whole.members().keySet(), whole.members(), membersAtOnce);
    }

    /** Asks for one half of the span after the other, and for shorter ones from now on. */
    private void halve(Span span, List<Part> only, PollTrouble trouble, List<Parcel> into) throws PollTrouble {
        if (!trouble.reason().equals(QueryClient.TOO_LARGE) || span.length().compareTo(SHORTEST) <= 0) {
            throw trouble;
        }
        Instant middle =
                Instant.ofEpochMilli(span.from().toEpochMilli() + span.length().toMillis() / 2);
        spanAtOnce = Duration.between(span.from(), middle).compareTo(SHORTEST) < 0
                ? SHORTEST
                : Duration.between(span.from(), middle);
        calm = 0;
        gather(new Span(span.from(), middle), only, into);
        gather(new Span(middle, span.to()), only, into);
    }

    private Round up(Span span) throws PollTrouble {
        Round round = new Round(settings, catalogue, Map.of());
        client.ask(queries.up(span.length()), span.at(), span.only(round::takeUp));
        return round;
    }

    private List<Parcel> answer(Round whole, Part part, Span span) throws PollTrouble {
        // One of its own, for it may be asked again.
        Round round = part.isWhole() ? whole.part(cluster -> true) : part.of(whole);
        for (String question : part.questions(queries, settings, span.length())) {
            client.ask(question, span.at(), span.only(round::take));
        }
        NodeJoin join = settings.nodes();
        Nodes nodes = round.nodes();
        if (join != null && nodes != null) {
            askNodes(join, nodes, round.nodeKeys(), span);
        }
        return round.parcels(span.at());
    }

    private void askNodes(NodeJoin join, Nodes nodes, SortedSet<String> keys, Span span) throws PollTrouble {
        List<String> all = List.copyOf(keys);
        // A reading that is just fresh enough for the first scrape lies at the left end, which may not belong to the
        // range.
        Duration window = span.length().plus(Nodes.FRESH).plusMillis(1);
        for (int i = 0; i < all.size(); i += NODES_AT_ONCE) {
            List<String> some = all.subList(i, Math.min(all.size(), i + NODES_AT_ONCE));
            for (String question : queries.nodes(join, some, window)) {
                client.ask(question, span.at(), nodes::take);
            }
        }
    }

    private static Told told(List<Parcel> parcels) {
        List<MemberScrape> scrapes = new ArrayList<>();
        List<DeadLetter> leftOut = new ArrayList<>();
        for (Parcel parcel : parcels) {
            Observation observation = parcel.observation();
            if (observation.scrape() != null) {
                scrapes.add(asOfThen(observation.scrape()));
            } else if (observation.deadLetter() != null) {
                leftOut.add(observation.deadLetter());
            }
        }
        scrapes.sort(Comparator.comparing(MemberScrape::observedAt)
                .thenComparing(MemberScrape::cluster)
                .thenComparing(MemberScrape::member));
        return new Told(scrapes, leftOut);
    }

    /** When it is read of says nothing about then. */
    private static MemberScrape asOfThen(MemberScrape scrape) {
        return new MemberScrape(
                scrape.cluster(),
                scrape.clusterId(),
                scrape.member(),
                scrape.memberId(),
                scrape.source(),
                scrape.observedAt(),
                scrape.observedAt(),
                scrape.processStartSeconds(),
                scrape.failure(),
                scrape.histograms(),
                scrape.counters(),
                scrape.gauges());
    }

    @Override
    public void close() {
        client.close();
    }
}
