package io.quorate.ingest.prometheus;

import io.quorate.events.DeadLetter;
import io.quorate.events.MemberScrape;
import io.quorate.ingest.Observation;
import io.quorate.ingest.poll.Breaker;
import io.quorate.ingest.poll.Parcel;
import io.quorate.ingest.poll.Poll;
import io.quorate.ingest.poll.PollContext;
import io.quorate.ingest.poll.Poller;
import io.quorate.ingest.poll.Target;
import io.quorate.ingest.transport.Masking;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicBoolean;
import okhttp3.Call;
import okhttp3.Callback;
import okhttp3.HttpUrl;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.Response;
import org.jspecify.annotations.Nullable;

/** Fetches the page of one member, without a thread waiting. */
final class ScrapePoller implements Poller {

    private static final long BODY_CAP = 16L << 20;
    /** A member of etcd shows some 2,000; one that shows far more is none, or is broken. */
    private static final int MOST_SERIES = 20_000;

    private final ScrapeSettings settings;
    private final PollContext context;
    private final TextFormat format;
    private final OkHttpClient client;
    private final String cluster;
    private final String member;
    private final HttpUrl url;
    private final Masking masking;
    private final Request request;
    private final Breaker breaker;
    /** Of whoever is under way. */
    private final TextFormat.LastPage lastPage = new TextFormat.LastPage();

    private final AtomicBoolean underWay = new AtomicBoolean();

    private volatile @Nullable Call call;
    private volatile boolean everAnswered;

    ScrapePoller(ScrapeSettings settings, Target target, OkHttpClient client, TextFormat format, PollContext context) {
        this.settings = settings;
        this.context = context;
        this.breaker = Breaker.of(settings.interval(), context);
        this.format = format;
        this.client = client;
        this.masking = Masking.of(settings.transport());
        this.cluster = target.labels().getOrDefault("cluster", "");
        this.member = target.labels().getOrDefault("member", "");
        this.url = Objects.requireNonNull(HttpUrl.parse(target.addresses().get(0)), "address");
        this.request = new Request.Builder()
                .url(url)
                .header("Accept", "text/plain;version=0.0.4;q=1,*/*;q=0.1")
                .build();
    }

    @Override
    public void start() {
        context.pollEvery(context.phase(settings.interval()), settings.interval(), this::poll);
    }

    @Override
    public void close() {
        Call current = call;
        if (current != null) {
            current.cancel();
        }
    }

    private void poll(Poll poll) {
        if (context.congested() || !underWay.compareAndSet(false, true)) {
            poll.leftOut();
            return;
        }
        Instant asked = now();
        String refusal = breaker.refusal(System.nanoTime(), asked);
        if (refusal != null) {
            poll.leftOut();
            deliverFailed(asked, "not-asked: " + refusal);
            underWay.set(false);
            return;
        }
        poll.begun();
        Call asking = client.newCall(request);
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
                        take(poll, asked, response);
                    } catch (IOException e) {
                        failed(poll, asked, trouble(e));
                    }
                });
            }
        });
    }

    private void take(Poll poll, Instant asked, Response response) throws IOException {
        everAnswered = true;
        CappedBody body = new CappedBody(response.body().byteStream(), BODY_CAP);
        if (!response.isSuccessful()) {
            boolean auth = response.code() == 401 || response.code() == 403;
            throw new PollTrouble(
                    auth ? "auth" : "http-status",
                    "HTTP " + response.code()
                            + switch (response.code()) {
                                case 401, 403 ->
                                    "; expected one who may read metrics: set basic, bearer-token-file or tls.certificate";
                                case 404 -> "; expected etcd's metrics there, usually /metrics";
                                default -> response.isRedirect() ? "; redirects are not followed" : "";
                            });
        }
        String page = new String(body.readAllBytes(), StandardCharsets.UTF_8);
        ScrapeAssembler assembler = new ScrapeAssembler();
        format.read(page, lastPage, assembler);
        if (assembler.isEmpty()) {
            throw new PollTrouble("not-metrics", "no metric of etcd on the page: " + body.beginning());
        }
        if (assembler.samples() > MOST_SERIES) {
            throw new PollTrouble(
                    "too-many-series",
                    assembler.samples() + " series of the catalogue, expected at most " + MOST_SERIES
                            + "; check what exposes them");
        }
        Instant now = now();
        List<Parcel> parcels = new ArrayList<>();
        parcels.add(Parcel.plain(Observation.of(assembler.scrape(cluster, member, url.toString(), asked, now))));
        DeadLetter leftOut = assembler.deadLetter(cluster, member, url.toString(), asked);
        if (leftOut != null) {
            parcels.add(Parcel.plain(Observation.of(leftOut)));
        }
        breaker.answered();
        poll.answered(assembler.samples());
        context.deliver(parcels);
        underWay.set(false);
    }

    private void failed(Poll poll, Instant asked, PollTrouble trouble) {
        poll.failed(trouble.reason());
        String why = masking.in(trouble.reason() + ": " + trouble.getMessage());
        breaker.failed(why, System.nanoTime());
        deliverFailed(asked, why);
        underWay.set(false);
    }

    private void deliverFailed(Instant asked, String why) {
        context.deliver(List.of(
                Parcel.plain(Observation.of(MemberScrape.failed(cluster, member, url.toString(), asked, now(), why)))));
    }

    private PollTrouble trouble(IOException e) {
        return PollTrouble.of(e, settings.timeout(), url, everAnswered);
    }

    private void guarded(Runnable work) {
        try {
            work.run();
        } catch (RuntimeException | Error e) {
            context.fail(e);
        }
    }

    private static Instant now() {
        return Instant.ofEpochMilli(System.currentTimeMillis());
    }
}
