package io.quorate.cli.demo;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Supplier;

/** Where the demo's pages arrive, and a small page that says where to look. */
final class WebhookListener implements AutoCloseable {

    private static final ObjectMapper JSON = new ObjectMapper();

    private final HttpServer server;
    private final List<Page> pages = new CopyOnWriteArrayList<>();
    private volatile Supplier<String> index = () -> "<p>Starting.</p>";

    /** One notification as it arrived. */
    record Page(
            String status,
            String rule,
            String severity,
            String cluster,
            String member,
            Instant startedAt,
            Instant deliveredAt,
            String id,
            String summary) {

        boolean isFiring() {
            return status.equals("firing");
        }
    }

    private WebhookListener(HttpServer server) {
        this.server = server;
    }

    static WebhookListener start() throws IOException {
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 64);
        WebhookListener listener = new WebhookListener(server);
        server.createContext("/hook", listener::receive);
        server.createContext("/", listener::show);
        server.start();
        return listener;
    }

    String url() {
        return "http://127.0.0.1:" + server.getAddress().getPort();
    }

    /** What {@link #url} shows a browser. */
    void shows(Supplier<String> html) {
        index = html;
    }

    List<Page> pages() {
        return List.copyOf(pages);
    }

    private void receive(HttpExchange exchange) throws IOException {
        Instant now = Instant.now();
        try (exchange) {
            JsonNode message = JSON.readTree(exchange.getRequestBody());
            for (JsonNode alert : message.path("alerts")) {
                // A message shows how the whole group stands; a page is what is new in it.
                if (!alert.path("news").asBoolean(true)) {
                    continue;
                }
                JsonNode labels = alert.path("labels");
                pages.add(new Page(
                        alert.path("status").asText(),
                        labels.path("alertname").asText(),
                        labels.path("severity").asText(),
                        labels.path("cluster").asText(),
                        labels.path("member").asText(""),
                        Instant.parse(alert.path("startsAt").asText()),
                        now,
                        alert.path("fingerprint").asText(),
                        alert.path("annotations").path("summary").asText()));
            }
            exchange.sendResponseHeaders(200, -1);
        }
    }

    private void show(HttpExchange exchange) throws IOException {
        try (exchange) {
            byte[] html = index.get().getBytes(StandardCharsets.UTF_8);
            exchange.getResponseHeaders().set("Content-Type", "text/html; charset=utf-8");
            exchange.sendResponseHeaders(200, html.length);
            exchange.getResponseBody().write(html);
        }
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
