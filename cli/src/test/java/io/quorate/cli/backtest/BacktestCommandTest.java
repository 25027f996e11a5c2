package io.quorate.cli.backtest;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpServer;
import java.io.InputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** With one rule, on a recording in which the leader was paused nine times. */
class BacktestCommandTest {

    private static final ObjectMapper JSON = new ObjectMapper();

    @TempDir
    private Path folder;

    private final StringWriter said = new StringWriter();
    private final List<Exception> problems = new ArrayList<>();

    @BeforeEach
    void copy() throws Exception {
        resource("/recordings/storm.jsonl.gz", "storm.jsonl.gz");
        resource("/recordings/storm.truth.json", "storm.truth.json");
        Files.createDirectory(folder.resolve("rules"));
        resource("/rules/etcd-election-storm.yaml", "rules/storm.yaml");
    }

    @Test
    void tellsTheLedgerAndHowItComparesWithTheTruth() {
        assertThat(backtest("--truth", at("storm.truth.json"))).isZero();

        assertThat(said.toString())
                .contains("9 leader changes, ")
                .contains("1 page and 0 warnings of 1 episode that fired")
                .contains("EtcdElectionStorm  storm")
                .contains("Recall ")
                .contains("lacks: no member list");
    }

    @Test
    void tellsWhatAnotherRuleSetSaysOtherwise() throws Exception {
        Path other = Files.createDirectory(folder.resolve("other"));
        String rule = Files.readString(folder.resolve("rules/storm.yaml"));
        String later = rule.replace("at-least: 3", "at-least: 6");
        assertThat(later).isNotEqualTo(rule);
        Files.writeString(other.resolve("storm.yaml"), later);

        assertThat(backtest("--compare", other.toString(), "--format", "json")).isZero();

        JsonNode difference = JSON.readTree(said.toString()).get("difference");
        assertThat(difference.toString()).contains("later");
    }

    @Test
    void runsOnceForEachValueOfASweep() throws Exception {
        assertThat(backtest("--sweep", "EtcdElectionStorm.critical.count=3..9/3", "--format", "json"))
                .isZero();

        JsonNode sweep = JSON.readTree(said.toString()).get("sweep");
        assertThat(sweep.get("points")).hasSize(3);
        assertThat(sweep.get("points").get(0).toString())
                .isNotEqualTo(sweep.get("points").get(2).toString());
    }

    @Test
    void writesAPageThatStandsByItself() throws Exception {
        assertThat(backtest("--format", "html", "--to", at("page.html"))).isZero();

        assertThat(Files.readString(folder.resolve("page.html")))
                .startsWith("<!doctype html>")
                .contains("EtcdElectionStorm")
                .contains("default-src 'none'")
                .doesNotContain("src=", "href=\"http");
        assertThat(said.toString()).contains("html in ");
    }

    @Test
    void notifiesNobodyThoughReceiversAreSet() throws Exception {
        AtomicInteger notified = new AtomicInteger();
        HttpServer receiver = HttpServer.create(new InetSocketAddress("127.0.0.1", 0), 0);
        receiver.createContext("/", exchange -> {
            notified.incrementAndGet();
            exchange.sendResponseHeaders(200, -1);
            exchange.close();
        });
        receiver.start();
        Path settings = Files.writeString(folder.resolve("quorate.yaml"), """
                ingest:
                  prometheus:
                    - url: http://127.0.0.1:9
                      selector: '{job="etcd"}'
                      cluster-label: cluster
                kafka: { bootstrap: "127.0.0.1:9" }
                rules: { directory: rules, profile: lab }
                alerting:
                  receivers:
                    - webhook: { url: "http://127.0.0.1:%d/" }
                """.formatted(
                        receiver.getAddress().getPort()));
        try {
            assertThat(run("--from", at("storm.jsonl.gz"), "--config", settings.toString()))
                    .as(problems + " " + said)
                    .isZero();
        } finally {
            receiver.stop(0);
        }

        assertThat(said.toString()).contains("1 page and 0 warnings");
        assertThat(notified).hasValue(0);
    }

    @Test
    void goesOnWhereItWasAndOnlyWithTheSame() {
        assertThat(backtest("--resume", at("kept"))).isZero();
        String first = said.toString();
        said.getBuffer().setLength(0);
        assertThat(backtest("--resume", at("kept"))).isZero();
        assertThat(said).hasToString(first);

        assertThat(backtest("--resume", at("kept"), "--window", "20s")).isEqualTo(2);
        assertThat(problems)
                .singleElement()
                .satisfies(problem -> assertThat(problem)
                        .hasMessageContaining("holds a backtest of another history, span or rule set"));
    }

    @Test
    void saysWhatIsWrongWithWhatItIsAsked() {
        assertThat(run("--from", "topics", "--at", "127.0.0.1:1")).isEqualTo(2);
        assertThat(run("--from", "clickhouse", "--since", "1h")).isEqualTo(2);
        assertThat(run("--from", "prometheus", "--at", "http://127.0.0.1:1", "--since", "soon"))
                .isEqualTo(2);
        assertThat(backtest("--sweep", "EtcdElectionStorm.cuont=3..8")).isEqualTo(2);
        assertThat(backtest("--sweep", "EtcdElectionStorm.count=3..8", "--compare", "live"))
                .isEqualTo(2);
        assertThat(backtest("--clusters", "a")).isEqualTo(2);
        assertThat(backtest("--compare", "live")).isEqualTo(2);

        assertThat(problems)
                .extracting(Exception::getMessage)
                .satisfiesExactly(
                        one -> assertThat(one).contains("needs --since"),
                        one -> assertThat(one).contains("no ClickHouse; expected --at URL"),
                        one -> assertThat(one).contains("--since soon is no time"),
                        one -> assertThat(one).contains("has no number 'cuont'"),
                        one -> assertThat(one).contains("expected one of them"),
                        one -> assertThat(one).contains("--clusters is for servers"),
                        one -> assertThat(one).contains("--compare live: expected --from topics"));
    }

    private int backtest(String... more) {
        return run(Stream.concat(
                        Stream.of("--from", at("storm.jsonl.gz"), "--rules", at("rules"), "--profile", "lab"),
                        Stream.of(more))
                .toArray(String[]::new));
    }

    private int run(String... arguments) {
        return new CommandLine(new BacktestCommand())
                .setCaseInsensitiveEnumValuesAllowed(true)
                .setOut(new PrintWriter(said, true))
                .setErr(new PrintWriter(said, true))
                .setExecutionExceptionHandler((problem, command, parsed) -> {
                    problems.add(problem);
                    return problem instanceof IllegalArgumentException ? 2 : 3;
                })
                .execute(arguments);
    }

    private String at(String name) {
        return folder.resolve(name).toString();
    }

    private void resource(String name, String to) throws Exception {
        try (InputStream in = BacktestCommandTest.class.getResourceAsStream(name)) {
            Files.copy(Objects.requireNonNull(in, name), folder.resolve(to));
        }
    }
}
