package io.quorate.cli.stack;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import io.quorate.desk.FreePorts;
import io.quorate.ingest.prometheus.PrometheusSource;
import io.quorate.jobs.JobEnvironment;
import io.quorate.jobs.settings.Settings;
import io.quorate.jobs.settings.SettingsReader;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.regex.Pattern;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.functions.sink.v2.DiscardingSink;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A source in a real Flink with the configuration of {@code quorate run}: one server that answers, one that is not there. */
class SelfMetricsTest {

    private static final byte[] NOTHING = "{\"status\":\"success\",\"data\":{\"resultType\":\"matrix\",\"result\":[]}}"
            .getBytes(StandardCharsets.UTF_8);

    @TempDir
    Path folder;

    private HttpServer server;

    @BeforeEach
    void serve() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", exchange -> {
            try (exchange) {
                exchange.getRequestBody().readAllBytes();
                exchange.sendResponseHeaders(200, NOTHING.length);
                exchange.getResponseBody().write(NOTHING);
            }
        });
        server.start();
    }

    @AfterEach
    void stop() {
        server.stop(0);
    }

    @Test
    void aPrometheusCanScrapeWhatReadersTellOfThemselves() throws Exception {
        Settings settings = SettingsReader.read(Files.writeString(folder.resolve("quorate.yaml"), """
                ingest:
                  prometheus:
                    - { url: "http://127.0.0.1:%d", cluster: c }
                    - { url: "http://127.0.0.1:%d", cluster: d }
                """.formatted(
                        server.getAddress().getPort(), FreePorts.next())));
        int port = FreePorts.next();
        Configuration configuration = JobEnvironment.configuration(settings.flink());
        JobEnvironment.showMetrics(configuration, port);
        StreamExecutionEnvironment env = StreamExecutionEnvironment.getExecutionEnvironment(configuration);
        env.setParallelism(1);
        env.fromSource(new PrometheusSource(settings.prometheus()), WatermarkStrategy.noWatermarks(), "poll-prometheus")
                .sinkTo(new DiscardingSink<>());
        JobClient job = env.executeAsync("self-metrics");
        try {
            Awaitility.await().atMost(Duration.ofMinutes(1)).ignoreExceptions().untilAsserted(() -> {
                String page = page(port);
                assertThat(page).matches(told("polls", "[1-9].*"));
                assertThat(page).matches(told("answers", "[1-9].*"));
                assertThat(page).matches(told("failures", "[1-9].*"));
                assertThat(page).matches(told("samples", "0.0"));
                assertThat(page).matches(told("leftOut", "[0-9.]+"));
                assertThat(page).matches(told("targets", "2.0"));
                assertThat(page).matches(told("pollLagP99Seconds", "[0-9.E-]+"));
                assertThat(page).matches(told("handOverLagP99Seconds", "[0-9.E-]+"));
                assertThat(page)
                        .matches(Pattern.compile(
                                ".*\\nflink_taskmanager_job_task_operator_reason_failuresByReason\\{[^\\n]*reason=\"refused\""
                                        + "[^\\n]*} [1-9].*",
                                Pattern.DOTALL));
                assertThat(page)
                        .matches(Pattern.compile(
                                ".*\\nflink_taskmanager_job_task_operator_cluster_target_reason_failuresByTarget\\{"
                                        + "(?=[^\\n]*cluster=\"d\")(?=[^\\n]*reason=\"refused\")[^\\n]*} [1-9].*",
                                Pattern.DOTALL));
            });
        } finally {
            job.cancel().get();
        }
    }

    private static Pattern told(String metric, String value) {
        return Pattern.compile(
                ".*\\nflink_taskmanager_job_task_operator_" + metric
                        + "\\{[^\\n]*operator_name=\"Source:_poll_prometheus\"[^\\n]*} " + value + "\\n.*",
                Pattern.DOTALL);
    }

    private static String page(int port) throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/metrics"))
                .timeout(Duration.ofSeconds(5))
                .build();
        return HttpClient.newHttpClient()
                .send(request, HttpResponse.BodyHandlers.ofString())
                .body();
    }
}
