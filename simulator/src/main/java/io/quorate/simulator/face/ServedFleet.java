package io.quorate.simulator.face;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.quorate.simulator.etcd.EtcdFace;
import io.quorate.simulator.etcd.Seat;
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
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.BiFunction;
import java.util.stream.Collectors;
import java.util.zip.GZIPOutputStream;
import org.jspecify.annotations.Nullable;

/**
 * A fleet that is there to be asked, in real time or faster: each member's page at {@code /CLUSTER/MEMBER/metrics}, a
 * Prometheus that scrapes them all at {@code /api/v1}, the targets for a Prometheus of one's own at {@code /sd}, and each
 * member's gRPC on a port of its own.
 */
public final class ServedFleet implements AutoCloseable {

    /** For {@code etcdPort}: nobody will ask over gRPC. */
    public static final int NO_ETCD = -1;

    private static final int THREADS = 8;
    private static final long BEAT_MILLIS = 100;
    /** How long a stopped member is waited for: longer than whoever asks has patience. */
    private static final long HELD_NANOS = 30_000_000_000L;

    private static final int MOST_HELD = 10_000;
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
    private final List<Place> places = new ArrayList<>();
    private final HttpServer server;
    private final @Nullable EtcdFace etcd;
    private final ExecutorService threads = Executors.newFixedThreadPool(THREADS);
    private final ScheduledExecutorService beat = Executors.newSingleThreadScheduledExecutor();
    private final Queue<Held> held = new ConcurrentLinkedQueue<>();

    /** One member of the fleet. */
    private record Place(ServedFleet fleet, ScrapedCluster served, Member member) implements Seat {

        @Override
        public Cluster cluster() {
            return served.cluster();
        }

        @Override
        public Process process() {
            return served.use(fleet.now(), member, (cluster, asked) -> asked.process());
        }

        @Override
        public <T> Optional<T> ask(BiFunction<Cluster, Member, T> question) {
            return served.use(
                    fleet.now(),
                    member,
                    (cluster, asked) -> asked.process() == Process.RUNNING && served.reachable(asked)
                            ? Optional.of(question.apply(cluster, asked))
                            : Optional.empty());
        }
    }

    /** A question for a page that a stopped member has taken and not answered. */
    private record Held(HttpExchange exchange, Place place, long sinceNanos) {}

    private ServedFleet(Plan plan, long seed, Instant begin, double speed, int port, int etcdPort) throws IOException {
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
        for (ScrapedCluster cluster : clusters.values()) {
            cluster.cluster().members().forEach(member -> places.add(new Place(this, cluster, member)));
        }
        this.answers =
                new PrometheusAnswers(page, this::epoch, plan.collector().replicas(), List.copyOf(clusters.values()));
        this.server = HttpServer.create(new InetSocketAddress("127.0.0.1", port), 1024);
        server.setExecutor(threads);
        server.createContext("/", this::answer);
        try {
            this.etcd = etcdPort == NO_ETCD ? null : EtcdFace.open(List.copyOf(places), etcdPort);
        } catch (IOException e) {
            close();
            throw e;
        }
        server.start();
        beat.scheduleWithFixedDelay(this::beat, BEAT_MILLIS, BEAT_MILLIS, TimeUnit.MILLISECONDS);
    }

    /**
     * Starts.
     *
     * @param speed of simulated time against real time
     * @param port on loopback; 0 for a free one
     * @param etcdPort of the first member's gRPC, the next member has the next; 0 for free ones, or {@link #NO_ETCD}
     */
    public static ServedFleet start(Plan plan, long seed, Instant begin, double speed, int port, int etcdPort)
            throws IOException {
        return new ServedFleet(plan, seed, begin, speed, port, etcdPort);
    }

    /** What a {@code quorate.yaml} needs to watch this fleet. */
    public String settings() {
        StringBuilder yaml = new StringBuilder(
                        "# The fleet that quorate simulate --serve serves, as long as it does.\n")
                .append("ingest:\n  metrics-interval: ")
                .append(plan.collector().scrapeMicros() / Time.MILLISECOND)
                .append("ms\n  status-interval: ")
                .append(plan.collector().statusMicros() / Time.MILLISECOND)
                .append("ms\n  prometheus:\n    - url: ")
                .append(url())
                .append("\n      selector: '{job=\"etcd\"}'\n      cluster-label: cluster\n");
        if (etcd != null) {
            yaml.append("  etcd:\n");
            for (ScrapedCluster served : clusters.values()) {
                Cluster cluster = served.cluster();
                yaml.append("    - cluster: ")
                        .append(quoted(cluster.name()))
                        .append("\n      endpoints: [")
                        .append(String.join(", ", etcd.endpoints(cluster)))
                        .append("]\n");
                if (!cluster.labels().isEmpty()) {
                    yaml.append("      labels: {")
                            .append(cluster.labels().entrySet().stream()
                                    .map(label -> quoted(label.getKey()) + ": " + quoted(label.getValue()))
                                    .collect(Collectors.joining(", ")))
                            .append("}\n");
                }
            }
        }
        return yaml.toString();
    }

    /** The first so many clusters. */
    public List<String> names(int most) {
        return clusters.keySet().stream().limit(most).toList();
    }

    /** The gRPC addresses of the members of a cluster, in their order. */
    public List<String> endpoints(String cluster) {
        ScrapedCluster served = clusters.get(cluster);
        if (served == null || etcd == null) {
            throw new IllegalArgumentException("no gRPC for a cluster " + cluster);
        }
        return etcd.endpoints(served.cluster());
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
        beat.shutdownNow();
        server.stop(0);
        if (etcd != null) {
            etcd.close();
        }
        threads.shutdownNow();
    }

    /** Processes end and come back though nobody asks: their ports and those who wait must see it. */
    private void beat() {
        moveOn();
        if (etcd != null) {
            etcd.follow();
        }
        held.removeIf(waiting -> {
            Optional<String> text = page(waiting.place());
            boolean given = text.isPresent();
            boolean ended =
                    waiting.place().process() == Process.DOWN || System.nanoTime() - waiting.sinceNanos() > HELD_NANOS;
            if (given || ended) {
                threads.execute(() -> release(waiting.exchange(), text));
            }
            return given || ended;
        });
    }

    private static void release(HttpExchange exchange, Optional<String> text) {
        try (exchange) {
            if (text.isPresent()) {
                send(exchange, text.get());
            }
        } catch (IOException e) {
            // Who asked has gone.
            exchange.close();
        }
    }

    private long now() {
        return Simulation.WARM_UP + Time.micros(seconds());
    }

    private double epoch(long micros) {
        return begin.getEpochSecond() + begin.getNano() / 1e9 + Time.seconds(micros - Simulation.WARM_UP);
    }

    private void answer(HttpExchange exchange) {
        boolean keep = false;
        try {
            String path = exchange.getRequestURI().getPath();
            try {
                if (path.startsWith("/api/v1/")) {
                    api(path.substring(8), exchange);
                } else if (path.equals("/sd")) {
                    send(exchange, 200, "application/json", out -> out.write(bytes(discovery())));
                } else if (path.equals("/-/ready") || path.equals("/-/healthy")) {
                    send(exchange, 200, "text/plain", out -> out.write(bytes("Simulated and ready.\n")));
                } else {
                    keep = member(path.split("/", -1), exchange);
                }
            } catch (IllegalArgumentException e) {
                String error = "{\"status\":\"error\",\"errorType\":\"bad_data\",\"error\":"
                        + quoted(String.valueOf(e.getMessage())) + "}";
                send(exchange, 400, "application/json", out -> out.write(bytes(error)));
            }
        } catch (IOException e) {
            // Who asked has gone.
            keep = false;
        } finally {
            if (!keep) {
                exchange.close();
            }
        }
    }

    /**
     * {@code /CLUSTER/MEMBER/metrics}. A member that is down ends the connection; one that is stopped or out of reach holds
     * it, which is told by true, and answers if it goes on in time.
     */
    private boolean member(String[] parts, HttpExchange exchange) throws IOException {
        Place place = parts.length == 4 && parts[3].equals("metrics") ? place(parts[1], parts[2]) : null;
        if (place == null) {
            send(exchange, 404, "text/plain", out -> out.write(bytes("expected /CLUSTER/MEMBER/metrics\n")));
            return false;
        }
        Optional<String> text = page(place);
        if (text.isPresent()) {
            send(exchange, text.get());
            return false;
        }
        if (place.process() == Process.DOWN || held.size() >= MOST_HELD) {
            return false;
        }
        held.add(new Held(exchange, place, System.nanoTime()));
        return true;
    }

    private Optional<String> page(Place place) {
        return place.ask((cluster, member) -> {
            cluster.scraped(member);
            return page.text(cluster, member, this::epoch);
        });
    }

    private static void send(HttpExchange exchange, String text) throws IOException {
        send(exchange, 200, "text/plain; version=0.0.4; charset=utf-8", out -> out.write(bytes(text)));
    }

    private @Nullable Place place(String cluster, String name) {
        ScrapedCluster served = clusters.get(cluster);
        return served == null
                ? null
                : served.cluster().members().stream()
                        .filter(member -> member.name().equals(name))
                        .findFirst()
                        .map(member -> new Place(this, served, member))
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
