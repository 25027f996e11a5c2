package io.quorate.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The command from outside: exit codes, and what stands on standard output and standard error. */
class QuorateTest {

    @TempDir
    Path folder;

    @RegisterExtension
    final Console console = new Console();

    @ParameterizedTest
    @ValueSource(
            strings = {
                "demo",
                "run",
                "backtest",
                "doctor",
                "query",
                "verify",
                "dead-letters",
                "simulate",
                "cluster",
                "clean"
            })
    void helpsWithEveryVerb(String verb) {
        assertThat(Quorate.run(verb, "--help")).isZero();
        assertThat(console.told()).contains("Usage: quorate " + verb);
    }

    @Test
    void tellsItsVerbsWhenAskedForNothing() {
        assertThat(Quorate.run()).isZero();
        assertThat(console.told())
                .contains(
                        "demo",
                        "run",
                        "backtest",
                        "doctor",
                        "query",
                        "verify",
                        "dead-letters",
                        "simulate",
                        "cluster",
                        "clean",
                        "Exit codes");
    }

    @Test
    void refusesUnknownVerbsAndOptionsWithTwo() {
        assertThat(Quorate.run("dance")).isEqualTo(2);
        assertThat(Quorate.run("backtest", "--form", "x")).isEqualTo(2);
        assertThat(console.complained()).contains("dance").contains("--format");
    }

    @Test
    void tellsEveryProblemOfBadSettingsOnItsOwnLineWithoutAStackTrace() throws Exception {
        Path bad = folder.resolve("bad.yaml");
        Files.writeString(bad, """
                ingest:
                  metrics-intervall: 10s
                  status-interval: -1s
                  etcd:
                    - cluster: prod
                      endpoints: nowhere
                """);

        assertThat(Quorate.run("doctor", "--config", bad.toString())).isEqualTo(2);
        assertThat(console.complained().lines())
                .hasSize(3)
                .allMatch(line -> line.matches(".*bad\\.yaml:\\d+: .*"))
                .noneMatch(line -> line.contains("\tat "));
    }

    /** The five that people plant: an unknown key, a negative duration, a wrong type, a missing file, a bad address. */
    @Test
    void tellsFivePlantedProblemsInFiveLines() throws Exception {
        Path bad = folder.resolve("bad.yaml");
        Files.writeString(bad, """
                ingest:
                  metrics-intervall: 10s
                  status-interval: -1s
                  prometheus:
                    - url: ftp://prometheus.example
                      bearer-token-file: nowhere
                kafka:
                  bootstrap: kafka.example:9092
                  partitions: many
                """);

        assertThat(Quorate.run("doctor", "--config", bad.toString())).isEqualTo(2);
        assertThat(console.complained().lines())
                .containsExactly(
                        bad + ":2: unknown key 'metrics-intervall'; did you mean 'metrics-interval'?",
                        bad + ":3: 'status-interval' is \"-1s\"; expected a duration like 500ms, 10s or 24h",
                        bad + ":5: 'url' is \"ftp://prometheus.example\"; expected an address like"
                                + " http://prometheus.example:9090",
                        bad + ":6: 'bearer-token-file' names no readable file (not repeated, as it may hold a secret);"
                                + " expected the path of a readable file, relative to this one",
                        bad + ":9: 'partitions' is \"many\"; expected a whole number from 1 to 10000");
        assertThat(console.told()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"doctor", "run"})
    void printsTheEffectiveSettingsWithoutReachingOut(String verb) throws Exception {
        Path settings = folder.resolve("quorate.yaml");
        Files.writeString(settings, """
                ingest: { prometheus: [ { url: "http://127.0.0.1:1" } ] }
                alerting: { receivers: [ { webhook: { url: "http://127.0.0.1:1/s3cret" } } ] }
                kafka: { bootstrap: "127.0.0.1:1" }
                """);

        assertThat(Quorate.run(verb, "--config", settings.toString(), "--print-config"))
                .isZero();
        assertThat(console.told())
                .contains("metrics-interval: 10s", "bootstrap: 127.0.0.1:1", "url: http://127.0.0.1:1/***")
                .doesNotContain("s3cret");
        assertThat(console.complained()).isEmpty();

        Files.writeString(settings, "ingest: {}");
        assertThat(Quorate.run(verb, "--config", settings.toString(), "--print-config"))
                .isEqualTo(2);
    }

    /** Peers that listen and never answer, of which ClickHouse's client alone would wait five minutes for one. */
    @Test
    void doesNotWaitForDeadPeersOneAfterTheOther() throws Exception {
        try (ServerSocket silent = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
            String address = "http://127.0.0.1:" + silent.getLocalPort();
            Path settings = folder.resolve("quorate.yaml");
            Files.writeString(settings, """
                    ingest:
                      prometheus:
                        - { url: "%1$s" }
                        - { url: "%1$s/a" }
                        - { url: "%1$s/b" }
                        - { url: "%1$s/c" }
                    clickhouse: { url: "%1$s" }
                    kafka: { bootstrap: "127.0.0.1:1" }
                    alerting: { receivers: [ { webhook: { url: "http://127.0.0.1:1/s3cret" } } ] }
                    """.formatted(address));

            long begun = System.nanoTime();
            assertThat(Quorate.run("doctor", "--config", settings.toString())).isEqualTo(3);

            assertThat(Duration.ofNanos(System.nanoTime() - begun)).isLessThan(Duration.ofSeconds(30));
            assertThat(console.complained().lines()).hasSize(7);
            assertThat(console.complained())
                    .contains("MISS  clickhouse       " + address + " has not answered within 5 s")
                    .contains("MISS  receiver webhook 127.0.0.1:1 cannot be reached")
                    .doesNotContain("s3cret");
        }
    }

    @Test
    void saysWhichPartIsOutOfReachWithThree() throws Exception {
        Path settings = folder.resolve("quorate.yaml");
        Files.writeString(settings, """
                ingest:
                  prometheus: [ { url: "http://127.0.0.1:1" } ]
                  etcd: [ { cluster: c1, endpoints: ["http://127.0.0.1:1"] } ]
                clickhouse: { url: "http://127.0.0.1:1" }
                kafka: { bootstrap: "127.0.0.1:1" }
                """);

        assertThat(Quorate.run("doctor", "--config", settings.toString())).isEqualTo(3);
        assertThat(console.complained())
                .contains("prometheus", "etcd c1", "clickhouse", "kafka")
                .contains("nobody listens at 127.0.0.1:1; check the address and that the member runs")
                .contains("cannot be asked: refused: Failed to connect to 127.0.0.1:1")
                .doesNotContain("ok ");
        assertThat(console.told())
                .contains(": 1 Prometheus; 1 etcd cluster\n")
                .contains(" rules under profile fleet, 0 overrides: EtcdCauseCpu, ", ", EtcdElectionStorm, ")
                .doesNotContain("MISS");
    }

    @Test
    void backtestsARecordingTheSameWayTwice() throws Exception {
        Path recording = resource("storm.jsonl.gz");
        for (String run : List.of("one", "two")) {
            Files.createDirectory(folder.resolve(run));
            assertThat(Quorate.run(
                            "backtest",
                            "--from",
                            recording.toString(),
                            "--profile",
                            "lab",
                            "--windows",
                            folder.resolve(run + "/w").toString(),
                            "--changes",
                            folder.resolve(run + "/c").toString(),
                            "--alerts",
                            folder.resolve(run + "/a").toString()))
                    .as(console.complained())
                    .isZero();
        }

        for (String file : List.of("w", "c", "a")) {
            assertThat(folder.resolve("one/" + file)).hasSameBinaryContentAs(folder.resolve("two/" + file));
        }
        assertThat(lines("one/c")).isEqualTo(9);
        assertThat(console.told()).contains("9 leader changes");
    }

    @Test
    void namesDamagedLinesAndGoesOn() throws Exception {
        Path recording = folder.resolve("damaged.jsonl");
        Files.writeString(
                recording,
                "{\"t\":1795200147.6,\"d\":0.9,\"cluster\":\"c\",\"member\":\"m1\",\"kind\":\"metrics\","
                        + "\"err\":\"timed out\"}\nnot json\n");

        assertThat(Quorate.run("backtest", "--from", recording.toString())).isZero();
        assertThat(console.complained()).contains("damaged.jsonl:2").contains("1 lines refused");
    }

    @Test
    void refusesToBacktestNothing() throws Exception {
        assertThat(Quorate.run("backtest", "--from", folder.resolve("none").toString()))
                .isEqualTo(2);
        Path empty = folder.resolve("empty.jsonl");
        Files.writeString(empty, "");
        assertThat(Quorate.run("backtest", "--from", empty.toString())).isEqualTo(2);
        assertThat(Quorate.run("backtest", "--from", empty.toString(), "--window", "soon"))
                .isEqualTo(2);
        assertThat(Quorate.run("backtest", "--from", empty.toString(), "--profile", "moon"))
                .isEqualTo(2);
        assertThat(console.complained()).contains("cannot be read", "no duration", "moon");
    }

    @Test
    void verifiesNothingWhereNothingWasKept() {
        assertThat(Quorate.run("verify", "--kept", folder.toString())).isEqualTo(2);
        assertThat(Quorate.run("verify", "--clickhouse", "http://127.0.0.1:1")).isEqualTo(3);
        assertThat(console.complained()).contains("data/clickhouse").contains("127.0.0.1:1");
    }

    private long lines(String file) throws Exception {
        try (Stream<String> all = Files.lines(folder.resolve(file))) {
            return all.count();
        }
    }

    private Path resource(String name) throws Exception {
        Path copy = folder.resolve(name);
        try (var in = QuorateTest.class.getResourceAsStream("/recordings/" + name)) {
            assertThat(in).as(name).isNotNull();
            Files.copy(in, copy);
        }
        return copy;
    }
}
