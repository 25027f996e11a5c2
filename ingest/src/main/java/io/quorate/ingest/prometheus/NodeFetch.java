package io.quorate.ingest.prometheus;

import io.quorate.ingest.poll.Breaker;
import io.quorate.ingest.poll.PollContext;
import io.quorate.ingest.poll.Target;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicBoolean;
import okhttp3.Call;
import okhttp3.Callback;
import okhttp3.HttpUrl;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.Response;
import org.jspecify.annotations.Nullable;

/**
 * Fetches the page of the node-exporter on a member's machine, half an interval after the member's own, and keeps it for the
 * next scrape of the member: one that hangs delays nobody.
 */
final class NodeFetch {

    private static final long BODY_CAP = 16L << 20;

    private final NodePage settings;
    private final Duration interval;
    private final Duration timeout;
    private final OkHttpClient client;
    private final TextFormat format;
    private final PollContext context;
    private final HttpUrl url;
    private final String node;
    private final Breaker breaker;
    private final AtomicBoolean underWay = new AtomicBoolean();

    private volatile @Nullable Call call;
    private volatile boolean everAnswered;
    private volatile @Nullable Newest newest;

    private record Newest(NodeReading reading, long atMillis) {}

    /** That of this member's machine; null when the settings do not say where it is. */
    static @Nullable NodeFetch of(
            ScrapeSettings settings, Target member, OkHttpClient client, TextFormat format, PollContext context) {
        HttpUrl url = Objects.requireNonNull(HttpUrl.parse(member.addresses().get(0)), "address");
        return settings.nodes() == null
                ? null
                : new NodeFetch(settings.nodes(), settings, url, client, format, context);
    }

    private NodeFetch(
            NodePage settings,
            ScrapeSettings member,
            HttpUrl memberUrl,
            OkHttpClient client,
            TextFormat format,
            PollContext context) {
        this.settings = settings;
        this.interval = member.interval();
        this.timeout = member.timeout();
        this.client = client;
        this.format = format;
        this.context = context;
        this.url = new HttpUrl.Builder()
                .scheme("http")
                .host(memberUrl.host())
                .port(settings.port())
                .addPathSegment("metrics")
                .build();
        this.node = url.host() + ":" + url.port();
        this.breaker = Breaker.of(interval, context);
    }

    void start() {
        context.every(context.phase(interval).plus(interval.dividedBy(2)), interval, this::ask);
    }

    void close() {
        Call current = call;
        if (current != null) {
            current.cancel();
        }
    }

    /** Gives the scrape what is known of the machine by then; nothing before the first answer. */
    void joinTo(ScrapeAssembler scrape, Instant observedAt) {
        Newest known = newest;
        if (known == null) {
            return;
        }
        boolean old = observedAt.toEpochMilli() - known.atMillis() > Nodes.FRESH.toMillis();
        scrape.join(old ? NodeReading.none("the node-exporter " + node + " was not asked of late") : known.reading());
    }

    private void ask() {
        if (context.congested() || !underWay.compareAndSet(false, true)) {
            return;
        }
        Instant asked = Instant.ofEpochMilli(System.currentTimeMillis());
        if (breaker.refusal(System.nanoTime(), asked) != null) {
            // What is known of it stays: why it failed last.
            Newest last = newest;
            newest = last == null ? null : new Newest(last.reading(), asked.toEpochMilli());
            underWay.set(false);
            return;
        }
        Call asking = client.newCall(new Request.Builder().url(url).build());
        call = asking;
        asking.enqueue(new Callback() {
            @Override
            public void onFailure(Call of, IOException e) {
                guarded(() -> failed(e, asked));
            }

            @Override
            public void onResponse(Call of, Response response) {
                guarded(() -> {
                    try (response) {
                        take(response, asked);
                    } catch (IOException e) {
                        // Else the client goes on with the rest of the answer.
                        of.cancel();
                        failed(e, asked);
                    }
                });
            }
        });
    }

    private void take(Response response, Instant asked) throws IOException {
        everAnswered = true;
        if (!response.isSuccessful()) {
            boolean auth = response.code() == 401 || response.code() == 403;
            throw new PollTrouble(
                    auth ? "auth" : "http-status",
                    "HTTP " + response.code() + "; expected node-exporter's page, open to everybody, at " + url);
        }
        CappedBody body = new CappedBody(
                response.body().byteStream(), BODY_CAP, "; expected a page of node-exporter: check what answers");
        ScrapeAssembler page = new ScrapeAssembler();
        format.read(new String(body.readAllBytes(), StandardCharsets.UTF_8), page);
        if (page.isEmpty()) {
            throw new PollTrouble("not-metrics", "no metric of node-exporter on the page: " + body.beginning());
        }
        if (page.series() > Nodes.MOST_SERIES) {
            throw new PollTrouble(
                    "too-many-series",
                    page.series() + " series of the catalogue, expected at most " + Nodes.MOST_SERIES
                            + "; check what exposes them");
        }
        if (settings.dataDir() != null) {
            DataDevice.only(settings.dataDir(), page);
        }
        breaker.answered();
        newest = new Newest(NodeReading.of(node, page), asked.toEpochMilli());
        underWay.set(false);
    }

    private void failed(IOException e, Instant asked) {
        PollTrouble trouble = PollTrouble.of(e, timeout, url, everAnswered);
        String why = "no node-exporter answers at " + node + ": " + trouble.reason() + ": " + trouble.getMessage();
        breaker.failed(why, System.nanoTime());
        newest = new Newest(NodeReading.none(why), asked.toEpochMilli());
        underWay.set(false);
    }

    private void guarded(Runnable work) {
        try {
            work.run();
        } catch (RuntimeException | Error e) {
            context.fail(e);
        }
    }
}
