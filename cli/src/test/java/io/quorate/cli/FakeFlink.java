package io.quorate.cli;

import com.sun.net.httpserver.HttpServer;
import io.quorate.cli.stack.FlinkRest;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** Answers what a JobManager's REST API answers, for jobs that do not exist. The real one is asked by the slow tests. */
final class FakeFlink implements AutoCloseable {

    private final HttpServer server;
    private final List<String> jobs = new ArrayList<>();
    private final Map<String, String> answers = new ConcurrentHashMap<>();

    FakeFlink() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 16);
        answers.put("/config", "{}");
        server.createContext("/", exchange -> {
            try (exchange) {
                String told = exchange.getRequestURI().getPath().equals("/jobs/overview")
                        ? "{\"jobs\":[" + String.join(",", jobs) + "]}"
                        : answers.get(exchange.getRequestURI().toString());
                byte[] body = (told == null ? "{}" : told).getBytes(StandardCharsets.UTF_8);
                exchange.sendResponseHeaders(told == null ? 404 : 200, body.length);
                try (OutputStream out = exchange.getResponseBody()) {
                    out.write(body);
                }
            }
        });
        server.start();
    }

    /** A job with that many tasks, of which so many run. */
    FakeFlink has(String id, String name, String state, int running, int tasks) {
        jobs.add(
                "{\"jid\":\"%s\",\"name\":\"%s\",\"state\":\"%s\",\"start-time\":%d,\"tasks\":{\"running\":%d,\"total\":%d}}"
                        .formatted(id, name, state, 1_000 + jobs.size(), running, tasks));
        return this;
    }

    FakeFlink answers(String path, String body) {
        answers.put(path, body);
        return this;
    }

    String url() {
        return "http://127.0.0.1:" + server.getAddress().getPort();
    }

    FlinkRest rest() {
        return new FlinkRest(List.of(url()));
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
