package io.quorate.simulator.face;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.quorate.simulator.model.Cluster;
import io.quorate.simulator.model.Member;
import io.quorate.simulator.model.Process;
import io.quorate.simulator.model.Time;
import io.quorate.simulator.plan.Plan;
import io.quorate.simulator.plan.Script;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.zip.GZIPOutputStream;
import org.jspecify.annotations.Nullable;

/**
 * A fleet that is there to be asked, in real time or faster: each member's page at {@code /CLUSTER/MEMBER/metrics}, a
 * Prometheus that scrapes them all at {@code /api/v1}, and the targets for a Prometheus of one's own at {@code /sd}.
 */
public final class ServedFleet implements AutoCloseable {

    private static final int THREADS = 8;
    private static final String BUILD = "{\"status\":\"success\",\"data\":{\"version\":\"2.42.0\","
            + "\"revision\":\"simulated\",\"branch\":\"simulated\",\"buildUser\":\"\","
            + "\"buildDate\":\"\",\"goVersion\":\"\"}}";

    private final Plan plan;
    private final Instant begin;
    private final double speed;
    private final long startedNanos = System.nanoTime();
    private final Page page;
    private final Map<String, ScrapedCluster> clusters = new LinkedHashMap<>();
    private final List<TruthFile.OfCluster> told = new ArrayList<>();
    private final PrometheusAnswers answers;
    private final HttpServer server;
    private final ExecutorService threads = Executors.newFixedThreadPool(THREADS);

    private ServedFleet(Plan plan, long seed, Instant begin, double speed, int port) throws IOException {
        this.plan = plan;
        this.begin = begin;
        this.speed = speed;
        this.page =
                Page.of(plan.shape().release(), plan.extensive(), plan.shape().members());
        for (Fleet.Scripted one : Fleet.of(plan, seed, Simulation.WARM_UP)) {
            clusters.put(
                    one.cluster().name(),
                    new ScrapedCluster(one, plan.collector(), page, this::epoch, Simulation.WARM_UP));
            told.add(new TruthFile.OfCluster(one.cluster(), one.script().truth()));
        }
        this.answers =
                new PrometheusAnswers(page, this::epoch, plan.collector().replicas(), List.copyOf(clusters.values()));
        this.server = HttpServer.create(new InetSocketAddress("127.0.0.1", port), 1024);
        server.setExecutor(threads);
        server.createContext("/", this::answer);
        server.start();
    }

    /**
     * Starts.
     *
     * @param speed of simulated time against real time
     * @param port on loopback; 0 for a free one
     */
    public static ServedFleet start(Plan plan, long seed, Instant begin, double speed, int port) throws IOException {
        return new ServedFleet(plan, seed, begin, speed, port);
    }

    public String url() {
        return "http://127.0.0.1:" + server.getAddress().getPort();
    }

    /** How far simulated time is, in seconds since the beginning. */
    public double seconds() {
        return (System.nanoTime() - startedNanos) / 1e9 * speed;
    }

    /** Lets every cluster come up to now, whether somebody asked or not. */
    public void moveOn() {
        long now = now();
        clusters.values().parallelStream().forEach(cluster -> cluster.moveTo(now));
    }

    public TruthFile truth(long seed) {
        double seconds = seconds();
        return new TruthFile(
                plan,
                seed,
                epoch(Simulation.WARM_UP),
                epoch(Simulation.WARM_UP + Time.micros(seconds)),
                Simulation.WARM_UP,
                told);
    }

    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
    }

    private long now() {
        return Simulation.WARM_UP + Time.micros(seconds());
    }

    private double epoch(long micros) {
        return begin.getEpochSecond() + begin.getNano() / 1e9 + Time.seconds(micros - Simulation.WARM_UP);
    }

    private void answer(HttpExchange exchange) {
        try (exchange) {
            String path = exchange.getRequestURI().getPath();
            try {
                if (path.startsWith("/api/v1/")) {
                    api(path.substring(8), exchange);
                } else if (path.equals("/sd")) {
                    send(exchange, 200, "application/json", out -> out.write(bytes(discovery())));
                } else if (path.equals("/-/ready") || path.equals("/-/healthy")) {
                    send(exchange, 200, "text/plain", out -> out.write(bytes("Simulated and ready.\n")));
                } else {
                    member(path.split("/", -1), exchange);
                }
            } catch (IllegalArgumentException e) {
                String error = "{\"status\":\"error\",\"errorType\":\"bad_data\",\"error\":"
                        + quoted(String.valueOf(e.getMessage())) + "}";
                send(exchange, 400, "application/json", out -> out.write(bytes(error)));
            }
        } catch (IOException e) {
            // Who asked has gone.
            exchange.close();
        }
    }

    /** {@code /CLUSTER/MEMBER/metrics}; a member that is down or stopped ends the connection without an answer. */
    private void member(String[] parts, HttpExchange exchange) throws IOException {
        ScrapedCluster cluster = parts.length == 4 ? clusters.get(parts[1]) : null;
        Member member = cluster == null ? null : named(cluster.cluster(), parts[2]);
        if (cluster == null || member == null || !parts[3].equals("metrics")) {
            send(exchange, 404, "text/plain", out -> out.write(bytes("expected /CLUSTER/MEMBER/metrics\n")));
            return;
        }
        Optional<String> text = cluster.use(now(), member, (of, asked) -> {
            if (asked.process() != Process.RUNNING || !cluster.reachable(asked)) {
                return Optional.empty();
            }
            of.scraped(asked);
            return Optional.of(page.text(of, asked, this::epoch));
        });
        if (text.isPresent()) {
            send(exchange, 200, "text/plain; version=0.0.4; charset=utf-8", out -> out.write(bytes(text.get())));
        }
    }

    private static @Nullable Member named(Cluster cluster, String name) {
        return cluster.members().stream()
                .filter(member -> member.name().equals(name))
                .findFirst()
                .orElse(null);
    }

    private void api(String what, HttpExchange exchange) throws IOException {
        Map<String, List<String>> asked = parameters(exchange);
        moveOn();
        long nowMillis = Math.round(epoch(now()) * 1000);
        switch (what) {
            case "query" -> {
                String query = one(asked, "query", null);
                long at = millis(one(asked, "time", nowMillis / 1000.0 + ""));
                send(exchange, 200, "application/json", out -> answers.query(query, at, out));
            }
            case "query_range" -> {
                String query = one(asked, "query", null);
                long start = millis(one(asked, "start", null));
                long end = millis(one(asked, "end", null));
                String step = one(asked, "step", null);
                long each = step.matches("[0-9.]+") ? millis(step) : Selector.millis(step);
                send(exchange, 200, "application/json", out -> answers.range(query, start, end, each, out));
            }
            case "series" -> {
                List<String> matches = asked.getOrDefault("match[]", List.of());
                send(exchange, 200, "application/json", out -> answers.series(matches, nowMillis, out));
            }
            case "targets" -> send(exchange, 200, "application/json", out -> answers.targets(nowMillis, url(), out));
            case "status/buildinfo" -> send(exchange, 200, "application/json", out -> out.write(bytes(BUILD)));
            default -> throw new IllegalArgumentException("the simulator does not answer /api/v1/" + what);
        }
    }

    /** For a Prometheus of one's own: {@code http_sd_configs: [{url: .../sd}]}. */
    private String discovery() {
        StringBuilder json = new StringBuilder("[");
        for (ScrapedCluster cluster : clusters.values()) {
            for (Member member : cluster.cluster().members()) {
                json.append(json.length() == 1 ? "" : ",")
                        .append("{\"targets\":[\"127.0.0.1:")
                        .append(server.getAddress().getPort())
                        .append("\"],\"labels\":{\"__metrics_path__\":\"/")
                        .append(cluster.cluster().name())
                        .append('/')
                        .append(member.name())
                        .append("/metrics\",\"cluster\":")
                        .append(quoted(cluster.cluster().name()))
                        .append(",\"member\":\"")
                        .append(member.name())
                        .append("\",\"az\":\"")
                        .append(Script.zone(member))
                        .append("\"}}");
            }
        }
        return json.append(']').toString();
    }

    private static Map<String, List<String>> parameters(HttpExchange exchange) throws IOException {
        Map<String, List<String>> parameters = new HashMap<>();
        String query = exchange.getRequestURI().getRawQuery();
        String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
        for (String pair : ((query == null ? "" : query) + "&" + body).split("&")) {
            int equals = pair.indexOf('=');
            if (equals > 0) {
                parameters
                        .computeIfAbsent(decoded(pair.substring(0, equals)), unseen -> new ArrayList<>())
                        .add(decoded(pair.substring(equals + 1)));
            }
        }
        return parameters;
    }

    private static String decoded(String text) {
        return URLDecoder.decode(text, StandardCharsets.UTF_8);
    }

    private static String one(Map<String, List<String>> asked, String name, @Nullable String otherwise) {
        List<String> values = asked.get(name);
        if (values == null && otherwise == null) {
            throw new IllegalArgumentException("no " + name);
        }
        return values == null ? Objects.requireNonNull(otherwise) : values.get(0);
    }

    /** Seconds since the epoch, or RFC 3339. */
    private static long millis(String time) {
        try {
            return time.contains("T")
                    ? Instant.parse(time).toEpochMilli()
                    : Math.round(Double.parseDouble(time) * 1000);
        } catch (NumberFormatException | DateTimeParseException e) {
            throw new IllegalArgumentException("no time: " + time, e);
        }
    }

    private static String quoted(String text) {
        return '"' + text.replace("\\", "\\\\").replace("\"", "\\\"").replace("\n", "\\n") + '"';
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private interface Body {
        void writeTo(OutputStream out) throws IOException;
    }

    private static void send(HttpExchange exchange, int code, String type, Body body) throws IOException {
        String accepted = exchange.getRequestHeaders().getFirst("Accept-Encoding");
        boolean packed = accepted != null && accepted.contains("gzip");
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(1 << 16);
        try (OutputStream out = packed ? new GZIPOutputStream(bytes, 1 << 13) : bytes) {
            body.writeTo(out);
        }
        exchange.getResponseHeaders().set("Content-Type", type);
        if (packed) {
            exchange.getResponseHeaders().set("Content-Encoding", "gzip");
        }
        exchange.sendResponseHeaders(code, bytes.size());
        bytes.writeTo(exchange.getResponseBody());
    }
}
