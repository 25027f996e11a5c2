package io.quorate.ingest.prometheus;

import io.quorate.events.DeadLetter;
import io.quorate.ingest.Observation;
import io.quorate.ingest.catalogue.Catalogue;
import io.quorate.ingest.poll.Parcel;
import io.quorate.ingest.poll.PollContext;
import io.quorate.ingest.poll.Poller;
import io.quorate.ingest.transport.CredentialTrouble;
import io.quorate.ingest.transport.HttpTransport;
import io.quorate.ingest.transport.Masking;
import io.quorate.ingest.transport.TlsTrouble;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.ConnectException;
import java.net.SocketException;
import java.net.UnknownHostException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
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
    private static final long ERROR_BODY_CAP = 1L << 16;
    /** Names go in the body of a POST, so this is not about a URL; it keeps one expression from growing without end. */
    private static final int LONGEST_NAMES = 8 << 10;
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
    private final AtomicBoolean underWay = new AtomicBoolean();
    /** Only touched by the one round that is under way, or before the first. */
    private final Map<String, Long> marks;

    private volatile boolean everAnswered;
    private volatile long lastSuccessMillis;

    PrometheusPoller(PrometheusSettings settings, Map<String, Long> delivered, PollContext context) {
        this(settings, delivered, context, LONGEST_NAMES);
    }

    PrometheusPoller(PrometheusSettings settings, Map<String, Long> delivered, PollContext context, int longestNames) {
        this.settings = settings;
        this.context = context;
        this.marks = new HashMap<>(delivered);
        this.queries = new Queries(Catalogue.shipped(), settings.selector(), longestNames);
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
        context.every(Duration.ZERO, settings.interval(), this::poll);
    }

    @Override
    public void close() {
        client.dispatcher().cancelAll();
        client.dispatcher().executorService().shutdown();
        client.connectionPool().evictAll();
    }

    private void poll() {
        if (context.congested() || !underWay.compareAndSet(false, true)) {
            return;
        }
        context.countPoll();
        Duration window = window(System.currentTimeMillis());
        List<String> questions = new ArrayList<>();
        questions.add(queries.up(window));
        questions.addAll(queries.catalogue(window.plus(SLACK)));
        long deadline = System.nanoTime() + settings.timeout().toNanos();
        ask(new Round(settings, Catalogue.shipped(), marks), questions, 0, deadline);
    }

    /** Reaches back over what is usual, over our own outages, but never so far that it would be refused. */
    Duration window(long nowMillis) {
        Duration usual = settings.interval()
                .plus(settings.interval().compareTo(SCRAPE_TIMEOUT) > 0 ? settings.interval() : SCRAPE_TIMEOUT);
        Duration missed = Duration.ofMillis(nowMillis - lastSuccessMillis).plus(settings.interval());
        Duration wanted = missed.compareTo(usual) > 0 ? missed : usual;
        return wanted.compareTo(LONGEST_WINDOW) > 0 ? LONGEST_WINDOW : wanted;
    }

    private void ask(Round round, List<String> questions, int number, long deadline) {
        Call call = client.newCall(new Request.Builder()
                .url(address)
                .post(new FormBody.Builder().add("query", questions.get(number)).build())
                .build());
        call.timeout().timeout(Math.max(1, deadline - System.nanoTime()), TimeUnit.NANOSECONDS);
        call.enqueue(new Callback() {
            @Override
            public void onFailure(Call asked, IOException e) {
                guarded(() -> failed(trouble(e)));
            }

            @Override
            public void onResponse(Call asked, Response response) {
                guarded(() -> {
                    everAnswered = true;
                    try (response) {
                        read(response, number == 0 ? round::takeUp : round::take);
                    } catch (IOException e) {
                        failed(trouble(e));
                        return;
                    }
                    if (number + 1 < questions.size()) {
                        ask(round, questions, number + 1, deadline);
                    } else {
                        finish(round);
                    }
                });
            }
        });
    }

    private static void read(Response response, MatrixAnswer.SeriesTaker taker) throws IOException {
        if (response.isSuccessful()) {
            MatrixAnswer.read(new CappedBody(response.body().byteStream(), BODY_CAP), taker);
            return;
        }
        CappedBody body = new CappedBody(response.body().byteStream(), ERROR_BODY_CAP);
        String hint = switch (response.code()) {
            case 401 ->
                "; expected a user or a token that may query: set basic (user, and password-file or password-env),"
                        + " bearer-token-file or bearer-token-env";
            case 403 -> "; expected one who may query: check whose basic or bearer-token it is";
            case 404 -> "; expected Prometheus' API below the url";
            default -> response.isRedirect() ? "; redirects are not followed, set url to where it leads" : "";
        };
        try {
            MatrixAnswer.read(body, taker);
        } catch (PollTrouble e) {
            if (e.reason().equals("query-error")) {
                throw new PollTrouble("query-error", "HTTP " + response.code() + ", " + e.getMessage());
            }
        }
        String reason = response.code() == 401 || response.code() == 403 ? "auth" : "http-status";
        throw new PollTrouble(reason, ("HTTP " + response.code() + hint + " " + body.beginning()).strip());
    }

    private void finish(Round round) {
        List<Parcel> parcels = round.parcels(now());
        for (Parcel parcel : parcels) {
            if (parcel.target() != null) {
                marks.merge(parcel.target(), parcel.observation().observedAt().toEpochMilli(), Math::max);
            }
        }
        lastSuccessMillis = System.currentTimeMillis();
        context.countSamples(round.samples());
        context.deliver(parcels);
        underWay.set(false);
    }

    private void failed(PollTrouble trouble) {
        if (trouble.reason().equals("too-large")) {
            // A longer look back would be larger still: give the gap up.
            lastSuccessMillis = System.currentTimeMillis();
        }
        context.countFailure();
        context.deliver(List.of(Parcel.plain(Observation.of(new DeadLetter(
                settings.url(),
                trouble.reason(),
                masking.in(String.valueOf(trouble.getMessage())),
                settings.cluster(),
                "",
                now())))));
        underWay.set(false);
    }

    private void guarded(Runnable work) {
        try {
            work.run();
        } catch (RuntimeException | Error e) {
            context.fail(e);
        }
    }

    private PollTrouble trouble(IOException e) {
        if (e instanceof PollTrouble trouble) {
            return trouble;
        }
        if (e instanceof CredentialTrouble credentials) {
            return new PollTrouble(credentials.reason(), String.valueOf(e.getMessage()));
        }
        String message = String.valueOf(e.getMessage());
        if (e instanceof InterruptedIOException) {
            return new PollTrouble(
                    "timeout", "no whole answer within " + settings.timeout().toMillis() + "ms");
        }
        Optional<String> tls = TlsTrouble.of(e, address.host() + ":" + address.port());
        if (tls.isPresent()) {
            return new PollTrouble("tls", tls.get());
        }
        // A peer that ends hangs up too, but that one answered before.
        if (address.isHttps() && !everAnswered && hungUp(e)) {
            return new PollTrouble(
                    "tls",
                    "certificate refused: " + address.host() + ":" + address.port()
                            + " hangs up right after the handshake, as those do who want another certificate, or one at"
                            + " all (" + message
                            + "); set tls.certificate and tls.key to ones that the CA it trusts has"
                            + " signed");
        }
        if (e instanceof ConnectException && refused(e)) {
            return new PollTrouble("refused", message + "; expected a Prometheus that listens there");
        }
        if (e instanceof ConnectException || e instanceof UnknownHostException) {
            return new PollTrouble("unreachable", message);
        }
        return new PollTrouble("error", e.getClass().getSimpleName() + ": " + message);
    }

    private static boolean hungUp(IOException e) {
        return e instanceof SocketException && !(e instanceof ConnectException)
                || String.valueOf(e.getMessage()).startsWith("unexpected end of stream");
    }

    private static boolean refused(IOException e) {
        for (@Nullable Throwable cause = e; cause != null; cause = cause.getCause()) {
            if (String.valueOf(cause.getMessage()).toLowerCase(Locale.ROOT).contains("refused")) {
                return true;
            }
        }
        return false;
    }

    private static Instant now() {
        return Instant.ofEpochMilli(System.currentTimeMillis());
    }
}
