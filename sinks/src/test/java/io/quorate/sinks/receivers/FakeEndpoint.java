package io.quorate.sinks.receivers;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Function;

/** Somebody's HTTP endpoint: answers as scripted, then 200 for ever, and remembers what it was sent. */
public final class FakeEndpoint implements AutoCloseable {

    private final HttpServer server;
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final CountDownLatch closing = new CountDownLatch(1);
    private final Deque<Reply> script = new ArrayDeque<>();
    private final List<Request> requests = new CopyOnWriteArrayList<>();
    private volatile Function<Request, Reply> otherwise = request -> Reply.of(200);

    /** What it was sent; header names in lower case. */
    public record Request(String method, String path, Map<String, String> headers, String body, Instant arrivedAt) {}

    /** What it says; a negative status is silence. */
    public record Reply(int status, Map<String, String> headers, String body) {

        public static Reply of(int status) {
            return new Reply(status, Map.of(), "");
        }

        public static Reply silence() {
            return of(-1);
        }

        public Reply with(String header, String value) {
            return new Reply(status, Map.of(header, value), body);
        }

        public Reply saying(String words) {
            return new Reply(status, headers, words);
        }
    }

    public FakeEndpoint() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setExecutor(threads);
        server.createContext("/", this::answer);
        server.start();
    }

    public String url(String path) {
        return "http://127.0.0.1:" + server.getAddress().getPort() + path;
    }

    public void replies(Reply... replies) {
        synchronized (script) {
            script.addAll(List.of(replies));
        }
    }

    public void repliesBy(Function<Request, Reply> rule) {
        otherwise = rule;
    }

    public List<Request> requests() {
        return requests;
    }

    @Override
    public void close() {
        closing.countDown();
        server.stop(0);
        threads.shutdownNow();
    }

    private void answer(HttpExchange exchange) throws IOException {
        Map<String, String> headers = new TreeMap<>();
        exchange.getRequestHeaders().forEach((name, values) -> headers.put(name.toLowerCase(), values.get(0)));
        String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
        Request request = new Request(
                exchange.getRequestMethod(), exchange.getRequestURI().toString(), headers, body, Instant.now());
        Reply reply;
        synchronized (script) {
            requests.add(request);
            reply = script.isEmpty() ? otherwise.apply(request) : script.poll();
        }
        if (reply.status() < 0) {
            awaitClose();
        }
        reply.headers().forEach(exchange.getResponseHeaders()::add);
        byte[] words = reply.body().getBytes(StandardCharsets.UTF_8);
        exchange.sendResponseHeaders(Math.abs(reply.status()), words.length == 0 ? -1 : words.length);
        exchange.getResponseBody().write(words);
        exchange.close();
    }

    private void awaitClose() throws IOException {
        try {
            closing.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        throw new IOException("silent to the end");
    }
}
