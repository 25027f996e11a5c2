package io.quorate.sinks.clickhouse;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** One statement after the other over ClickHouse's HTTP interface, for migrations and checks; rows go by JDBC. */
public final class ClickHouseClient {

    private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(5);
    private static final Duration STATEMENT_TIMEOUT = Duration.ofMinutes(5);
    private static final int LONGEST_REASON = 2_000;

    private final ClickHouseSettings settings;
    private final HttpClient http =
            HttpClient.newBuilder().connectTimeout(CONNECT_TIMEOUT).build();

    public ClickHouseClient(ClickHouseSettings settings) {
        this.settings = settings;
    }

    /** The answer to one statement as text, in the format that the statement asks for, else tab-separated. */
    public String execute(String sql) throws IOException {
        return execute(sql, settings.database());
    }

    String execute(String sql, String database) throws IOException {
        return execute(sql, database, Map.of());
    }

    /**
     * The same of a statement with parameters, {@code {name:Type}}.
     *
     * @param values of the parameters, by name; they travel beside the statement and are never part of it
     * @param how ClickHouse's own settings for this statement, by name
     */
    public String execute(String sql, Map<String, String> values, Map<String, String> how) throws IOException {
        Map<String, String> beside = new TreeMap<>(how);
        values.forEach((name, value) -> beside.put("param_" + name, value));
        return execute(sql, settings.database(), beside);
    }

    /**
     * The answer to one statement with parameters as it comes, for answers that are too large to wait for; whoever asks
     * closes it.
     *
     * @param values as {@link #execute(String, Map, Map)} takes them
     */
    InputStream stream(String sql, Map<String, String> values, Map<String, String> how) throws IOException {
        Map<String, String> beside = new TreeMap<>(how);
        values.forEach((name, value) -> beside.put("param_" + name, value));
        HttpResponse<InputStream> response =
                send(request(sql, settings.database(), beside), HttpResponse.BodyHandlers.ofInputStream());
        if (isRefusal(response)) {
            try (InputStream reason = response.body()) {
                byte[] beginning = reason.readNBytes(4 * LONGEST_REASON);
                throw new ClickHouseRefused(
                        reason(response.statusCode(), new String(beginning, StandardCharsets.UTF_8)));
            }
        }
        return response.body();
    }

    private String execute(String sql, String database, Map<String, String> beside) throws IOException {
        HttpResponse<String> response = send(request(sql, database, beside), HttpResponse.BodyHandlers.ofString());
        if (isRefusal(response)) {
            throw new ClickHouseRefused(reason(response.statusCode(), response.body()));
        }
        return response.body();
    }

    private HttpRequest request(String sql, String database, Map<String, String> beside) {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(settings.url() + "/?" + encoded(beside)))
                .timeout(STATEMENT_TIMEOUT)
                .header("X-ClickHouse-User", settings.user())
                .header("X-ClickHouse-Database", database)
                .POST(HttpRequest.BodyPublishers.ofString(sql));
        String password = settings.password();
        if (password != null) {
            request.header("X-ClickHouse-Key", password);
        }
        return request.build();
    }

    /** An error after the first rows comes with status 200 and this header or text. */
    private static boolean isRefusal(HttpResponse<?> response) {
        return response.statusCode() != 200
                || response.headers().firstValue("X-ClickHouse-Exception-Code").isPresent();
    }

    private static String encoded(Map<String, String> beside) {
        return beside.entrySet().stream()
                .map(one -> one.getKey() + '=' + URLEncoder.encode(one.getValue(), StandardCharsets.UTF_8))
                .collect(Collectors.joining("&"));
    }

    private <T> HttpResponse<T> send(HttpRequest request, HttpResponse.BodyHandler<T> answer) throws IOException {
        try {
            return http.send(request, answer);
        } catch (IOException e) {
            throw new ClickHouseUnreachable(
                    "ClickHouse does not answer at " + settings.url()
                            + ": start it, or set clickhouse.url to where it is",
                    e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new ClickHouseUnreachable("interrupted while waiting for ClickHouse at " + settings.url(), e);
        }
    }

    private String reason(int status, String answer) {
        String body = answer.strip();
        String password = settings.password();
        if (password != null && !password.isEmpty()) {
            // A peer that repeats its headers must not bring it into logs.
            body = body.replace(password, "***");
        }
        String reason = body.length() > LONGEST_REASON ? body.substring(0, LONGEST_REASON) + " ..." : body;
        return reason.isEmpty() ? "ClickHouse answered HTTP " + status : reason;
    }
}
