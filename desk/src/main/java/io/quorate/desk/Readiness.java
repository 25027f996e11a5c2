package io.quorate.desk;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.BooleanSupplier;

/** Waiting for a part to answer, and no longer than it lives. */
final class Readiness {
    private static final Duration PAUSE = Duration.ofMillis(30);
    private static final HttpClient HTTP = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(Duration.ofSeconds(1))
            .build();

    private Readiness() {}

    static void await(Child child, Duration within, BooleanSupplier ready) {
        boolean held = holds(within, () -> {
            if (!child.alive()) {
                throw child.endedEarly();
            }
            return ready.getAsBoolean();
        });
        if (!held) {
            throw new PartUnavailable(child.name() + " did not answer within " + within.toSeconds() + " s: "
                    + child.lastWords() + " (whole log: " + child.logFile() + ")");
        }
    }

    static boolean holds(Duration within, BooleanSupplier condition) {
        long until = System.nanoTime() + within.toNanos();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() > until) {
                return false;
            }
            try {
                Thread.sleep(PAUSE.toMillis());
            } catch (InterruptedException e) {
                throw PartUnavailable.interrupted("a part", e);
            }
        }
        return true;
    }

    /** Whether somebody listens at this port of loopback, whatever they speak. */
    static boolean listens(int port) {
        try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 1_000);
            return true;
        } catch (IOException notYet) {
            return false;
        }
    }

    /** The body of a 200 answer; empty for any other answer or none. */
    static Optional<String> get(String url) {
        return answer(HttpRequest.newBuilder(URI.create(url)).GET());
    }

    static Optional<String> post(String url, String body) {
        return answer(HttpRequest.newBuilder(URI.create(url)).POST(HttpRequest.BodyPublishers.ofString(body)));
    }

    /** Whoever answers within the time, asked all at once. */
    static Map<String, String> postAll(List<String> urls, String body, Duration within) {
        Map<String, CompletableFuture<HttpResponse<String>>> asked = new LinkedHashMap<>();
        for (String url : urls) {
            HttpRequest request = HttpRequest.newBuilder(URI.create(url))
                    .timeout(within)
                    .POST(HttpRequest.BodyPublishers.ofString(body))
                    .build();
            asked.put(url, HTTP.sendAsync(request, HttpResponse.BodyHandlers.ofString()));
        }
        Map<String, String> answers = new LinkedHashMap<>();
        asked.forEach((url, future) -> {
            HttpResponse<String> response = future.exceptionally(silent -> null).join();
            if (response != null && response.statusCode() == 200) {
                answers.put(url, response.body());
            }
        });
        return answers;
    }

    private static Optional<String> answer(HttpRequest.Builder request) {
        try {
            HttpResponse<String> response =
                    HTTP.send(request.timeout(Duration.ofSeconds(1)).build(), HttpResponse.BodyHandlers.ofString());
            return response.statusCode() == 200 ? Optional.of(response.body()) : Optional.empty();
        } catch (IOException notYet) {
            return Optional.empty();
        } catch (InterruptedException e) {
            throw PartUnavailable.interrupted("a part", e);
        }
    }
}
