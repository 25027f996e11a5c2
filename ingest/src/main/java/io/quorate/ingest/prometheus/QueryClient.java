package io.quorate.ingest.prometheus;

import io.quorate.ingest.prometheus.MatrixAnswer.SeriesTaker;
import io.quorate.ingest.prometheus.PrometheusHistory.Limits;
import io.quorate.ingest.transport.HttpTransport;
import io.quorate.ingest.transport.Masking;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import java.util.Objects;
import java.util.Set;
import java.util.regex.Pattern;
import okhttp3.Call;
import okhttp3.FormBody;
import okhttp3.HttpUrl;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.Response;

/** Asks one server, one question after the other, as of a time that is past. Whoever asks waits. */
final class QueryClient implements AutoCloseable {

    static final String TOO_LARGE = "too-large";

    private static final String BUSY = "busy";
    private static final String INTERRUPTED = "interrupted";
    /** Too many questions, or whoever should answer is away for a moment. */
    private static final Set<Integer> BUSY_CODES = Set.of(429, 502, 503, 504);
    /** What may pass, of a server that answered before. */
    private static final Set<String> PASSING = Set.of("timeout", "refused", "unreachable", "error", "truncated");
    /** How Prometheus, Thanos, Mimir and VictoriaMetrics say that a question reads more than one may. */
    private static final Pattern TOO_MUCH = Pattern.compile(
            "too many (samples|chunks|series|bytes)|exceed|maxSamplesPer|maxUniqueTimeseries|max_samples|\\blimit\\b",
            Pattern.CASE_INSENSITIVE);

    private static final String TOO_LONG = "-search.maxQueryLen";

    private final Limits limits;
    private final HttpUrl address;
    private final OkHttpClient client;
    private final Masking masking;
    private boolean everAnswered;

    /** Something that is asked, and begun anew where it is asked again. */
    interface Attempt<T> {
        T make() throws PollTrouble;
    }

    QueryClient(PrometheusSettings settings, Limits limits) {
        this.limits = limits;
        this.address = Objects.requireNonNull(HttpUrl.parse(settings.url()))
                .newBuilder()
                .addPathSegments("api/v1/query")
                .build();
        this.masking = Masking.of(settings.transport());
        this.client = HttpTransport.client(settings.transport())
                .callTimeout(limits.timeout())
                .connectTimeout(limits.timeout())
                .readTimeout(limits.timeout())
                .writeTimeout(limits.timeout())
                .build();
    }

    /**
     * Asks once. What the taker was given before a trouble stands, and is to be thrown away.
     *
     * @param at the time for which it is answered
     */
    void ask(String question, Instant at, SeriesTaker taker) throws PollTrouble {
        Call call = client.newCall(new Request.Builder()
                .url(address)
                .post(new FormBody.Builder()
                        .add("query", question)
                        .add("time", seconds(at))
                        .build())
                .build());
        try (Response response = call.execute()) {
            everAnswered = true;
            read(call, response, taker);
        } catch (IOException e) {
            PollTrouble trouble = PollTrouble.of(e, limits.timeout(), address, everAnswered);
            throw new PollTrouble(trouble.reason(), masking.in(String.valueOf(trouble.getMessage())));
        }
    }

    private void read(Call call, Response response, SeriesTaker taker) throws IOException {
        try {
            QueryAnswer.read(response, limits.bodyBytes(), "; ask for less at once", taker);
        } catch (IOException e) {
            // Else the client, to keep the connection, takes what it can get of the rest.
            call.cancel();
            String words = String.valueOf(e.getMessage());
            if (e instanceof PollTrouble trouble
                    && trouble.reason().equals("query-error")
                    && TOO_MUCH.matcher(words).find()
                    && !words.contains(TOO_LONG)
                    && response.code() != 429) {
                throw new PollTrouble(TOO_LARGE, words);
            }
            if (BUSY_CODES.contains(response.code())) {
                throw new PollTrouble(BUSY, words);
            }
            throw e;
        }
    }

    /** Makes an attempt, and further ones after a while where the trouble may pass by itself. */
    <T> T patiently(Attempt<T> attempt) throws PollTrouble {
        Duration wait = limits.backOff();
        for (int tries = 1; ; tries++) {
            try {
                return attempt.make();
            } catch (PollTrouble trouble) {
                boolean passes = trouble.reason().equals(BUSY) || (everAnswered && PASSING.contains(trouble.reason()));
                if (!passes) {
                    throw trouble;
                }
                if (tries >= limits.tries()) {
                    throw new PollTrouble(trouble.reason(), trouble.getMessage() + ", " + tries + " times");
                }
            }
            pause(wait);
            wait = wait.multipliedBy(2);
        }
    }

    private static void pause(Duration wait) throws PollTrouble {
        try {
            Thread.sleep(wait.toMillis());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new PollTrouble(INTERRUPTED, "broken off while it waited to ask again");
        }
    }

    /** As Prometheus reads it, to the millisecond. */
    private static String seconds(Instant at) {
        return String.format(Locale.ROOT, "%d.%03d", at.getEpochSecond(), at.getNano() / 1_000_000);
    }

    @Override
    public void close() {
        client.dispatcher().executorService().shutdown();
        client.connectionPool().evictAll();
    }
}
