package io.quorate.cli.endtoend;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.IntPredicate;

/**
 * Somebody's webhook that honours {@code Idempotency-Key}: of messages with one key it takes the first, and answers 200 to all.
 */
final class Hook implements AutoCloseable {

    private static final ObjectMapper JSON = new ObjectMapper();

    private final HttpServer server;
    private final ExecutorService threads = Executors.newFixedThreadPool(16);
    private final IntPredicate refuses;
    private final AtomicInteger requests = new AtomicInteger();
    private final AtomicInteger repeats = new AtomicInteger();
    private final AtomicLong order = new AtomicLong();
    private final Set<String> keys = ConcurrentHashMap.newKeySet();
    private final Map<String, List<Long>> taken = new ConcurrentHashMap<>();
    private final Map<String, Integer> levels = new ConcurrentHashMap<>();
    private final Map<String, Instant> takenAt = new ConcurrentHashMap<>();
    private final List<Sent> messages = new CopyOnWriteArrayList<>();

    /** One message that was taken. */
    record Sent(Instant at, String key, String group, int news) {}

    /**
     * Opens on a free port.
     *
     * @param refuses by the number of the request, which ones are answered 503 or 429 and not taken
     */
    Hook(IntPredicate refuses) throws IOException {
        this.refuses = refuses;
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 1024);
        server.setExecutor(threads);
        server.createContext("/", this::answer);
        server.start();
    }

    String url() {
        return "http://127.0.0.1:" + server.getAddress().getPort() + "/hook";
    }

    int requests() {
        return requests.get();
    }

    /** How many came a second time under a key that was taken. */
    int repeats() {
        return repeats.get();
    }

    /** In which places each step of an alert was taken, {@code ID firing} or {@code ID resolved}. */
    Map<String, List<Long>> taken() {
        return taken;
    }

    /** What was taken more than once at one severity: {@code ID firing critical}. */
    List<String> doubled() {
        return levels.entrySet().stream()
                .filter(level -> level.getValue() > 1)
                .map(Map.Entry::getKey)
                .sorted()
                .toList();
    }

    /** When each of these steps was taken first. */
    Map<String, Instant> takenAt() {
        return takenAt;
    }

    List<Sent> messages() {
        return messages;
    }

    private void answer(HttpExchange exchange) throws IOException {
        byte[] body = exchange.getRequestBody().readAllBytes();
        int number = requests.incrementAndGet();
        if (refuses.test(number)) {
            exchange.sendResponseHeaders(number % 2 == 0 ? 503 : 429, -1);
        } else {
            take(exchange.getRequestHeaders().getFirst("Idempotency-Key"), body);
            exchange.sendResponseHeaders(200, -1);
        }
        exchange.close();
    }

    private void take(String key, byte[] body) throws IOException {
        if (!keys.add(key)) {
            repeats.incrementAndGet();
            return;
        }
        JsonNode message = JSON.readTree(body);
        List<String> news = new ArrayList<>();
        for (JsonNode alert : message.path("alerts")) {
            if (alert.path("news").asBoolean()) {
                String step = alert.path("fingerprint").asText()
                        + ' '
                        + alert.path("status").asText();
                news.add(step);
                levels.merge(step + ' ' + alert.path("labels").path("severity").asText(), 1, Integer::sum);
            }
        }
        messages.add(new Sent(Instant.now(), key, message.path("groupKey").asText(), news.size()));
        for (String step : news) {
            takenAt.putIfAbsent(step, Instant.now());
            taken.computeIfAbsent(step, id -> new CopyOnWriteArrayList<>()).add(order.incrementAndGet());
        }
    }

    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
    }
}
