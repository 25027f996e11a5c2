package io.quorate.ingest.prometheus;

import io.quorate.events.DeadLetter;
import io.quorate.events.MemberScrape;
import io.quorate.ingest.poll.Target;
import io.quorate.ingest.transport.HttpTransport;
import io.quorate.ingest.transport.Masking;
import io.quorate.ingest.transport.Transport;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import java.util.function.Consumer;
import okhttp3.HttpUrl;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.Response;
import org.jspecify.annotations.Nullable;

/**
 * The page of metrics of one member: how it is asked for, and what is made of the answer. Whoever fetches it uses this, one
 * fetch at a time.
 */
final class MemberPage {

    private static final long BODY_CAP = 16L << 20;
    /** A member of etcd shows some 2,000; one that shows far more is none, or is broken. */
    private static final int MOST_SERIES = 20_000;

    private final String cluster;
    private final String member;
    private final HttpUrl url;
    private final Request request;
    private final TextFormat format;
    private final Masking masking;
    private final TextFormat.LastPage last = new TextFormat.LastPage();

    private volatile boolean everAnswered;

    /**
     * What a page brought.
     *
     * @param leftOut what of it made no sense; null when all did
     */
    record Taken(MemberScrape scrape, @Nullable DeadLetter leftOut, int samples) {}

    MemberPage(ScrapeSettings settings, Target target, TextFormat format) {
        this.cluster = target.labels().getOrDefault("cluster", "");
        this.member = target.labels().getOrDefault("member", "");
        this.url = Objects.requireNonNull(HttpUrl.parse(target.addresses().get(0)), "address");
        this.request = new Request.Builder()
                .url(url)
                .header("Accept", "text/plain;version=0.0.4;q=1,*/*;q=0.1")
                .build();
        this.format = format;
        this.masking = Masking.of(settings.transport());
    }

    /** A client that reaches members so, and shares with the base what can be shared. */
    static OkHttpClient client(OkHttpClient base, Transport transport, Duration timeout) {
        return HttpTransport.over(base, transport)
                .callTimeout(timeout)
                .connectTimeout(timeout)
                .readTimeout(timeout)
                .build();
    }

    Request request() {
        return request;
    }

    /**
     * What the answer holds; a trouble when that is no page of etcd's.
     *
     * @param within what the whole answer was granted
     * @param also adds what is known of the member from elsewhere
     */
    Taken take(Instant asked, Response response, Duration within, Consumer<ScrapeAssembler> also) throws IOException {
        everAnswered = true;
        CappedBody body = new CappedBody(
                response.body().byteStream(),
                BODY_CAP,
                (packed(response) ? " unpacked" : "")
                        + "; expected a page of etcd, far below 1 MiB: check what answers");
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
        String page = new String(whole(body, within), StandardCharsets.UTF_8);
        ScrapeAssembler assembler = new ScrapeAssembler();
        format.read(page, last, assembler);
        if (assembler.isEmpty()) {
            throw new PollTrouble("not-metrics", "no metric of etcd on the page: " + body.beginning());
        }
        if (assembler.samples() > MOST_SERIES) {
            throw new PollTrouble(
                    "too-many-series",
                    assembler.samples() + " series of the catalogue, expected at most " + MOST_SERIES
                            + "; check what exposes them");
        }
        also.accept(assembler);
        String source = url.toString();
        MemberScrape scrape = assembler.scrape(cluster, member, source, asked, now());
        return new Taken(scrape, assembler.deadLetter(cluster, member, source, asked), assembler.samples());
    }

    private static byte[] whole(CappedBody body, Duration within) throws IOException {
        try {
            return body.readAllBytes();
        } catch (InterruptedIOException e) {
            throw new PollTrouble(
                    "slow",
                    "no whole answer within " + within.toMillis() + "ms, only " + body.count()
                            + " bytes; check the member's load, and the way to it");
        }
    }

    /** The client unpacks by itself, and only the answer as it came tells. */
    private static boolean packed(Response response) {
        Response came = response.networkResponse();
        return came != null && "gzip".equalsIgnoreCase(came.header("Content-Encoding"));
    }

    /** The scrape that brought nothing. */
    MemberScrape failed(Instant asked, String why) {
        return MemberScrape.failed(cluster, member, url.toString(), asked, now(), why);
    }

    PollTrouble trouble(IOException e, Duration timeout) {
        return PollTrouble.of(e, timeout, url, everAnswered);
    }

    /** The trouble's words, for all to read. */
    String words(PollTrouble trouble) {
        return masking.in(String.valueOf(trouble.getMessage()));
    }

    static Instant now() {
        return Instant.ofEpochMilli(System.currentTimeMillis());
    }
}
