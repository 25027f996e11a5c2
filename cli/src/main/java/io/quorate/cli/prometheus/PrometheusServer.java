package io.quorate.cli.prometheus;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.quorate.ingest.prometheus.CappedBody;
import io.quorate.ingest.prometheus.PollTrouble;
import io.quorate.ingest.prometheus.PrometheusSettings;
import io.quorate.ingest.transport.HttpTransport;
import io.quorate.ingest.transport.Masking;
import java.io.IOException;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import okhttp3.Call;
import okhttp3.FormBody;
import okhttp3.HttpUrl;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.Response;

/** A Prometheus of the settings, asked one question at a time; over the same transport as ingest. */
public final class PrometheusServer {

    private static final long BODY_CAP = 16L << 20;

    private static final ObjectMapper JSON = new ObjectMapper();

    private final PrometheusSettings settings;
    private final OkHttpClient http;
    private final Masking masking;

    public PrometheusServer(PrometheusSettings settings) {
        this.settings = settings;
        this.http = HttpTransport.client(settings.transport()).build();
        this.masking = Masking.of(settings.transport());
    }

    /** Without the secrets that it is shown. */
    public String masked(String text) {
        return masking.in(text);
    }

    /** The selector of etcd's series with one more matcher. */
    public String selecting(String matcher) {
        String inner = settings.selector()
                .substring(1, settings.selector().length() - 1)
                .strip();
        return "{" + matcher + (inner.isEmpty() ? "" : "," + inner) + "}";
    }

    /**
     * The series or samples that answer this question now.
     *
     * @param until when the answer must be there, as {@link System#nanoTime} counts
     * @throws IOException in the words that ingest has for its failures
     */
    public JsonNode query(String question, long until) throws IOException {
        Call call = http.newCall(new Request.Builder()
                .url(address().newBuilder().addPathSegments("api/v1/query").build())
                .post(new FormBody.Builder()
                        .add("query", question)
                        // VictoriaMetrics would answer as of 30 s ago; Prometheus does not know it.
                        .add("nocache", "1")
                        .build())
                .build());
        long left = Math.max(1, until - System.nanoTime());
        call.timeout().timeout(Math.min(left, settings.timeout().toNanos()), TimeUnit.NANOSECONDS);
        try (Response response = call.execute()) {
            CappedBody body = new CappedBody(
                    response.body().byteStream(),
                    BODY_CAP,
                    "; check ingest.prometheus.url and ingest.prometheus.selector");
            JsonNode answer = tree(body.readAllBytes());
            if (response.code() == 200 && answer.path("status").asText().equals("success")) {
                return answer.path("data").path("result");
            }
            throw refused(response.code(), answer, body.beginning());
        }
    }

    public HttpUrl address() {
        return Objects.requireNonNull(HttpUrl.parse(settings.url().replaceAll("/+$", "") + "/"), "url");
    }

    private static JsonNode tree(byte[] text) throws IOException {
        try {
            return JSON.readTree(text);
        } catch (JsonProcessingException e) {
            // Told by whoever misses what should be in it.
            return JSON.missingNode();
        }
    }

    /** In the words that ingest has for its failures. */
    private static PollTrouble refused(int code, JsonNode answer, String beginning) {
        if (code == 401 || code == 403) {
            return new PollTrouble(
                    "auth",
                    "answered HTTP " + code + "; expected a user or a token that may query: check"
                            + " ingest.prometheus.basic, or ingest.prometheus.bearer-token-file or -env");
        }
        String error = answer.path("error").asText();
        if (!error.isEmpty()) {
            return new PollTrouble(
                    "query-error", "answered HTTP " + code + ": " + error + "; check ingest.prometheus.selector");
        }
        if (code != 200) {
            return new PollTrouble(
                    "http-status", "answered HTTP " + code + ", not as Prometheus does; check ingest.prometheus.url");
        }
        return answer.isContainerNode()
                ? new PollTrouble("not-prometheus", "JSON, but not as Prometheus answers; check ingest.prometheus.url")
                : new PollTrouble(
                        "not-json",
                        "no JSON, expected Prometheus' answer: " + beginning + "; check ingest.prometheus.url");
    }
}
