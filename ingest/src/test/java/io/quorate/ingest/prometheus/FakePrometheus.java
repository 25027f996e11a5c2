package io.quorate.ingest.prometheus;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsParameters;
import com.sun.net.httpserver.HttpsServer;
import io.quorate.events.Labels;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.zip.GZIPOutputStream;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;

/** A Prometheus that answers with the series it was given, or badly in a way of one's choice. */
final class FakePrometheus implements AutoCloseable {

    private static final Pattern NAMES = Pattern.compile("\\{__name__=~\"([^\"]*)\"");

    private static final Pattern CLUSTERS = Pattern.compile(",cluster(=~|!~)\"((?:[^\"\\\\]|\\\\.)*)\"");

    final List<String> questions = new CopyOnWriteArrayList<>();
    /** Of each question, the time that it is asked for; empty for now. */
    final List<String> times = new CopyOnWriteArrayList<>();

    final List<String> authorizations = new CopyOnWriteArrayList<>();

    private final Map<String, List<String>> series = new LinkedHashMap<>();
    private final CountDownLatch closing = new CountDownLatch(1);
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final HttpServer server;
    private final String scheme;
    private volatile Answer answer = this::matrix;

    /** How a question is answered. */
    interface Answer {
        void give(HttpExchange exchange, String question) throws IOException;
    }

    FakePrometheus() {
        this(null, false);
    }

    /**
     * @param tls what it shows; null for plain HTTP
     * @param asksForCertificates whether it wants one from whoever asks
     */
    FakePrometheus(SSLContext tls, boolean asksForCertificates) {
        InetSocketAddress anywhere = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
        scheme = tls == null ? "http" : "https";
        try {
            if (tls == null) {
                server = HttpServer.create(anywhere, 0);
            } else {
                HttpsServer https = HttpsServer.create(anywhere, 0);
                https.setHttpsConfigurator(new HttpsConfigurator(tls) {
                    @Override
                    public void configure(HttpsParameters parameters) {
                        SSLParameters ssl = tls.getDefaultSSLParameters();
                        ssl.setNeedClientAuth(asksForCertificates);
                        parameters.setSSLParameters(ssl);
                    }
                });
                server = https;
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        server.setExecutor(threads);
        server.createContext("/api/v1/query", exchange -> {
            String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
            Map<String, String> form = Arrays.stream(body.split("&", -1))
                    .map(field -> field.split("=", 2))
                    .collect(Collectors.toMap(
                            field -> field[0], field -> URLDecoder.decode(field[1], StandardCharsets.UTF_8)));
            String question = form.getOrDefault("query", "");
            questions.add(question);
            times.add(form.getOrDefault("time", ""));
            authorizations.add(String.valueOf(exchange.getRequestHeaders().getFirst("Authorization")));
            try (exchange) {
                answer.give(exchange, question);
            }
        });
        server.start();
    }

    String url() {
        return scheme + "://127.0.0.1:" + server.getAddress().getPort();
    }

    /** A sample: labels as {@code __name__=up,member=m1}. */
    FakePrometheus sample(String labels, long atMillis, String value) {
        Map<String, String> parsed = Arrays.stream(labels.split(",", -1))
                .map(label -> label.split("=", 2))
                .collect(Collectors.toMap(label -> label[0], label -> label[1]));
        synchronized (series) {
            series.computeIfAbsent(Labels.of(parsed), unseen -> new ArrayList<>())
                    .add("[" + atMillis / 1000 + "." + String.format("%03d", atMillis % 1000) + ",\"" + value + "\"]");
        }
        return this;
    }

    void answersWell() {
        answer = this::matrix;
    }

    void answers(int status, String body) {
        answer = (exchange, question) -> {
            if (status >= 300 && status < 400) {
                exchange.getResponseHeaders().set("Location", "/elsewhere");
            }
            send(exchange, status, body.getBytes(StandardCharsets.UTF_8));
        };
    }

    /** Only questions that hold this. */
    void refuses(String part) {
        answer = (exchange, question) -> {
            if (question.contains(part)) {
                send(exchange, 500, "oops".getBytes(StandardCharsets.UTF_8));
            } else {
                matrix(exchange, question);
            }
        };
    }

    void answersHalf() {
        answer = (exchange, question) -> {
            byte[] whole = json(question).getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(200, whole.length);
            exchange.getResponseBody().write(whole, 0, whole.length / 2);
            exchange.getResponseBody().flush();
        };
    }

    void answersNever() {
        answer = (exchange, question) -> {
            try {
                closing.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        };
    }

    /** Well, as long as no more members are asked for than this; else with more than anybody takes. */
    void answersAtMost(int members) {
        answer = (exchange, question) -> {
            if (question.startsWith("up") || membersOf(question) <= members) {
                matrix(exchange, question);
            } else {
                packed(17 << 20).give(exchange, question);
            }
        };
    }

    /** Well, but no question that is longer, as VictoriaMetrics does. */
    void takesQuestionsUpTo(int bytes) {
        answer = (exchange, question) -> {
            if (question.length() <= bytes) {
                matrix(exchange, question);
            } else {
                String refusal = "{\"status\":\"error\",\"errorType\":\"422\",\"error\":\"too long query; got %d bytes;"
                        + " mustn\\u0027t exceed `-search.maxQueryLen=%d` bytes\"}";
                send(exchange, 422, refusal.formatted(question.length(), bytes).getBytes(StandardCharsets.UTF_8));
            }
        };
    }

    /** Which end of a range belongs to it beside the right one: Prometheus 3 leaves the left one out. */
    enum LeftEnd {
        IN,
        OUT
    }

    /** Only what lies in the range that is asked for, up to the time for which it is asked. */
    void cutsRanges(LeftEnd left) {
        answer = (exchange, question) -> send(exchange, 200, cut(question, left).getBytes(StandardCharsets.UTF_8));
    }

    /** The same, but nothing of ranges longer than this, as Prometheus does where they hold too many samples. */
    void cutsRangesUpTo(Duration longest) {
        answer = (exchange, question) -> {
            if (rangeMillis(question) <= longest.toMillis()) {
                send(exchange, 200, cut(question, LeftEnd.OUT).getBytes(StandardCharsets.UTF_8));
            } else {
                String refusal =
                        "{\"status\":\"error\",\"errorType\":\"execution\",\"error\":\"query processing would load"
                                + " too many samples into memory in query execution\"}";
                send(exchange, 422, refusal.getBytes(StandardCharsets.UTF_8));
            }
        };
    }

    /** So many questions with this status and these words, then as before. */
    void firstAnswers(int questionsSoAnswered, int status, String body) {
        Answer then = answer;
        AtomicInteger left = new AtomicInteger(questionsSoAnswered);
        answer = (exchange, question) -> {
            if (left.getAndDecrement() > 0) {
                send(exchange, status, body.getBytes(StandardCharsets.UTF_8));
            } else {
                then.give(exchange, question);
            }
        };
    }

    private String cut(String question, LeftEnd left) {
        long end = new BigDecimal(times.get(times.size() - 1)).movePointRight(3).longValueExact();
        long start = end - rangeMillis(question);
        return json(question, sample -> {
            long at = new BigDecimal(sample.substring(1, sample.indexOf(',')))
                    .movePointRight(3)
                    .longValueExact();
            return at <= end && (left == LeftEnd.IN ? at >= start : at > start);
        });
    }

    private static long rangeMillis(String question) {
        return Long.parseLong(question.replaceFirst(".*\\[(\\d+)ms]$", "$1"));
    }

    private long membersOf(String question) {
        synchronized (series) {
            return series.keySet().stream()
                    .map(Labels::parse)
                    .filter(labels -> asksFor(question, labels))
                    .map(labels -> labels.get("cluster") + "/" + labels.get("member"))
                    .distinct()
                    .count();
        }
    }

    private static boolean asksFor(String question, Map<String, String> labels) {
        Matcher clusters = CLUSTERS.matcher(question);
        if (!clusters.find()) {
            return true;
        }
        String wanted = clusters.group(2).replaceAll("\\\\(.)", "$1");
        return labels.getOrDefault("cluster", "").matches(wanted)
                == clusters.group(1).equals("=~");
    }

    /** So many bytes of valid JSON, packed: a bomb when there are many. */
    void answersPacked(long bytes) {
        answer = packed(bytes);
    }

    private static Answer packed(long bytes) {
        return (exchange, question) -> {
            ByteArrayOutputStream packed = new ByteArrayOutputStream();
            try (OutputStream out = new GZIPOutputStream(packed)) {
                out.write("{\"status\":\"success\",\"data\":{\"resultType\":\"matrix\",\"result\":["
                        .getBytes(StandardCharsets.UTF_8));
                byte[] blanks = new byte[1 << 16];
                Arrays.fill(blanks, (byte) ' ');
                for (long left = bytes; left > 0; left -= blanks.length) {
                    out.write(blanks);
                }
                out.write("]}}".getBytes(StandardCharsets.UTF_8));
            }
            exchange.getResponseHeaders().set("Content-Encoding", "gzip");
            send(exchange, 200, packed.toByteArray());
        };
    }

    private void matrix(HttpExchange exchange, String question) throws IOException {
        send(exchange, 200, json(question).getBytes(StandardCharsets.UTF_8));
    }

    String json(String question) {
        return json(question, sample -> true);
    }

    private String json(String question, Predicate<String> samples) {
        Matcher names = NAMES.matcher(question);
        Pattern asked = Pattern.compile(names.find() ? names.group(1) : "up");
        synchronized (series) {
            return series.entrySet().stream()
                    .filter(one -> asked.matcher(Labels.parse(one.getKey()).get("__name__"))
                            .matches())
                    .filter(one -> asksFor(question, Labels.parse(one.getKey())))
                    .filter(one -> one.getValue().stream().anyMatch(samples))
                    .map(one -> "{\"metric\":{"
                            + Labels.parse(one.getKey()).entrySet().stream()
                                    .map(label -> "\"" + label.getKey() + "\":\"" + label.getValue() + "\"")
                                    .collect(Collectors.joining(","))
                            + "},\"values\":["
                            + one.getValue().stream().filter(samples).collect(Collectors.joining(",")) + "]}")
                    .collect(Collectors.joining(
                            ",",
                            "{\"status\":\"success\",\"data\":{\"resultType\":\"matrix\",\"result\":[",
                            "]},\"warnings\":[\"slow\"]}"));
        }
    }

    private static void send(HttpExchange exchange, int status, byte[] body) throws IOException {
        exchange.sendResponseHeaders(status, body.length == 0 ? -1 : body.length);
        exchange.getResponseBody().write(body);
    }

    @Override
    public void close() {
        closing.countDown();
        server.stop(0);
        threads.shutdownNow();
    }
}
