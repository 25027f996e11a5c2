package io.quorate.ingest.prometheus;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.quorate.events.DeadLetter;
import io.quorate.ingest.poll.FakePollContext;
import io.quorate.ingest.transport.BearerToken;
import io.quorate.ingest.transport.Transport;
import io.quorate.testkit.BadTarget;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class BrokenPrometheusTest {

    private static final long NOON = Instant.parse("2026-11-20T12:00:00Z").toEpochMilli();
    private static final Duration OFTEN = PolledPrometheus.OFTEN;

    @AutoClose
    private final PolledPrometheus polled = new PolledPrometheus();

    private final FakePrometheus prometheus = polled.prometheus;
    private final FakePollContext context = polled.context;

    static Stream<Arguments> breakages() {
        return Stream.of(
                breakage("html", it -> it.answers(200, "<!doctype html><p>Sign in"), "not-json", "<!doctype html>"),
                breakage("error page", it -> it.answers(500, "oops"), "http-status", "HTTP 500 oops"),
                breakage("no api", it -> it.answers(404, ""), "http-status", "below the url"),
                breakage(
                        "no api, in VictoriaMetrics",
                        it -> it.answers(400, "unsupported path"),
                        "http-status",
                        "below"),
                breakage("not allowed", it -> it.answers(401, ""), "auth", "bearer-token-file"),
                breakage("redirect", it -> it.answers(302, ""), "http-status", "redirects are not followed"),
                breakage("half a body", FakePrometheus::answersHalf, "truncated", "breaks off"),
                breakage("half a text", it -> it.answers(200, "{\"status\":\"succ"), "truncated", "breaks off"),
                breakage("empty", it -> it.answers(200, ""), "truncated", "it is empty"),
                breakage("hang", FakePrometheus::answersNever, "timeout", "within 150ms"),
                breakage(
                        "refused query",
                        it -> it.answers(
                                400, "{\"status\":\"error\",\"errorType\":\"bad_data\",\"error\":\"parse error\"}"),
                        "query-error",
                        "HTTP 400, bad_data: parse error"),
                breakage(
                        "error with 200",
                        it -> it.answers(200, "{\"status\":\"error\",\"errorType\":\"x\",\"error\":\"y\"}"),
                        "query-error",
                        "x: y"),
                breakage(
                        "a vector",
                        it -> it.answers(
                                200, "{\"status\":\"success\",\"data\":{\"resultType\":\"vector\",\"result\":[]}}"),
                        "not-prometheus",
                        "expected a matrix"),
                breakage("other JSON", it -> it.answers(200, "[1]"), "not-prometheus", "START_OBJECT expected"),
                breakage("too large", it -> it.answersPacked(17 << 20), "too-large", "larger than 16777216 bytes"),
                breakage("gzip bomb", it -> it.answersPacked(200 << 20), "too-large", "larger than 16777216 bytes"));
    }

    @Test
    void takesNoMoreOfWhatIsTooLargeThanTheCapAndWhatBuffersHold() {
        String beginning = "{\"status\":\"success\",\"data\":{\"resultType\":\"matrix\",\"result\":[";
        try (BadTarget large = BadTarget.answeringMebibytes(beginning, 100);
                PrometheusPoller poller =
                        polled.poller(PrometheusSettings.of(large.url(), Duration.ofSeconds(10)), Map.of())) {
            poller.start();
            await().until(() -> !context.letters().isEmpty());
            assertThat(context.letters()).extracting(DeadLetter::reason).containsOnly("too-large");
            assertThat(large.mostSent()).isBetween(16L << 20, 50L << 20);
        }
    }

    private static Arguments breakage(String name, Consumer<FakePrometheus> how, String reason, String detail) {
        return Arguments.of(name, how, reason, detail);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("breakages")
    void tellsOfABrokenPrometheusAndGoesOnWhenItIsWell(
            String name, Consumer<FakePrometheus> how, String reason, String detail) {
        polled.giveScrape("m1", NOON, 5);
        how.accept(prometheus);
        // Unpacking megabytes takes its time.
        Duration interval = Duration.ofSeconds(reason.equals("too-large") ? 2 : 1);
        Duration timeout = reason.equals("timeout") ? Duration.ofMillis(150) : interval;
        PrometheusSettings settings = new PrometheusSettings(
                prometheus.url(), "{}", "cluster", null, null, interval, timeout, Transport.PLAIN, List.of());
        try (PrometheusPoller poller = polled.poller(settings, Map.of())) {
            poller.start();
            await().until(() -> !context.parcels.isEmpty());
            assertThat(context.letters().get(0).reason()).isEqualTo(reason);
            assertThat(context.letters().get(0).detail()).contains(detail);
            assertThat(context.letters().get(0).source()).isEqualTo(prometheus.url());

            prometheus.answersWell();
            await().until(() -> !context.scrapes().isEmpty());
        }
        assertThat(context.failures.get()).isEqualTo(context.letters().size()).isLessThan(context.polls.get());
    }

    @Test
    void tellsOfAPrometheusThatIsNotThere() {
        prometheus.close();
        try (PrometheusPoller poller =
                polled.poller(PrometheusSettings.of(prometheus.url(), Duration.ofSeconds(1)), Map.of())) {
            poller.start();
            await().until(() -> context.parcels.size() >= 2);
        }

        assertThat(context.letters())
                .allSatisfy(letter -> assertThat(letter.reason()).isEqualTo("refused"));
    }

    @Test
    void saysOnceThatAPrometheusIsLeftAloneAndCountsEachPoll() {
        prometheus.close();
        try (PrometheusPoller poller = polled.poller(PrometheusSettings.of(prometheus.url(), OFTEN), Map.of())) {
            poller.start();
            await().atMost(Duration.ofSeconds(30))
                    .until(() -> context.leftOut.get() >= 6 && context.failures.get() >= 7);
        }

        assertThat(context.letters())
                .filteredOn(letter -> letter.reason().equals("not-asked"))
                .singleElement()
                .satisfies(letter -> assertThat(letter.detail()).startsWith("5 failures in a row, last: refused: "));
        assertThat(context.letters())
                .filteredOn(letter -> letter.reason().equals("refused"))
                .hasSizeGreaterThanOrEqualTo(6);
    }

    @Test
    void showsItsTokenAndTellsWhenThereIsNone(@TempDir Path folder) throws Exception {
        polled.giveScrape("m1", NOON, 5);
        Path token = Files.writeString(folder.resolve("token"), "s3cret\n");
        PrometheusSettings settings = new PrometheusSettings(
                prometheus.url(),
                "{}",
                "cluster",
                null,
                null,
                OFTEN,
                OFTEN,
                Transport.of(BearerToken.inFile(token.toString())),
                List.of());
        polled.poll(settings, 1);
        assertThat(prometheus.authorizations).containsOnly("Bearer s3cret");

        Files.delete(token);
        context.parcels.clear();
        try (PrometheusPoller poller = polled.poller(settings, Map.of())) {
            poller.start();
            await().until(() -> !context.parcels.isEmpty());
        }
        assertThat(context.letters().get(0).detail())
                .startsWith("bearer-token-file")
                .contains("cannot be read");
    }
}
