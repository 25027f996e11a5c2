package io.quorate.sinks.receivers.webhook;

import io.quorate.events.Alert;
import io.quorate.sinks.receivers.Answer;
import io.quorate.sinks.receivers.Receiver;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.concurrent.CompletableFuture;
import okhttp3.Call;
import okhttp3.Callback;
import okhttp3.Credentials;
import okhttp3.HttpUrl;
import okhttp3.MediaType;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.RequestBody;
import okhttp3.Response;
import org.jspecify.annotations.Nullable;

/**
 * Posts alerts to one address. Any 2xx is delivered; no answer, 408, 429 and 5xx are worth retrying; all else is refused,
 * redirects among it: following one would carry the alert to where nobody has sent it.
 */
final class WebhookReceiver implements Receiver {

    private static final MediaType JSON = MediaType.get("application/json");
    private static final String USER_AGENT = "Quorate/" + version();
    private static final int LONGEST_BODY = 64 * 1024;
    private static final int LONGEST_DETAIL = 300;
    private static final int SHORTEST_SECRET = 6;

    private final WebhookSettings settings;
    private final HttpUrl url;
    private final OkHttpClient http;

    WebhookReceiver(WebhookSettings settings) {
        this.settings = settings;
        this.url = HttpUrl.get(settings.url());
        this.http = new OkHttpClient.Builder()
                .callTimeout(settings.timeout())
                .connectTimeout(settings.timeout())
                .readTimeout(settings.timeout())
                .writeTimeout(settings.timeout())
                .followRedirects(false)
                .followSslRedirects(false)
                .build();
        http.dispatcher().setMaxRequestsPerHost(http.dispatcher().getMaxRequests());
    }

    @Override
    public CompletableFuture<Answer> send(Alert alert, String key) {
        Request.Builder request = new Request.Builder()
                .url(url)
                .header("User-Agent", USER_AGENT)
                .header("Idempotency-Key", key)
                .post(RequestBody.create(
                        WebhookMessage.of(alert, settings.name()).json(), JSON));
        if (!url.username().isEmpty()) {
            request.header("Authorization", Credentials.basic(url.username(), url.password()));
        }
        CompletableFuture<Answer> answer = new CompletableFuture<>();
        http.newCall(request.build()).enqueue(new Callback() {
            @Override
            public void onFailure(Call call, IOException failure) {
                answer.complete(noAnswer(failure));
            }

            @Override
            public void onResponse(Call call, Response response) {
                try (response) {
                    answer.complete(judge(response));
                } catch (IOException failure) {
                    answer.complete(noAnswer(failure));
                }
            }
        });
        return answer;
    }

    @Override
    public void close() {
        http.dispatcher().cancelAll();
        http.dispatcher().executorService().shutdown();
        http.connectionPool().evictAll();
    }

    private Answer judge(Response response) throws IOException {
        int status = response.code();
        if (status >= 200 && status < 300) {
            return new Answer.Delivered(status, null);
        }
        String detail = detail(response);
        if (status == 408 || status == 429 || status >= 500) {
            return new Answer.WorthRetrying(
                    status, detail, retryAfter(response.header("Retry-After"), Clock.systemUTC()));
        }
        return new Answer.Refused(status, detail);
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

    private static Answer noAnswer(IOException failure) {
        String detail = failure instanceof InterruptedIOException
                ? "no answer in time"
                : "no answer: " + failure.getClass().getSimpleName();
        return new Answer.WorthRetrying(null, detail, null);
    }

    private String detail(Response response) throws IOException {
        String body = withoutSecrets(response.peekBody(LONGEST_BODY).string()).strip();
        String shown = body.length() > LONGEST_DETAIL ? body.substring(0, LONGEST_DETAIL) + " ..." : body;
        return "HTTP " + response.code() + (shown.isEmpty() ? "" : ": " + shown);
    }

    /** Some servers repeat the path they were asked for, and the path may be a token. */
    private String withoutSecrets(String body) {
        String clean = body.replace(settings.url(), "***").replace(url.toString(), "***");
        for (String part :
                (url.encodedPath() + '/' + (url.encodedQuery() == null ? "" : url.encodedQuery())).split("[/&=]", -1)) {
            if (part.length() >= SHORTEST_SECRET) {
                clean = clean.replace(part, "***");
            }
        }
        return clean;
    }

    private static String version() {
        try (InputStream in = WebhookReceiver.class.getResourceAsStream("version.txt")) {
            return in == null ? "unknown" : new String(in.readAllBytes(), StandardCharsets.UTF_8).strip();
        } catch (IOException e) {
            return "unknown";
        }
    }
}
