package io.quorate.sinks.receivers.http;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.json.JsonWriteFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.quorate.sinks.receivers.Answer;
import io.quorate.sinks.receivers.Terms;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.net.ConnectException;
import java.net.Proxy;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLPeerUnverifiedException;
import okhttp3.Call;
import okhttp3.Callback;
import okhttp3.Credentials;
import okhttp3.FormBody;
import okhttp3.HttpUrl;
import okhttp3.MediaType;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.RequestBody;
import okhttp3.Response;
import org.jspecify.annotations.Nullable;

/**
 * Posts to one address, once per call, and judges what comes back. Any 2xx is delivered, whatever is said with it; no answer in
 * time, 408, 429 and 5xx are worth retrying; all else is refused, redirects among it: following one would carry the alert to
 * where nobody has sent it.
 */
public final class Poster implements AutoCloseable {

    /** Escaped, even half a character of Unicode has a form, and a page is not lost by it. */
    private static final ObjectMapper JSON_FORM =
            JsonMapper.builder().enable(JsonWriteFeature.ESCAPE_NON_ASCII).build();

    private static final MediaType JSON = MediaType.get("application/json");
    private static final String USER_AGENT = "Quorate/" + version();
    private static final int LONGEST_BODY = 64 * 1024;

    /** For a call that does not notice that its time is over, such as one that waits for the resolver of names. */
    private static final Duration GRACE = Duration.ofMillis(250);

    private static final Answer LATE = new Answer.WorthRetrying(null, "no answer in time", null);

    private static final String RETRY_AFTER = "Retry-After";

    /** The client would obey the header by itself, while the budget of attempts is not its own. */
    private static final String SET_ASIDE = "Quorate-Set-Aside-Retry-After";

    private final HttpUrl url;
    private final Duration timeout;
    private final Secrets secrets;
    private final OkHttpClient http;

    /**
     * Connects to nothing yet.
     *
     * @param url its parts behind the host count as secrets; a user in it is sent as such
     * @param given other secrets, which no answer repeats
     */
    public Poster(String url, Terms terms, List<String> given) {
        this.url = HttpUrl.get(url);
        this.timeout = terms.timeout();
        this.secrets = Secrets.of(this.url, given);
        this.http = new OkHttpClient.Builder()
                .callTimeout(timeout)
                .connectTimeout(timeout)
                .readTimeout(timeout)
                .writeTimeout(timeout)
                .followRedirects(false)
                .followSslRedirects(false)
                .retryOnConnectionFailure(false)
                .proxy(Proxy.NO_PROXY)
                .socketFactory(Destinations.of(this.url.host(), terms).sockets())
                .addNetworkInterceptor(chain -> withRetryAfterSetAside(chain.proceed(chain.request())))
                .build();
        http.dispatcher().setMaxRequestsPerHost(http.dispatcher().getMaxRequests());
    }

    public CompletableFuture<Answer> json(Map<String, String> headers, Object said) {
        return json(headers, bytes(said));
    }

    /** The same of what is already in its form. */
    public CompletableFuture<Answer> json(Map<String, String> headers, byte[] said) {
        return post(headers, RequestBody.create(said, JSON));
    }

    /** As a browser sends a form. */
    public CompletableFuture<Answer> form(Map<String, String> headers, Map<String, String> fields) {
        FormBody.Builder form = new FormBody.Builder(StandardCharsets.UTF_8);
        fields.forEach(form::add);
        return post(headers, form.build());
    }

    /** In its form for {@link #json}. */
    public static byte[] bytes(Object said) {
        try {
            return JSON_FORM.writeValueAsBytes(said);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a message that has no JSON form", e);
        }
    }

    /** Ends what is under way. */
    @Override
    public void close() {
        http.dispatcher().cancelAll();
        http.dispatcher().executorService().shutdown();
        http.connectionPool().evictAll();
    }

    private CompletableFuture<Answer> post(Map<String, String> headers, RequestBody body) {
        Request.Builder request =
                new Request.Builder().url(url).header("User-Agent", USER_AGENT).post(body);
        if (!url.username().isEmpty()) {
            request.header("Authorization", Credentials.basic(url.username(), url.password()));
        }
        headers.forEach(request::header);
        Call call = http.newCall(request.build());
        CompletableFuture<Answer> answer = new CompletableFuture<>();
        call.enqueue(new Callback() {
            @Override
            public void onFailure(Call call, IOException failure) {
                answer.complete(noAnswer(failure));
            }

            @Override
            public void onResponse(Call call, Response response) {
                try (response) {
                    answer.complete(judge(response));
                    if (mayBeLong(response)) {
                        // To close it would first read on, for the sake of the connection.
                        call.cancel();
                    }
                }
            }
        });
        return answer.completeOnTimeout(LATE, timeout.plus(GRACE).toMillis(), TimeUnit.MILLISECONDS)
                .whenComplete((given, failure) -> {
                    if (given == LATE) {
                        call.cancel();
                    }
                });
    }

    private Answer judge(Response response) {
        int status = response.code();
        if (status >= 200 && status < 300) {
            return new Answer.Delivered(status, null);
        }
        if (status >= 300 && status < 400) {
            return new Answer.Refused(
                    status,
                    "HTTP " + status + ": it sends elsewhere" + target(response)
                            + ", and redirects are not followed; expected the address itself");
        }
        String detail = detail(response);
        return status == 408 || status == 429 || status >= 500
                ? new Answer.WorthRetrying(status, detail, retryAfter(response.header(SET_ASIDE), Clock.systemUTC()))
                : new Answer.Refused(status, detail);
    }

    private static boolean mayBeLong(Response response) {
        long length = response.body().contentLength();
        return length < 0 || length > LONGEST_BODY;
    }

    private String target(Response response) {
        String location = response.header("Location");
        HttpUrl target = location == null ? null : url.resolve(location);
        return target == null ? "" : ", to " + secrets.maskedIn(target.host());
    }

    private String detail(Response response) {
        String said = "";
        try {
            said = secrets.maskedIn(response.peekBody(LONGEST_BODY).string());
        } catch (IOException e) {
            // The status has said what matters.
        }
        return "HTTP " + response.code() + (said.isEmpty() ? "" : ": " + said);
    }

    /** Seconds or a date; null when absent, past or neither. */
    static @Nullable Duration retryAfter(@Nullable String header, Clock clock) {
        if (header == null) {
            return null;
        }
        String said = header.strip();
        try {
            Duration after = said.chars().allMatch(Character::isDigit)
                    ? Duration.ofSeconds(Long.parseLong(said))
                    : Duration.between(
                            clock.instant(),
                            Instant.from(ZonedDateTime.parse(said, DateTimeFormatter.RFC_1123_DATE_TIME)));
            return after.isNegative() || after.isZero() ? null : after;
        } catch (DateTimeException | NumberFormatException e) {
            return null;
        }
    }

    /** In words of ours: theirs may hold an address. */
    private static Answer noAnswer(IOException failure) {
        DestinationRefused refused = DestinationRefused.in(failure);
        if (refused != null) {
            return new Answer.Refused(null, String.valueOf(refused.getMessage()));
        }
        if (failure instanceof InterruptedIOException) {
            return LATE;
        }
        return new Answer.WorthRetrying(null, "no answer: " + words(failure), null);
    }

    private static String words(IOException failure) {
        if (failure instanceof UnknownHostException) {
            return "the name of its host was not found";
        }
        if (failure instanceof ConnectException) {
            return "nobody listens there";
        }
        if (failure instanceof SSLPeerUnverifiedException) {
            return "its certificate is for another host";
        }
        if (failure instanceof SSLException) {
            return "TLS failed, so it is not known to be who it says: "
                    + failure.getClass().getSimpleName();
        }
        return failure.getClass().getSimpleName();
    }

    private static Response withRetryAfterSetAside(Response response) {
        String asked = response.header(RETRY_AFTER);
        return asked == null
                ? response
                : response.newBuilder()
                        .removeHeader(RETRY_AFTER)
                        .header(SET_ASIDE, asked)
                        .build();
    }

    private static String version() {
        try (InputStream in = Poster.class.getResourceAsStream("version.txt")) {
            return in == null ? "unknown" : new String(in.readAllBytes(), StandardCharsets.UTF_8).strip();
        } catch (IOException e) {
            return "unknown";
        }
    }
}
