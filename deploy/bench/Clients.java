import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayInputStream;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.net.HttpURLConnection;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.zip.GZIPInputStream;
import okhttp3.Call;
import okhttp3.Callback;
import okhttp3.ConnectionPool;
import okhttp3.Dispatcher;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.Response;

/** Fetches the pages of a file_sd file with one HTTP client, gzipped, counts their lines, and tells what that cost. */
final class Clients {

    private static final Duration WARM = Duration.parse("PT" + System.getenv().getOrDefault("WARM", "120s"));
    private static final Duration MEASURED = Duration.parse("PT" + System.getenv().getOrDefault("MEASURED", "60s"));
    private static final int THREADS = 16;
    private static final LongAdder LINES = new LongAdder();
    private static final LongAdder FAILURES = new LongAdder();

    private Clients() {}

    private interface Client {

        void fetch(String url) throws Exception;
    }

    public static void main(String[] args) throws Exception {
        long interval = Duration.parse("PT" + args[2]).toMillis();
        List<String> urls = urls(args[1]);
        Client client = client(args[0]);
        ScheduledExecutorService clock = Executors.newScheduledThreadPool(1);
        for (int i = 0; i < urls.size(); i++) {
            String url = urls.get(i);
            clock.scheduleAtFixedRate(
                    () -> {
                        try {
                            client.fetch(url);
                        } catch (Exception e) {
                            FAILURES.increment();
                        }
                    },
                    interval * i / urls.size(),
                    interval,
                    TimeUnit.MILLISECONDS);
        }
        Thread.sleep(WARM.toMillis());
        LINES.reset();
        double before = cpuSeconds();
        Thread.sleep(MEASURED.toMillis());
        double used = cpuSeconds() - before;
        System.out.printf(
                Locale.ROOT,
                "%s: %.2f CPU-seconds per million samples, %.2f ms per page; %d samples, %d failures%n",
                args[0],
                used / LINES.sum() * 1e6,
                used * 1e3 / (urls.size() * (double) MEASURED.toMillis() / interval),
                LINES.sum(),
                FAILURES.sum());
        System.exit(0);
    }

    private static List<String> urls(String file) throws IOException {
        List<String> urls = new ArrayList<>();
        for (JsonNode group : new ObjectMapper().readTree(new File(file))) {
            urls.add("http://" + group.at("/targets/0").asText() + group.at("/labels/__metrics_path__").asText());
        }
        return urls;
    }

    private static Client client(String name) {
        return switch (name) {
            case "okhttp" -> okHttp();
            case "java.net.http" -> javaNetHttp();
            case "HttpURLConnection" -> urlConnection();
            default -> throw new IllegalArgumentException(name);
        };
    }

    private static Client okHttp() {
        Dispatcher dispatcher = new Dispatcher();
        dispatcher.setMaxRequests(256);
        dispatcher.setMaxRequestsPerHost(256);
        OkHttpClient http = new OkHttpClient.Builder()
                .dispatcher(dispatcher)
                .connectionPool(new ConnectionPool(5_000, 1, TimeUnit.MINUTES))
                .build();
        return url -> http.newCall(new Request.Builder().url(url).build()).enqueue(new Callback() {
            @Override
            public void onFailure(Call call, IOException e) {
                FAILURES.increment();
            }

            @Override
            public void onResponse(Call call, Response response) throws IOException {
                try (response) {
                    count(response.body().byteStream());
                }
            }
        });
    }

    private static Client javaNetHttp() {
        HttpClient http = HttpClient.newHttpClient();
        return url -> http.sendAsync(
                        HttpRequest.newBuilder(URI.create(url)).header("Accept-Encoding", "gzip").build(),
                        HttpResponse.BodyHandlers.ofByteArray())
                .whenComplete((response, failure) -> {
                    try {
                        count(new GZIPInputStream(new ByteArrayInputStream(response.body()), 8192));
                    } catch (IOException e) {
                        throw new UncheckedIOException(e);
                    }
                });
    }

    private static Client urlConnection() {
        var threads = Executors.newFixedThreadPool(THREADS);
        return url -> threads.execute(() -> {
            try {
                HttpURLConnection connection = (HttpURLConnection) URI.create(url).toURL().openConnection();
                connection.setRequestProperty("Accept-Encoding", "gzip");
                try (InputStream page = connection.getInputStream()) {
                    count(new GZIPInputStream(page, 8192));
                }
            } catch (IOException e) {
                FAILURES.increment();
            }
        });
    }

    private static void count(InputStream page) throws IOException {
        byte[] bytes = page.readAllBytes();
        int lines = 0;
        for (int at = 0; at < bytes.length; at++) {
            if (bytes[at] == '\n' && at + 1 < bytes.length && bytes[at + 1] != '#') {
                lines++;
            }
        }
        LINES.add(lines);
    }

    private static double cpuSeconds() {
        var system = (com.sun.management.OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
        return system.getProcessCpuTime() / 1e9;
    }
}
