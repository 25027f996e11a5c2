package io.quorate.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.quorate.desk.Home;
import io.quorate.desk.KafkaBroker;
import io.quorate.events.Control;
import io.quorate.jobs.kafka.ControlTopic;
import io.quorate.jobs.kafka.KafkaSettings;
import io.quorate.rules.RuleReader;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** {@code quorate rules apply} and {@code list} on a real broker, without a job that listens. */
class RulesApplyTest {

    private static final String SLOW = """
            # The disk of a member is slow: everything that is written waits for it.
            rule: EtcdDiskSlow
            schema: rules/v1
            maturity: sandbox
            reads: member-window
            per: member
            when:
              quantile: { of: etcd_disk_wal_fsync_duration_seconds, q: 0.99, at-least: 10 }
            levels:
              - { severity: warning, above: 32ms, for: 10s }
            alert:
              summary: "{who} is slow"
              runbook: docs/runbooks/etcd-wal-fsync-regression.md
            """;

    private static final String OVERRIDES = """
            overrides:
              - override: slow-eu
                rule: EtcdDiskSlow
                where: { cluster: eu }
                set: { levels: [ { severity: warning, above: 128ms, for: 10s } ] }
              - override: quiet-dev
                rule: EtcdDiskSlow
                where: { env: dev }
                set: { off: true }
            """;

    @TempDir
    static Path state;

    @TempDir
    Path folder;

    @RegisterExtension
    final Console console = new Console();

    private static KafkaBroker broker;
    private static KafkaSettings kafka;

    @BeforeAll
    static void startBroker() {
        broker = KafkaBroker.start(Home.current().withState(state), "kafka", 0);
        kafka = KafkaSettings.single(broker.bootstrap(), 2, Duration.ofSeconds(1));
    }

    @AfterAll
    static void stopBroker() {
        broker.close();
    }

    @BeforeEach
    void write() throws IOException {
        Files.createDirectory(folder.resolve("rules"));
        write("rules/slow.yaml", SLOW);
        write("rules/storm.yaml", shipped("etcd-election-storm.yaml"));
        write("quorate.yaml", """
                ingest: { prometheus: [ { url: "http://127.0.0.1:1" } ] }
                rules: { directory: rules }
                kafka: { bootstrap: "%s", partitions: 2 }
                """.formatted(broker.bootstrap()));
    }

    @AfterEach
    void removeAll() {
        List<Control> heard = ControlTopic.said(kafka);
        ControlTopic.say(
                kafka,
                ControlTopic.inForce(heard).stream()
                        .map(control ->
                                new Control(control.kind(), control.id(), latest(heard), "test", Control.REMOVED, null))
                        .toList());
    }

    private static Instant latest(List<Control> heard) {
        return heard.stream()
                .map(Control::at)
                .max(Instant::compareTo)
                .orElseThrow()
                .plusMillis(1);
    }

    @Test
    void triesARuleInShadowThenActivatesItThenRemovesIt() throws Exception {
        Path stricter = write("stricter.yaml", SLOW.replace("32ms", "16ms"));

        assertThat(list()).isZero();
        assertThat(console.told()).isEqualTo("Nothing was applied: the rules are those that the jobs began with\n");

        assertThat(apply(stricter)).as(console.complained()).isZero();
        assertThat(console.told()).contains("rule EtcdDiskSlow now shadow: evaluated, notifies nobody");
        assertThat(inForce()).containsExactly("shadow rule/EtcdDiskSlow/shadow");
        assertThat(ControlTopic.inForce(ControlTopic.said(kafka)).get(0).text()).isEqualTo(Files.readString(stricter));

        assertThat(apply(stricter, "--activate")).as(console.complained()).isZero();
        assertThat(inForce()).containsExactly("active rule/EtcdDiskSlow");
        assertThat(console.complained()).contains("note: EtcdDiskSlow is sandbox and still notifies nobody");

        assertThat(apply(stricter, "--remove")).isZero();
        assertThat(inForce()).isEmpty();
    }

    @Test
    void keepsWhatIsActiveWhileItsSuccessorIsTried() throws Exception {
        assertThat(apply(write("a.yaml", SLOW.replace("32ms", "16ms")), "--activate", "--at-once"))
                .isZero();
        assertThat(apply(write("b.yaml", SLOW.replace("32ms", "8ms")))).isZero();
        assertThat(inForce()).containsExactly("active rule/EtcdDiskSlow", "shadow rule/EtcdDiskSlow/shadow");
    }

    @Test
    void activatesOnlyTheTextThatRunsInShadow() throws Exception {
        Path tried = write("tried.yaml", SLOW.replace("32ms", "16ms"));
        assertThat(apply(tried, "--activate")).isEqualTo(1);
        assertThat(console.complained()).contains("rule EtcdDiskSlow does not run in shadow; expected it to be tried");

        assertThat(apply(tried)).isZero();
        assertThat(apply(write("other.yaml", SLOW.replace("32ms", "8ms")), "--activate"))
                .isEqualTo(1);
        assertThat(console.complained()).contains("does not run in shadow with this text; expected");
        assertThat(inForce()).containsExactly("shadow rule/EtcdDiskSlow/shadow");
    }

    @Test
    void appliesEachOverrideOfAFile() throws Exception {
        Path overrides = write("overrides.yaml", OVERRIDES);
        assertThat(apply(overrides)).as(console.complained()).isZero();
        assertThat(apply(overrides, "--activate")).as(console.complained()).isZero();
        assertThat(inForce()).containsExactly("active override/quiet-dev", "active override/slow-eu");

        assertThat(list("--format", "json")).isZero();
        JsonNode first = new ObjectMapper()
                .readTree(console.told()
                        .lines()
                        .filter(line -> line.startsWith("{"))
                        .findFirst()
                        .orElseThrow());
        assertThat(first.path("id").asText()).isEqualTo("quiet-dev");
        assertThat(first.path("text").asText()).contains("\"off\": true");
    }

    @Test
    void sendsNothingOfAFileThatIsBroken() throws Exception {
        Path broken = write(
                "overrides.yaml", OVERRIDES.replace("off: true", "of: true").replace("128ms", "soon"));
        assertThat(apply(broken)).isEqualTo(2);
        assertThat(console.complained().lines()).hasSize(2).allMatch(line -> line.startsWith(broken + ":"));
        assertThat(apply(write("rule.yaml", SLOW.replace("rule: ", "role: ")))).isEqualTo(2);
        assertThat(inForce()).isEmpty();
    }

    @Test
    void refusesWhatIsPartOfTheGraphAndSaysHowToDeployIt() throws Exception {
        Path storm = write("storm.yaml", shipped("etcd-election-storm.yaml"));
        assertThat(apply(storm)).isEqualTo(1);
        assertThat(console.complained())
                .contains("rule EtcdElectionStorm: no threshold")
                .contains("deploy it: stop with a savepoint, start with the new folder");
        // Nor may a threshold take the name of one.
        assertThat(apply(write("taken.yaml", SLOW.replace("EtcdDiskSlow", "EtcdElectionStorm"))))
                .isEqualTo(1);
        assertThat(inForce()).isEmpty();
    }

    @Test
    void removesOnlyWhatWasApplied() throws Exception {
        assertThat(apply(write("a.yaml", SLOW), "--remove")).isEqualTo(1);
        assertThat(console.complained()).contains("rule EtcdDiskSlow was never applied, or is removed already");
    }

    /** Whose clock is ahead would else have the last word for ever. */
    @Test
    void speaksLaterThanWhoeverSpokeBefore() throws Exception {
        Instant ahead = Instant.now().plus(Duration.ofDays(1));
        ControlTopic.say(
                kafka, List.of(new Control(Control.RULE, "EtcdDiskSlow", ahead, "other", Control.SHADOW, SLOW)));
        Path mine = write("mine.yaml", SLOW.replace("32ms", "16ms"));
        assertThat(apply(mine)).isZero();
        assertThat(ControlTopic.inForce(ControlTopic.said(kafka)).get(0).text()).isEqualTo(Files.readString(mine));
        assertThat(ControlTopic.inForce(ControlTopic.said(kafka)).get(0).at()).isAfter(ahead);
    }

    @Test
    void saysThatNobodyAnswersWithThree() throws Exception {
        Path yaml = folder.resolve("quorate.yaml");
        Files.writeString(yaml, Files.readString(yaml).replace(kafka.bootstrap(), "127.0.0.1:1"));
        assertThat(list()).isEqualTo(3);
        assertThat(console.complained()).contains("Kafka at 127.0.0.1:1 does not answer");
    }

    private List<String> inForce() {
        return ControlTopic.inForce(ControlTopic.said(kafka)).stream()
                .map(control -> control.mode() + " " + control.key())
                .toList();
    }

    private int apply(Path file, String... more) {
        return run(List.of("apply", file.toString()), more);
    }

    private int list(String... more) {
        return run(List.of("list"), more);
    }

    private int run(List<String> verb, String... more) {
        List<String> all = new ArrayList<>(List.of("rules"));
        all.addAll(verb);
        all.addAll(List.of("--config", folder.resolve("quorate.yaml").toString()));
        all.addAll(List.of(more));
        return Quorate.run(all.toArray(String[]::new));
    }

    private Path write(String name, String text) throws IOException {
        return Files.writeString(folder.resolve(name), text);
    }

    private static String shipped(String name) throws IOException {
        try (InputStream in = RuleReader.class.getResourceAsStream("/rules/" + name)) {
            assertThat(in).isNotNull();
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }
}
