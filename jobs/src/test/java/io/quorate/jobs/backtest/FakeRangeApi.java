package io.quorate.jobs.backtest;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Answers range selectors in instant queries out of samples that a real Prometheus 2 gave, as that one did: both ends of a
 * range belong to it.
 */
final class FakeRangeApi implements AutoCloseable {

    private static final Pattern QUESTION =
            Pattern.compile("(?:up\\{|\\{__name__=~\"([^\"]*)\",)job=~\"([^\"]*)\"(?:,.*)?}\\[([0-9]+)ms]");

    final List<String> questions = new CopyOnWriteArrayList<>();
    private final List<Map<String, Object>> series;
    private final HttpServer server;

    /** Of these series, as Prometheus' own JSON has them. */
    FakeRangeApi(List<Map<String, Object>> series) {
        this.series = series;
        try {
            server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        server.createContext("/api/v1/query", this::answer);
        server.start();
    }

    String url() {
        return "http://127.0.0.1:" + server.getAddress().getPort();
    }

    private void answer(HttpExchange exchange) throws IOException {
        String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
        Map<String, String> form = Arrays.stream(body.split("&", -1))
                .map(field -> field.split("=", 2))
                .collect(Collectors.toMap(
                        field -> field[0], field -> URLDecoder.decode(field[1], StandardCharsets.UTF_8)));
        String question = Objects.requireNonNull(form.get("query"));
        questions.add(question);
        Matcher asked = QUESTION.matcher(question);
        boolean understood = asked.matches();
        byte[] answer = (understood
                        ? matrix(asked, new BigDecimal(Objects.requireNonNull(form.get("time"))))
                        : "{\"status\":\"error\",\"errorType\":\"bad_data\",\"error\":\"not understood\"}")
                .getBytes(StandardCharsets.UTF_8);
        exchange.sendResponseHeaders(understood ? 200 : 400, answer.length);
        exchange.getResponseBody().write(answer);
        exchange.close();
    }

    private String matrix(Matcher asked, BigDecimal end) {
        String names = asked.group(1) == null ? "up" : asked.group(1);
        BigDecimal start = end.subtract(new BigDecimal(asked.group(3)).movePointLeft(3));
        List<String> result = new ArrayList<>();
        for (Map<String, Object> one : series) {
            Map<String, String> labels = PlainJson.map(one.get("metric"));
            if (!labels.getOrDefault("__name__", "").matches(names)
                    || !labels.getOrDefault("job", "").matches(asked.group(2))) {
                continue;
            }
            String samples = PlainJson.<List<Object>>list(one.get("values")).stream()
                    .filter(sample -> {
                        BigDecimal at = (BigDecimal) sample.get(0);
                        return at.compareTo(start) >= 0 && at.compareTo(end) <= 0;
                    })
                    .map(sample -> "[" + sample.get(0) + ",\"" + sample.get(1) + "\"]")
                    .collect(Collectors.joining(","));
            if (!samples.isEmpty()) {
                result.add("{\"metric\":{"
                        + labels.entrySet().stream()
                                .map(label -> '"' + label.getKey() + "\":\"" + label.getValue() + '"')
                                .collect(Collectors.joining(","))
                        + "},\"values\":[" + samples + "]}");
            }
        }
        return "{\"status\":\"success\",\"data\":{\"resultType\":\"matrix\",\"result\":[" + String.join(",", result)
                + "]}}";
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
