package io.quorate.ingest.prometheus;

import io.quorate.events.ClusterRoster;
import io.quorate.events.DeadLetter;
import io.quorate.ingest.Observation;
import io.quorate.ingest.poll.Breaker;
import io.quorate.ingest.poll.Parcel;
import io.quorate.ingest.poll.Poll;
import io.quorate.ingest.poll.PollContext;
import io.quorate.ingest.poll.Poller;
import io.quorate.ingest.poll.Target;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicBoolean;
import okhttp3.Call;
import okhttp3.Callback;
import okhttp3.OkHttpClient;
import okhttp3.Response;
import org.jspecify.annotations.Nullable;

/** Fetches the page of one member, without a thread waiting. */
final class ScrapePoller implements Poller {

    /** Labels change seldom; whoever keeps them for some time only is told again. */
    static final Duration LABELS_EVERY = Duration.ofMinutes(10);

    private final ScrapeSettings settings;
    private final PollContext context;
    private final OkHttpClient client;
    private final String cluster;
    /** Of its cluster; none where another member tells them. */
    private final Map<String, String> labels;

    private final MemberPage page;
    private final Breaker breaker;
    private final @Nullable NodeFetch node;
    private final AtomicBoolean underWay = new AtomicBoolean();

    private volatile @Nullable Call call;
    private volatile boolean closed;

    /**
     * Of one member.
     *
     * @param node fetches the page of its machine; null when that is not asked
     */
    ScrapePoller(
            ScrapeSettings settings,
            Target target,
            OkHttpClient client,
            TextFormat format,
            @Nullable NodeFetch node,
            PollContext context) {
        this.settings = settings;
        this.context = context;
        this.breaker = Breaker.of(settings.interval(), context);
        this.client = client;
        this.cluster = target.labels().getOrDefault("cluster", "");
        this.labels = new TreeMap<>(target.labels());
        labels.keySet().removeAll(Set.of("cluster", "member"));
        this.page = new MemberPage(settings, target, format);
        this.node = node;
    }

    @Override
    public void start() {
        context.pollEvery(context.phase(settings.interval()), settings.interval(), this::poll);
        if (!labels.isEmpty()) {
            context.every(context.phase(settings.interval()), LABELS_EVERY, this::tellLabels);
        }
        if (node != null) {
            node.start();
        }
    }

    @Override
    public void close() {
        closed = true;
        Call current = call;
        if (current != null) {
            current.cancel();
        }
        if (node != null) {
            node.close();
        }
    }

    private void tellLabels() {
        context.deliver(
                List.of(Parcel.plain(Observation.of(ClusterRoster.ofLabels(cluster, MemberPage.now(), labels)))));
    }

    private void poll(Poll poll) {
        if (context.congested() || !underWay.compareAndSet(false, true)) {
            poll.leftOut();
            return;
        }
        Instant asked = MemberPage.now();
        String refusal = breaker.refusal(System.nanoTime(), asked);
        if (refusal != null) {
            poll.leftOut();
            deliverFailed(asked, "not-asked: " + refusal);
            underWay.set(false);
            return;
        }
        poll.begun();
        Call asking = client.newCall(page.request());
        call = asking;
        asking.enqueue(new Callback() {
            @Override
            public void onFailure(Call of, IOException e) {
                guarded(() -> failed(poll, asked, trouble(e)));
            }

            @Override
            public void onResponse(Call of, Response response) {
                guarded(() -> {
                    try (response) {
                        takeOrHangUp(poll, asked, of, response);
                    } catch (IOException e) {
                        failed(poll, asked, trouble(e));
                    }
                });
            }
        });
    }

    private void takeOrHangUp(Poll poll, Instant asked, Call of, Response response) throws IOException {
        try {
            take(poll, asked, response);
        } catch (IOException e) {
            // Else the client, to keep the connection, takes what it can get of the rest within a tenth of a second.
            of.cancel();
            throw e;
        }
    }

    private void take(Poll poll, Instant asked, Response response) throws IOException {
        MemberPage.Taken taken = page.take(asked, response, settings.timeout(), assembler -> {
            if (node != null) {
                node.joinTo(assembler, asked);
            }
        });
        List<Parcel> parcels = new ArrayList<>();
        parcels.add(Parcel.plain(Observation.of(taken.scrape())));
        DeadLetter leftOut = taken.leftOut();
        if (leftOut != null) {
            parcels.add(Parcel.plain(Observation.of(leftOut)));
        }
        breaker.answered();
        poll.answered(taken.samples());
        context.deliver(parcels);
        underWay.set(false);
    }

    private void failed(Poll poll, Instant asked, PollTrouble trouble) {
        if (closed) {
            // Broken off by ourselves: nothing to tell.
            return;
        }
        poll.failed(trouble.reason());
        String why = trouble.reason() + ": " + page.words(trouble);
        breaker.failed(why, System.nanoTime());
        deliverFailed(asked, why);
        underWay.set(false);
    }

    private void deliverFailed(Instant asked, String why) {
        context.deliver(List.of(Parcel.plain(Observation.of(page.failed(asked, why)))));
    }

    private PollTrouble trouble(IOException e) {
        return page.trouble(e, settings.timeout());
    }

    private void guarded(Runnable work) {
        try {
            work.run();
        } catch (RuntimeException | Error e) {
            context.fail(e);
        }
    }
}
