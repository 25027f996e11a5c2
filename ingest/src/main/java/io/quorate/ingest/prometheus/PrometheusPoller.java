package io.quorate.ingest.prometheus;

import io.quorate.events.ClusterRoster;
import io.quorate.events.DeadLetter;
import io.quorate.events.MemberScrape;
import io.quorate.ingest.Observation;
import io.quorate.ingest.catalogue.Catalogue;
import io.quorate.ingest.poll.Breaker;
import io.quorate.ingest.poll.Parcel;
import io.quorate.ingest.poll.Poll;
import io.quorate.ingest.poll.PollContext;
import io.quorate.ingest.poll.Poller;
import io.quorate.ingest.transport.HttpTransport;
import io.quorate.ingest.transport.Masking;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SortedSet;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import okhttp3.Call;
import okhttp3.Callback;
import okhttp3.FormBody;
import okhttp3.HttpUrl;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.Response;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Polls one Prometheus, without a thread waiting. */
final class PrometheusPoller implements Poller {

    private static final Logger LOG = LoggerFactory.getLogger(PrometheusPoller.class);
    private static final long BODY_CAP = 16L << 20;
    private static final String NARROWER =
            "; narrow the selector, or list the server several times with a part of the clusters each";
    /** Names go in the body of a POST, so this is not about a URL; it keeps one expression from growing without end. */
    private static final int LONGEST_NAMES = 8 << 10;
    /** To begin with; less where the answer is too large all the same. */
    private static final int MEMBERS_AT_ONCE = 50;
    /** A machine of many processors has some hundred series, a minute of each. */
    private static final int NODES_AT_ONCE = 10;
    /** A scrape carries the time it began and is written when it ended, at most Prometheus' default scrape timeout later. */
    private static final Duration SCRAPE_TIMEOUT = Duration.ofSeconds(10);
    /** The answers that follow are asked a moment later than the first, and must reach as far back. */
    private static final Duration SLACK = Duration.ofSeconds(5);

    /**
     * What is a minute old when it is answered is not of now, and the ingest job refuses it: a longer outage of ours stays a
     * gap. The answer takes up to a time-out.
     */
    private static final Duration LONGEST_WINDOW = Duration.ofMinutes(1).minus(PrometheusSettings.TIMEOUT);

    private final PrometheusSettings settings;
    private final PollContext context;
    private final OkHttpClient client;
    private final Masking masking;
    private final HttpUrl address;
    private final Queries queries;
    private final Breaker breaker;
    private final AtomicReference<@Nullable Poll> underWay = new AtomicReference<>();
    /** Only touched by the one round that is under way, or before the first. */
    private final Map<String, Long> marks;

    /** Only touched by the one round that is under way. */
    private int membersAtOnce = MEMBERS_AT_ONCE;

    /** By cluster, when its labels were told last. */
    private final Map<String, Long> labelsToldNanos = new HashMap<>();

    private String failedLast = "";
    private long brought;
    private @Nullable String failedParts;
    private boolean toldOfPause;
    /** Why node-exporters are not asked for any more in this round; null while they are. */
    private @Nullable String failedNodes;

    private volatile boolean closed;
    private volatile boolean everAnswered;
    private volatile long lastSuccessMillis;

    PrometheusPoller(PrometheusSettings settings, Map<String, Long> delivered, PollContext context) {
        this(settings, delivered, context, LONGEST_NAMES);
    }

    PrometheusPoller(PrometheusSettings settings, Map<String, Long> delivered, PollContext context, int longestNames) {
        this.settings = settings;
        this.context = context;
        this.breaker = Breaker.of(settings.interval(), context);
        this.marks = new HashMap<>(delivered);
        this.queries = new Queries(Catalogue.shipped(), settings.selector(), settings.clusterLabel(), longestNames);
        this.address = Objects.requireNonNull(HttpUrl.parse(settings.url()))
                .newBuilder()
                .addPathSegments("api/v1/query")
                .build();
        this.masking = Masking.of(settings.transport());
        this.client = HttpTransport.client(settings.transport())
                .connectTimeout(settings.timeout())
                .readTimeout(settings.timeout())
                .writeTimeout(settings.timeout())
                .build();
        this.lastSuccessMillis =
                delivered.values().stream().mapToLong(Long::longValue).max().orElseGet(System::currentTimeMillis);
    }

    @Override
    public void start() {
        for (String caution : settings.transport().cautions(List.of(settings.url()))) {
            LOG.warn("{}: {}", settings.url(), caution);
        }
        context.pollEvery(Duration.ZERO, settings.interval(), this::poll);
    }

    @Override
    public void close() {
        closed = true;
        client.dispatcher().cancelAll();
        client.dispatcher().executorService().shutdown();
        client.connectionPool().evictAll();
    }

    private void poll(Poll poll) {
        if (context.congested() || !underWay.compareAndSet(null, poll)) {
            poll.leftOut();
            return;
        }
        String refusal = breaker.refusal(System.nanoTime(), now());
        if (refusal != null) {
            poll.leftOut();
            if (!toldOfPause) {
                // Once: each try that fails is told, and each poll that is left out is counted.
                toldOfPause = true;
                tell("not-asked", refusal, settings.cluster());
            }
            underWay.set(null);
            return;
        }
        poll.begun();
        brought = 0;
        failedParts = null;
        failedNodes = null;
        Duration window = window(System.currentTimeMillis());
        Round round = new Round(settings, Catalogue.shipped(), marks);
        ask(queries.up(window), round::takeUp, () -> next(round, parts(round), window.plus(SLACK)), this::failed);
    }

    /** What is asked for together: the clusters with new scrapes, and what belongs to none that is known. */
    private Deque<Part> parts(Round round) {
        return Part.of(inTurn(round.news()), round.members(), membersAtOnce);
    }

    /** After a failure those behind it first, so that one part cannot keep the rest from its turn. */
    private List<String> inTurn(SortedSet<String> news) {
        List<String> clusters = new ArrayList<>(news);
        long before = clusters.stream()
                .filter(cluster -> cluster.compareTo(failedLast) <= 0)
                .count();
        Collections.rotate(clusters, -(int) before);
        return clusters;
    }

    private void next(Round whole, Deque<Part> parts, Duration window) {
        Part part = parts.poll();
        if (part == null) {
            lastSuccessMillis = System.currentTimeMillis();
            failedLast = "";
            breaker.answered();
            toldOfPause = false;
            if (failedParts == null) {
                underWay().answered(brought);
            } else {
                // What could be had of it was handed over, and yet it is not complete.
                underWay().failed(failedParts);
            }
            underWay.set(null);
            return;
        }
        Round round = part.of(whole);
        askAll(
                round::take,
                part.questions(queries, settings, window),
                () -> askNodes(round, new ArrayDeque<>(round.nodeKeys()), window.plus(Nodes.FRESH), () -> {
                    deliver(round);
                    next(whole, parts, window);
                }),
                trouble -> {
                    if (trouble.reason().equals("too-large")) {
                        tooLarge(whole, part, parts, trouble);
                        next(whole, parts, window);
                    } else if (part.others() && trouble.reason().equals("query-error")) {
                        // It names all clusters, and so may be longer than VictoriaMetrics takes: the others' scrapes
                        // stand.
                        leaveOut(trouble, null);
                        next(whole, parts, window);
                    } else {
                        failedLast = part.others() || part.clusters().isEmpty()
                                ? ""
                                : part.clusters().get(part.clusters().size() - 1);
                        failed(trouble);
                    }
                });
    }

    /** Asks for less at once, now and from now on; what cannot be made less is told and left out. */
    private void tooLarge(Round whole, Part part, Deque<Part> parts, PollTrouble trouble) {
        if (part.isWhole() && whole.members().size() > 1) {
            membersAtOnce = Part.sum(whole.members()) / 2;
            parts.addAll(parts(whole));
        } else if (part.isOfMany()) {
            membersAtOnce = Math.max(1, membersAtOnce / 2);
            List<Part> halves = part.halves();
            parts.addFirst(halves.get(1));
            parts.addFirst(halves.get(0));
        } else {
            leaveOut(
                    trouble,
                    part.others() ? null : part.clusters().stream().findFirst().orElse(settings.cluster()));
        }
    }

    private void leaveOut(PollTrouble trouble, @Nullable String cluster) {
        failedParts = trouble.reason();
        tell(trouble.reason(), String.valueOf(trouble.getMessage()), cluster);
    }

    /** Some machines at a time. What goes wrong with them is told with the scrapes, which are handed over all the same. */
    private void askNodes(Round round, Deque<String> keys, Duration window, Runnable done) {
        NodeJoin join = settings.nodes();
        Nodes nodes = round.nodes();
        if (join == null || nodes == null || keys.isEmpty()) {
            done.run();
            return;
        }
        if (failedNodes != null) {
            nodes.failed(keys, failedNodes);
            done.run();
            return;
        }
        List<String> some = new ArrayList<>();
        while (some.size() < NODES_AT_ONCE && !keys.isEmpty()) {
            some.add(keys.remove());
        }
        askAll(nodes::take, queries.nodes(join, some, window), () -> askNodes(round, keys, window, done), trouble -> {
            if (closed) {
                return;
            }
            String why = "node-exporters cannot be asked for: " + trouble.reason() + ": "
                    + masking.in(String.valueOf(trouble.getMessage()));
            nodes.failed(some, why);
            // Of what is too large the next may be smaller; any other trouble would only cost time again.
            failedNodes = trouble.reason().equals("too-large") ? null : why;
            failedParts = trouble.reason();
            tell(trouble.reason(), why, settings.cluster());
            askNodes(round, keys, window, done);
        });
    }

    private void askAll(
            MatrixAnswer.SeriesTaker taker, List<String> questions, Runnable done, Consumer<PollTrouble> failed) {
        if (questions.isEmpty()) {
            done.run();
            return;
        }
        List<String> others = questions.subList(1, questions.size());
        ask(questions.get(0), taker, () -> askAll(taker, others, done, failed), failed);
    }

    /** Reaches back over what is usual, over our own outages, but never so far that it would be refused. */
    Duration window(long nowMillis) {
        Duration usual = settings.interval()
                .plus(settings.interval().compareTo(SCRAPE_TIMEOUT) > 0 ? settings.interval() : SCRAPE_TIMEOUT);
        Duration missed = Duration.ofMillis(nowMillis - lastSuccessMillis).plus(settings.interval());
        Duration wanted = missed.compareTo(usual) > 0 ? missed : usual;
        return wanted.compareTo(LONGEST_WINDOW) > 0 ? LONGEST_WINDOW : wanted;
    }

    private void ask(String question, MatrixAnswer.SeriesTaker taker, Runnable done, Consumer<PollTrouble> failed) {
        Call call = client.newCall(new Request.Builder()
                .url(address)
                .post(new FormBody.Builder().add("query", question).build())
                .build());
        call.timeout().timeout(settings.timeout().toNanos(), TimeUnit.NANOSECONDS);
        call.enqueue(new Callback() {
            @Override
            public void onFailure(Call asked, IOException e) {
                guarded(() -> failed.accept(trouble(e)));
            }

            @Override
            public void onResponse(Call asked, Response response) {
                guarded(() -> {
                    everAnswered = true;
                    try (response) {
                        readOrHangUp(asked, response, taker);
                    } catch (IOException e) {
                        failed.accept(trouble(e));
                        return;
                    }
                    done.run();
                });
            }
        });
    }

    private static void readOrHangUp(Call asked, Response response, MatrixAnswer.SeriesTaker taker) throws IOException {
        try {
            QueryAnswer.read(response, BODY_CAP, NARROWER, taker);
        } catch (IOException e) {
            // Else the client, to keep the connection, takes what it can get of the rest within a tenth of a second.
            asked.cancel();
            throw e;
        }
    }

    private void deliver(Round round) {
        List<Parcel> parcels = round.parcels(now());
        for (Parcel parcel : parcels) {
            if (parcel.target() != null) {
                marks.merge(parcel.target(), parcel.observation().observedAt().toEpochMilli(), Math::max);
            }
        }
        brought += round.samples();
        context.deliver(parcels);
        if (!settings.labels().isEmpty()) {
            tellLabels(parcels);
        }
    }

    private void tellLabels(List<Parcel> parcels) {
        long now = System.nanoTime();
        for (Parcel parcel : parcels) {
            MemberScrape scrape = parcel.observation().scrape();
            if (scrape == null) {
                continue;
            }
            Long told = labelsToldNanos.get(scrape.cluster());
            if (told == null || now - told >= ScrapePoller.LABELS_EVERY.toNanos()) {
                labelsToldNanos.put(scrape.cluster(), now);
                context.deliver(List.of(Parcel.plain(
                        Observation.of(ClusterRoster.ofLabels(scrape.cluster(), now(), settings.labels())))));
            }
        }
    }

    /** Ends this poll; what was handed over of it stands, the rest is asked for again. */
    private void failed(PollTrouble trouble) {
        if (closed) {
            // Broken off by ourselves: nothing to tell.
            return;
        }
        if (trouble.reason().equals("too-large")) {
            // A longer look back would be larger still: give the gap up.
            lastSuccessMillis = System.currentTimeMillis();
        }
        underWay().failed(trouble.reason());
        breaker.failed(trouble.reason() + ": " + masking.in(String.valueOf(trouble.getMessage())), System.nanoTime());
        tell(trouble.reason(), String.valueOf(trouble.getMessage()), settings.cluster());
        underWay.set(null);
    }

    private void tell(String reason, String detail, @Nullable String cluster) {
        context.deliver(List.of(Parcel.plain(
                Observation.of(new DeadLetter(settings.url(), reason, masking.in(detail), cluster, "", now())))));
    }

    private Poll underWay() {
        return Objects.requireNonNull(underWay.get());
    }

    private void guarded(Runnable work) {
        try {
            work.run();
        } catch (RuntimeException | Error e) {
            context.fail(e);
        }
    }

    private PollTrouble trouble(IOException e) {
        return PollTrouble.of(e, settings.timeout(), address, everAnswered);
    }

    private static Instant now() {
        return Instant.ofEpochMilli(System.currentTimeMillis());
    }
}
