package io.quorate.cli.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpServer;
import io.quorate.desk.Home;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** One of our own jobs ends: people are told, and the beat outwards stops. */
@Tag("slow")
class PipelineBehindTest {

    private static final Pattern FLINK = Pattern.compile("Flink\\s+(http://\\S+)");

    private final HttpClient http = HttpClient.newHttpClient();

    @Test
    void pagesAndStopsTheHeartbeatWhenAJobOfOursEnds(@TempDir Path folder) throws Exception {
        Home home = RunningQuorate.freshHome(folder.resolve("home"));
        Path config = folder.resolve("quorate.yaml");
        AtomicInteger beats = new AtomicInteger();
        HttpServer listens = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 16);
        listens.createContext("/", exchange -> {
            exchange.getRequestBody().readAllBytes();
            beats.incrementAndGet();
            exchange.sendResponseHeaders(200, -1);
            exchange.close();
        });
        listens.start();
        try (Watched watched = Watched.start(folder.resolve("watched"))) {
            Files.writeString(config, watched.settings().replace("alerting:\n", """
                    alerting:
                      pipeline-behind: 15s
                      heartbeat: { url: "http://127.0.0.1:%d/", every: 2s }
                    """.formatted(
                            listens.getAddress().getPort())));
            try (RunningQuorate run = RunningQuorate.start(home, "--config", config.toString())) {
                Awaitility.await().atMost(Duration.ofMinutes(2)).until(() -> beats.get() >= 3);
                assertThat(watched.pages("QuoratePipelineBehind")).isEmpty();

                cancel(run, "quorate-percentiles");
                Awaitility.await()
                        .atMost(Duration.ofMinutes(2))
                        .until(() -> !watched.pages("QuoratePipelineBehind").isEmpty());
                int beatsAtThePage = beats.get();
                Awaitility.await()
                        .during(Duration.ofSeconds(8))
                        .atMost(Duration.ofSeconds(10))
                        // One may have been under way.
                        .until(() -> beats.get() <= beatsAtThePage + 1);

                assertThat(watched.pages("QuoratePipelineBehind")).first().satisfies(page -> {
                    assertThat(page.status()).isEqualTo("firing");
                    assertThat(page.severity()).isEqualTo("critical");
                });
            }
        } finally {
            listens.stop(0);
        }
    }

    private void cancel(RunningQuorate run, String name) throws Exception {
        Matcher told = FLINK.matcher(run.said());
        assertThat(told.find()).as(run.said()).isTrue();
        String url = told.group(1);
        JsonNode jobs = new ObjectMapper()
                .readTree(http.send(
                                HttpRequest.newBuilder(URI.create(url + "/jobs/overview"))
                                        .build(),
                                BodyHandlers.ofString())
                        .body());
        for (JsonNode job : jobs.path("jobs")) {
            if (job.path("name").asText().equals(name)) {
                URI cancel = URI.create(url + "/jobs/" + job.path("jid").asText() + "?mode=cancel");
                int code = http.send(
                                HttpRequest.newBuilder(cancel)
                                        .method("PATCH", HttpRequest.BodyPublishers.noBody())
                                        .build(),
                                BodyHandlers.discarding())
                        .statusCode();
                assertThat(code).isEqualTo(202);
                return;
            }
        }
        throw new AssertionError("no job " + name + " in " + jobs);
    }
}
