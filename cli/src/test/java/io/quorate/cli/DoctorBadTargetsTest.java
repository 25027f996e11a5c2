package io.quorate.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.quorate.testkit.BadTarget;
import io.quorate.testkit.BadTargets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** Who is asked and harms: each bad target is named with the reason that ingest counts it by, beside one that is well. */
class DoctorBadTargetsTest {

    private static final Pattern ASKED = Pattern.compile("only (\\d+) of (\\d+) members were asked within 7 s;");
    private static final Pattern MORE = Pattern.compile("MISS  metrics          and (\\d+) more: timeout\n");

    @TempDir
    static Path certificates;

    @TempDir
    Path folder;

    private static BadTargets bad;
    private static BadTarget good;

    @RegisterExtension
    final Console console = new Console();

    @BeforeAll
    static void start() {
        bad = BadTargets.start(certificates);
        good = BadTarget.answering("200 OK", "etcd_server_has_leader 1\n");
    }

    @AfterAll
    static void stop() {
        bad.close();
        good.close();
    }

    @Test
    void eachScrapedMemberHasItsOwnReason() throws Exception {
        Path settings = metrics(
                targets("plain", names("hanging", "large", "bomb", "garbage", "dripping", "unauthorized", "good")),
                targets("tls", names("expired")));

        assertThat(Quorate.run("doctor", "--config", settings.toString())).isEqualTo(3);
        assertThat(console.complained().lines().map(line -> line.replaceFirst("http.*\\(member ", "(member ")))
                .zipSatisfy(
                        List.of(
                                missed(
                                        "bomb",
                                        "too-large: the answer is larger than 16777216 bytes unpacked; expected a page of"),
                                missed("dripping", "slow: no whole answer within 4500ms, only "),
                                missed("garbage", "not-metrics: no metric of etcd on the page: "),
                                missed("hanging", "timeout: no whole answer within 4500ms; check whether it hangs"),
                                missed(
                                        "large",
                                        "too-large: the answer is larger than 16777216 bytes; expected a page of"),
                                missed("unauthorized", "auth: HTTP 401; expected one who may read metrics: set basic"),
                                missed("expired", "tls: certificate expired: ")),
                        (line, beginning) -> assertThat(line).startsWith(beginning));
        assertThat(console.told())
                .contains("ok    metrics fleet    " + good.url() + "/metrics: member good\n")
                .contains("no required metric of unauthorized (auth): auth: HTTP 401")
                .contains("blinds EtcdApplyLag, ");
    }

    @Test
    void machinesAreToldTheSameReasons() throws Exception {
        Path settings = metrics(
                targets("plain", names("hanging", "large", "bomb", "garbage", "dripping", "unauthorized", "good")),
                targets("tls", names("expired")));

        assertThat(Quorate.run("doctor", "--config", settings.toString(), "--format", "json"))
                .isEqualTo(3);
        assertThat(reasons("metrics fleet", "\\(member (\\w+)\\)"))
                .isEqualTo(Map.of(
                        "hanging", "timeout",
                        "large", "too-large",
                        "bomb", "too-large",
                        "garbage", "not-metrics",
                        "dripping", "slow",
                        "unauthorized", "auth",
                        "expired", "tls"));
    }

    @Test
    void eachPrometheusHasItsOwnReason() throws Exception {
        String servers = bad.byName().entrySet().stream()
                .map(target -> "    - { url: \"" + target.getValue().url() + "/" + target.getKey() + "\""
                        + (target.getKey().equals("expired") ? ", tls: { ca: \"" + bad.ca() + "\" }" : "") + " }\n")
                .collect(Collectors.joining());
        Path settings = settings("  prometheus:\n" + servers);

        assertThat(Quorate.run("doctor", "--config", settings.toString(), "--format", "json"))
                .isEqualTo(3);
        assertThat(reasons("prometheus", "https?://[^/]*/(\\w+) "))
                .isEqualTo(Map.of(
                        "hanging", "timeout",
                        "large", "too-large",
                        "bomb", "too-large",
                        "garbage", "not-json",
                        "dripping", "timeout",
                        "unauthorized", "auth",
                        "expired", "tls"));
    }

    @Test
    void eachEndpointOfEtcdHasItsReason() throws Exception {
        Path settings = settings("""
              etcd:
                - { cluster: hanging, endpoints: ["%s"] }
                - { cluster: garbage, endpoints: ["%s"] }
                - { cluster: unauthorized, endpoints: ["%s"] }
                - { cluster: expired, endpoints: ["%s"], tls: { ca: "%s" } }
            """.formatted(
                        bad.hanging().url(),
                        bad.garbage().url(),
                        bad.unauthorized().url(),
                        bad.expired().url(),
                        bad.ca()));

        assertThat(Quorate.run("doctor", "--config", settings.toString(), "--format", "json"))
                .isEqualTo(3);
        Map<String, String> reasons = new TreeMap<>();
        for (JsonNode finding : misses()) {
            reasons.put(finding.path("part").asText(), finding.path("reason").asText());
        }
        assertThat(reasons)
                .isEqualTo(Map.of(
                        "etcd hanging", "timeout",
                        "etcd garbage", "error",
                        "etcd unauthorized", "error",
                        "etcd expired", "tls"));
    }

    @Test
    void saysHowManyItAskedOfACrowdThatHangsAndNamesTheFirst() throws Exception {
        List<String> crowd = new ArrayList<>(List.of("good"));
        IntStream.range(0, 1_600).forEach(i -> crowd.add("m" + i));
        Path targets = Files.writeString(
                folder.resolve("crowd.json"),
                crowd.stream()
                        .map(name -> target(name, name.equals("good") ? good : bad.hanging()))
                        .collect(Collectors.joining(",\n", "[", "]")));

        assertThat(Quorate.run(
                        "doctor",
                        "--config",
                        settings("  metrics: [ { discover: { files: [\"" + targets + "\"] } } ]\n")
                                .toString()))
                .isEqualTo(3);

        Matcher asked = ASKED.matcher(console.told());
        assertThat(asked.find()).as(console.told()).isTrue();
        assertThat(asked.group(2)).isEqualTo("1601");
        Matcher more = MORE.matcher(console.complained());
        assertThat(more.find()).as(console.complained()).isTrue();
        // Ten by name, and the one that is well.
        assertThat(Integer.parseInt(more.group(1)) + 11).isEqualTo(Integer.parseInt(asked.group(1)));
        assertThat(console.complained().lines()).hasSize(11);
        assertThat(console.told()).contains("/metrics: member good\n");
    }

    private static String missed(String member, String reason) {
        return "MISS  metrics fleet    (member " + member + ") cannot be asked: " + reason;
    }

    /** By what this pattern finds in the words of each miss. */
    private Map<String, String> reasons(String part, String pattern) throws Exception {
        Map<String, String> reasons = new TreeMap<>();
        for (JsonNode finding : misses()) {
            assertThat(finding.path("part").asText()).isEqualTo(part);
            Matcher who = Pattern.compile(pattern).matcher(finding.path("what").asText());
            assertThat(who.find()).as(finding.toString()).isTrue();
            reasons.put(who.group(1), finding.path("reason").asText());
            assertThat(finding.path("what").asText())
                    .contains("cannot be asked: " + finding.path("reason").asText() + ": ");
        }
        return reasons;
    }

    private List<JsonNode> misses() throws Exception {
        List<JsonNode> misses = new ArrayList<>();
        for (JsonNode finding : new ObjectMapper().readTree(console.told()).path("findings")) {
            if (finding.path("verdict").asText().equals("miss")) {
                misses.add(finding);
            }
        }
        return misses;
    }

    private static Map<String, BadTarget> names(String... names) {
        Map<String, BadTarget> targets = new LinkedHashMap<>();
        for (String name : names) {
            targets.put(name, name.equals("good") ? good : bad.byName().get(name));
        }
        return targets;
    }

    private Path targets(String file, Map<String, BadTarget> targets) throws Exception {
        return Files.writeString(
                folder.resolve(file + ".json"),
                targets.entrySet().stream()
                        .map(target -> target(target.getKey(), target.getValue()))
                        .collect(Collectors.joining(",\n", "[", "]")));
    }

    private static String target(String name, BadTarget target) {
        return """
            { "targets": ["%s"], "labels": { "cluster": "fleet", "member": "%s" } }\
            """.formatted(target.address(), name);
    }

    private Path metrics(Path plain, Path tls) throws Exception {
        return settings("""
              metrics:
                - { discover: { files: ["%s"] } }
                - { discover: { files: ["%s"] }, tls: { ca: "%s" } }
            """.formatted(plain, tls, bad.ca()));
    }

    private Path settings(String ingest) throws Exception {
        return Files.writeString(folder.resolve("quorate.yaml"), "ingest:\n" + ingest);
    }
}
