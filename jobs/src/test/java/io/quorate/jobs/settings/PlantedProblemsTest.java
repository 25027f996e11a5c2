package io.quorate.jobs.settings;

import static org.assertj.core.api.Assertions.assertThat;

import io.quorate.rules.yaml.YamlProblem;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** One problem planted in settings that are right otherwise: it alone is told, on its own line. */
class PlantedProblemsTest extends OnSettings {

    @Test
    void aloneIsGood() throws Exception {
        assertThat(read(GOOD).prometheus()).hasSize(2);
    }

    /** What is replaced, and by what; the problem must stand on the line of the replacement. */
    static Stream<Arguments> plants() {
        return Stream.of(
                // Unknown keys, also such as hide a required one or the only one asked.
                plant("selector:", "selectro:", "did you mean 'selector'?"),
                plant("metrics-interval:", "metric-interval:", "did you mean 'metrics-interval'?"),
                plant("  - url: http://prometheus", "  - ulr: http://prometheus", "did you mean 'url'?"),
                plant("- cluster: prod", "- clutser: prod", "did you mean 'cluster'?"),
                plant("bootstrap:", "boot-strap:", "did you mean 'bootstrap'?"),
                plant("kafka:", "kakfa:", "did you mean 'kafka'?"),
                plant("flink:", "flnk:", "did you mean 'flink'?"),
                plant("receivers:", "reciever:", "did you mean 'receivers'?"),
                plant(
                        "user: quorate",
                        "colour: green",
                        "unknown key 'colour'; known here: database, keep, password-env, password-file, url, user"),
                plant("kafka:\n", "window: 10s\nkafka:\n", "unknown key 'window'; known here: alerting, clickhouse, "),
                // Durations.
                plant("status-interval: 1s", "status-interval: -1s", "expected a duration like"),
                plant("timeout: 5s\n      bearer", "timeout: -5s\n      bearer", "expected a duration like"),
                plant("window: 10s", "window: -10s", "expected a duration like"),
                plant("horizon: 90s", "horizon: 90", "expected a duration like"),
                plant("deadline: 500ms", "deadline: 0.5s", "expected a duration like"),
                plant("idle-after: 30s", "idle-after: soon", "expected a duration like"),
                plant("metrics-interval: 10s", "metrics-interval: 10s 5s", "expected a duration like"),
                plant("minutes: 90d", "minutes: 3 months", "expected a duration like"),
                plant("minutes: 90d", "hourly: 90d", "unknown key 'hourly'"),
                plant("minutes: 90d", "minutes: 1m", "clickhouse.keep.minutes: 60s, expected 1h to 7300d"),
                plant("minutes: 90d", "days: 99999d", "expected 1h to 7300d"),
                plant("url: http://clickhouse.example:8123\n", "database: mine\n", "'database' stands without 'url'"),
                // Wrong types.
                plant("partitions: 12", "partitions: many", "expected a whole number from 1 to 10000"),
                plant("partitions: 12", "partitions: 0", "expected a whole number from 1 to 10000"),
                plant("send-resolved: true", "send-resolved: perhaps", "expected true or false"),
                plant(
                        "profile: fleet",
                        "profile: [fleet]",
                        "expected the name of a profile: fleet, lab, mixin, openshift, prd, strict, or one that"),
                plant(
                        "profile: fleet",
                        "profile: brave",
                        "'profile' is brave, which is unknown to the rules; expected one of fleet, lab, mixin, openshift, prd, strict"),
                plant("profile: fleet", "overrides: { a: b }", "expected a list of overrides"),
                plant("profile: fleet", "overrides: [quiet]", "expected an override"),
                plant(
                        "profile: fleet",
                        "overrides: [ { override: quiet-dev, rule: EtcdNobody, where: { env: dev }, set: { off: true } } ]",
                        "EtcdNobody"),
                plant(
                        "profile: fleet",
                        "overrides: [ { override: quiet-dev, rule: EtcdWalFsyncSlow, where: { env: dev }, sets: { off: true } } ]",
                        "'sets'"),
                plant("profile: fleet", "maintenance: { a: b }", "expected a list of maintenances"),
                plant("profile: fleet", "maintenance: [quiet]", "expected a maintenance"),
                plant(
                        "profile: fleet",
                        "maintenance: [ { maintenance: nights, where: { env: dev }, every: never } ]",
                        "like sat 02:00..04:00"),
                plant("user: quorate", "user: 7", "expected the name of a user"),
                plant("flink-port: 0", "flink-port: 70000", "expected a port from 1 to 65535, or 0"),
                plant("selector: '{job=\"etcd\"}'", "selector: etcd", "expected a selector like"),
                plant("certificate: client.pem", "certificate: { file: client.pem }", "expected the path of a file"),
                // Files that are not there.
                plant("ca: ca.pem", "ca: nowhere.pem", "'ca' is nowhere.pem, which cannot be read"),
                plant("ca: ca.pem", "ca: .", "'ca' is ., which cannot be read"),
                plant("ca: ca.pem", "ca: \"\\0\"", "which cannot be read"),
                plant("key: key.pem", "key: nowhere.pem", "'key' names no readable file"),
                plant("bearer-token-file: token", "bearer-token-file: nowhere", "names no readable file"),
                plant("bearer-token-file: token", "bearer-token-file: empty", "leads to nothing"),
                plant("password-file: password", "password-file: ''", "does not fit (not repeated"),
                plant("password-file: password", "password-file: two-lines", "more than one line of ASCII"),
                plant("password-file: password", "password-env: NOT_SET", "environment variable that is not set"),
                plant("profile: fleet", "directory: nowhere", "'directory' is nowhere, which is no folder"),
                // Secrets where they must not stand.
                plant("password-file: password", "password: s3cret", "expected 'password-file' or 'password-env'"),
                plant(
                        "bearer-token-file: token",
                        "bearer-token: s3cret",
                        "expected 'bearer-token-file' or 'bearer-token-env'"),
                plant(
                        "bearer-token-file: token",
                        "token: s3cret",
                        "expected 'bearer-token-file' or 'bearer-token-env'"),
                plant("user: quorate", "password-env: SET", "'password-env' stands beside 'password-file'"),
                plant("timeout: 5s\n        send", "url-env: SET\n        send", "'url-env' stands beside 'url'"),
                plant("url: https://pages.example/hook", "url-env: SET", "webhook url: not an address"),
                plant("url: https://pages.example/hook", "name: nobody", "'url' is missing; expected one of", -1),
                plant(
                        "checkpoint-dir: file:///checkpoints",
                        "checkpoint-dir: s3://key:s3cret@bucket",
                        "Flink's own configuration"),
                // How peers are reached.
                plant("server-name:", "servername:", "did you mean 'server-name'?"),
                plant("server-name: etcd.example", "server-name: 'a b'", "expected the name or the address"),
                plant("insecure: true", "insecure: perhaps", "expected true or false"),
                plant("insecure: true", "insecure: true\n        ca: ca.pem", "is true beside ca", -1),
                plant("proxy: http://proxy", "proxy: socks://proxy", "does not fit (not repeated"),
                plant("http://proxy.example:3128", "http://me:s3cret@proxy.example:3128", "holds a user or a password"),
                plant("http://proxy.example:3128", "http://proxy.example:3128/x", "expected http://host:port"),
                plant("user: me", "user: 'me:s3cret'", "does not fit (not repeated"),
                plant("password-env: SET", "password: s3cret", "expected 'password-file' or 'password-env'"),
                plant("password-env: SET", "password-env: NOT_SET", "environment variable that is not set"),
                plant("user: me\n", "# nobody\n", "'user' is missing; expected the name of a user", -1),
                plant("password-env: SET", "# nothing", "'user' stands without a password", -1),
                plant("user: watcher\n", "# nobody\n", "'password-file' stands without 'user'", 1),
                plant("user: me\n", "user: me\n        password-file: password\n", "stands beside", 1),
                plant("basic:\n", "bearer-token-env: SET\n      basic:\n", "'basic' stands beside 'bearer-token'", 1),
                plant(
                        "bearer-token-file: token",
                        "bearer-token-file: token\n      tls: {}",
                        "the url is not https; expected an https url, or no tls"),
                // What the records refuse.
                plant("metrics-interval: 10s", "metrics-interval: 31s", "expected at most 30s"),
                plant("timeout: 5s\n      bearer", "timeout: 11s\n      bearer", "at most the interval of 10000ms"),
                plant("deadline: 500ms", "deadline: 2s", "at most the interval of 1000ms"),
                plant("horizon: 90s", "horizon: 9s", "percentiles.horizon: 9s, expected at least the window of 10s"),
                plant("window: 10s\n", "window: 10ms\n", "percentiles.window: 10ms, expected at least 1s"),
                plant("window: 10s\n", "window: 7s\n", "percentiles.window: 7s, expected a part of an hour"),
                plant("early: 2s", "early: 2ms", "percentiles.early: 2ms, expected at least 500ms, or off"),
                plant("early: 2s", "early: never", "expected a duration like 2s, or off"),
                plant("groups: [region,", "groups: [\"region;\",", "expected a label like region"),
                plant("checkpoint-interval: 10s", "checkpoint-interval: 10ms", "expected at least 100ms"),
                plant("idle-after: 30s", "idle-after: 0s", "expected more than 0"),
                plant("timeout: 5s\n        send", "timeout: 0s\n        send", "expected more than 0"),
                plant("etcd-2.example", "etcd-1.example", "stands twice"),
                plant("flink-port: 0", "kafka-port: 9092", "is the port of the embedded kafka"),
                // YAML's own traps.
                plant("user: quorate", "url: http://other.example:8123", "stands here a second time"),
                plant("user: quorate", "user: *default", "an alias; expected the value itself"));
    }

    private static Arguments plant(String what, String by, String told) {
        return plant(what, by, told, 0);
    }

    private static Arguments plant(String what, String by, String told, int linesBelow) {
        return Arguments.of(what, by, told, linesBelow);
    }

    @ParameterizedTest(name = "{1}")
    @MethodSource("plants")
    void isToldOnceWithItsLine(String what, String by, String told, int linesBelow) throws Exception {
        assertThat(GOOD).contains(what);
        String bad = GOOD.replace(what, by);
        int line = firstDifference(bad) + linesBelow;

        YamlProblem problem = onlyProblem(bad);
        assertThat(problem.message()).contains(told).containsPattern("expected|did you mean|known here");
        assertThat(problem.line()).as(problem.message()).isEqualTo(line);
    }

    static Stream<Arguments> badAddresses() {
        Map<String, List<String>> slots = Map.of(
                "http://prometheus.example:9090",
                List.of("http://prometheus.example:9090?token=s3cret"),
                "https://etcd-2.example:2379",
                List.of("https://etcd-2.example", "https://etcd-2.example:2379/v3"),
                "http://clickhouse.example:8123",
                List.of("http://clickhouse.example:8123/quorate", "http://clickhouse.example:8123/?password=s3cret"),
                "https://pages.example/hook",
                List.of());
        List<String> everywhere = List.of(
                "ftp://x.example:1",
                "http://",
                "not a url",
                "x.example:9090",
                "http://x.example:70000",
                "http://x y.example:1",
                "http://user:s3cret@x.example:9090",
                "user:s3cret@x.example:9090",
                "''",
                "7",
                "[http://x.example:1]");
        return slots.entrySet().stream()
                .flatMap(slot -> Stream.concat(everywhere.stream(), slot.getValue().stream())
                        .map(bad -> Arguments.of(slot.getKey(), bad)));
    }

    @ParameterizedTest(name = "{1} for {0}")
    @MethodSource("badAddresses")
    void isAnAddressThatIsNone(String good, String bad) throws Exception {
        String text = GOOD.replace(good, bad);

        YamlProblem problem = onlyProblem(text);
        assertThat(problem.message()).contains("expected");
        assertThat(problem.line()).isEqualTo(firstDifference(text));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "host",
                "'host:'",
                "host:0",
                "host:70000",
                "a:9092,b",
                "'a:9092, b:9092'",
                "kafka://host:9092",
                "user:s3cret@host:9092",
                "host:99999999999",
                "9092"
            })
    void isABrokerThatIsNone(String bad) throws Exception {
        String text = GOOD.replace("kafka-1.example:9092", bad);

        YamlProblem problem = onlyProblem(text);
        assertThat(problem.message()).contains("host:port");
        assertThat(problem.line()).isEqualTo(firstDifference(text));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "http://user:s3cret@prometheus.example:9090|http://prometheus.example:9090|bearer-token-file or bearer-token-env",
                "https://user:s3cret@etcd-2.example:2379|https://etcd-2.example:2379|tls.certificate and tls.key",
                "http://user:s3cret@clickhouse.example:8123|http://clickhouse.example:8123|clickhouse.password-file or"
                        + " clickhouse.password-env",
                "https://user:s3cret@pages.example/hook|https://pages.example/hook|url-file or url-env"
            })
    void isAUserInAnAddressAndTheNextStepIsTold(String bad, String good, String next) throws Exception {
        assertThat(onlyProblem(GOOD.replace(good, bad)).message()).contains(next);
    }

    /** The first line that is not the one of the good settings. */
    private static int firstDifference(String bad) {
        List<String> good = GOOD.lines().toList();
        List<String> lines = bad.lines().toList();
        return 1
                + IntStream.range(0, good.size())
                        .filter(i -> !good.get(i).equals(lines.get(i)))
                        .findFirst()
                        .orElseThrow();
    }

    @Test
    void areToldAllTogetherInTheOrderOfTheirLines() throws Exception {
        String bad = GOOD.replace("selector:", "selectro:")
                .replace("status-interval: 1s", "status-interval: -1s")
                .replace("partitions: 12", "partitions: many")
                .replace("ca: ca.pem", "ca: nowhere.pem")
                .replace("http://clickhouse.example:8123", "ftp://clickhouse.example")
                .replace("horizon: 90s", "horizon: 9s")
                .replace("profile: fleet", "directory: nowhere")
                .replace("user: quorate", "url: http://other.example:8123");

        List<YamlProblem> problems = problems(bad);

        // The address that stands a second time is the one that counts.
        assertThat(problems).extracting(YamlProblem::line).containsExactly(3, 6, 21, 34, 38, 47, 51);
        assertThat(problems).isSorted();
    }

    @Test
    void ofRulesAreToldWithTheOthers() throws Exception {
        Files.createDirectory(folder.resolve("rules"));
        Files.writeString(folder.resolve("rules/a.yaml"), "# Why.\nrule: [");

        assertThat(problems(
                        GOOD.replace("profile: fleet", "directory: rules").replace("partitions: 12", "partitions: no")))
                .extracting(problem -> Path.of(problem.file()).getFileName() + ":" + problem.line())
                .containsExactlyInAnyOrder("quorate.yaml:47", "a.yaml:2");
    }

    @Test
    void areNotInventedWhereAnotherProblemExplainsThem() throws Exception {
        assertThat(problems("ingest: { promethues: [] }")).hasSize(1);
        assertThat(problems("ingest: nobody")).hasSize(1);
        assertThat(problems("- ingest")).hasSize(1);
        assertThat(
                        problems(
                                "ingest: { etcd: [ { cluster: c, endpoints: [http://a:1], tls: { certificate: 7, key: key.pem } } ] }"))
                .extracting(YamlProblem::message)
                .containsExactlyInAnyOrder(
                        "'certificate' is 7; expected the path of a file, relative to this one",
                        "ingest.etcd.tls: is given, but no endpoint is https; expected https endpoints, or no tls");
        assertThat(problems("ingest: { prometheus: [ { url: 1 }, { url: 2 } ] }"))
                .hasSize(2);
        assertThat(problems(
                        "ingest: { prometheus: [ { url: 'http://a' } ] }\npercentiles: { window: 5m, horizon: soon }"))
                .hasSize(1);
    }

    @Test
    void areTwoOfOneName() throws Exception {
        assertThat(problems("""
                ingest:
                  prometheus:
                    - url: http://a:1
                    - url: http://a:1
                  etcd:
                    - { cluster: c, endpoints: [http://a:1] }
                    - { cluster: c, endpoints: [http://b:1] }
                alerting:
                  receivers:
                    - webhook: { url: http://a/x }
                    - webhook: { url: http://b/x }
                desk:
                  flink-port: 9092
                  kafka-port: 9092
                """)).extracting(YamlProblem::line).containsExactly(4, 7, 11, 13);
    }
}
