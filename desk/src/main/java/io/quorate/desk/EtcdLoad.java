package io.quorate.desk;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/** A light, steady load on an etcd cluster: puts and gets, member after member, failures counted and shrugged off. */
public final class EtcdLoad implements AutoCloseable {
    private static final Duration DEADLINE = Duration.ofSeconds(2);
    private static final int KEYS = 500;
    private static final int VALUE_BYTES = 256;
    /** A stalled member must not pile up requests here. */
    private static final int MAX_UNDERWAY = 64;

    private final HttpClient http = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(DEADLINE)
            .build();
    private final ScheduledExecutorService clock = Executors.newSingleThreadScheduledExecutor(runnable -> {
        Thread thread = new Thread(runnable, "etcd-load");
        thread.setDaemon(true);
        return thread;
    });
    private final List<String> endpoints;
    private final AtomicLong sent = new AtomicLong();
    private final AtomicLong succeeded = new AtomicLong();
    private final AtomicLong failed = new AtomicLong();
    private final AtomicInteger underway = new AtomicInteger();

    private EtcdLoad(List<String> endpoints) {
        this.endpoints = List.copyOf(endpoints);
    }

    /** Three puts to one get, at that many requests per second over all members. */
    public static EtcdLoad start(List<String> endpoints, int requestsPerSecond) {
        EtcdLoad load = new EtcdLoad(endpoints);
        load.clock.scheduleAtFixedRate(
                load::sendOne, 0, TimeUnit.SECONDS.toNanos(1) / requestsPerSecond, TimeUnit.NANOSECONDS);
        return load;
    }

    public long succeeded() {
        return succeeded.get();
    }

    public long failed() {
        return failed.get();
    }

    @Override
    public void close() {
        clock.shutdownNow();
    }

    private void sendOne() {
        long number = sent.getAndIncrement();
        if (underway.get() >= MAX_UNDERWAY) {
            failed.incrementAndGet();
            return;
        }
        underway.incrementAndGet();
        http.sendAsync(request(number), HttpResponse.BodyHandlers.discarding()).whenComplete((answer, error) -> {
            underway.decrementAndGet();
            boolean held = error == null && answer.statusCode() == 200;
            (held ? succeeded : failed).incrementAndGet();
        });
    }

    private HttpRequest request(long number) {
        String endpoint = endpoints.get((int) (number % endpoints.size()));
        String key = base64("quorate/load/" + number % KEYS);
        boolean get = number / endpoints.size() % 4 == 3;
        String body = get
                ? "{\"key\":\"" + key + "\"}"
                : "{\"key\":\"" + key + "\",\"value\":\""
                        + base64(Long.toString(number).repeat(VALUE_BYTES).substring(0, VALUE_BYTES)) + "\"}";
        return HttpRequest.newBuilder(URI.create(endpoint + (get ? "/v3/kv/range" : "/v3/kv/put")))
                .timeout(DEADLINE)
                .POST(HttpRequest.BodyPublishers.ofString(body))
                .build();
    }

    private static String base64(String text) {
        return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
    }
}
