package io.quorate.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.quorate.rules.RuleReader;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** {@code quorate rules lint}, {@code test} and {@code explain} from outside: exit codes and lines. */
class RulesCommandTest {

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
              - { severity: critical, above: 512ms, for: 20s }
              - { severity: warning, above: 32ms, for: 10s }
            alert:
              summary: "{who}: p99 of the WAL fsync is {value}, more than {limit}"
              runbook: docs/runbooks/etcd-wal-fsync-regression.md
            """;

    /** What backtest writes of two episodes, out of order. */
    private static final String ALERTS = """
            {"id":"00112233445566aa","rule":"EtcdDiskSlow","severity":"warning","cluster":"prod","member":"m1","status":"pending","at":"2026-03-29T01:00:10.000Z","startedAt":"2026-03-29T01:00:10.000Z","summary":"prod/m1 is slow","cause":null,"evidence":[{"what":"value","value":"100 ms, certainly in (64 ms, 128 ms]","at":"2026-03-29T01:00:10.000Z"},{"what":"limit","value":"warning above 32ms for 10s","at":"2026-03-29T01:00:10.000Z"}]}
            {"id":"ffff2233445566aa","rule":"EtcdDiskSlow","severity":"warning","cluster":"other","member":"m1","status":"pending","at":"2026-03-29T01:00:10.000Z","startedAt":"2026-03-29T01:00:10.000Z","summary":"not this one","cause":null,"evidence":[]}
            {"id":"00112233445566aa","rule":"EtcdDiskSlow","severity":"warning","cluster":"prod","member":"m1","status":"resolved","at":"2026-03-29T01:01:05.000Z","startedAt":"2026-03-29T01:00:10.000Z","summary":"prod/m1 is slow","cause":null,"evidence":[]}
            {"id":"00112233445566aa","rule":"EtcdDiskSlow","severity":"warning","cluster":"prod","member":"m1","status":"firing","at":"2026-03-29T01:00:20.000Z","startedAt":"2026-03-29T01:00:10.000Z","summary":"prod/m1 is slow","cause":null,"evidence":[{"what":"value","value":"200 ms, certainly in (128 ms, 256 ms]","at":"2026-03-29T01:00:20.000Z"},{"what":"rule version","value":"0011aabb, profile fleet","at":"2026-03-29T01:00:20.000Z"}]}
            """;

    @TempDir
    Path folder;

    @RegisterExtension
    final Console console = new Console();

    @Test
    void lintPassesTheRulesThatShip() {
        assertThat(Quorate.run("rules", "lint")).as(console.told()).isZero();
        assertThat(console.told()).containsPattern("\\d+ rules: nothing to mend\n$");
    }

    @Test
    void lintTellsWhatIsToBeMendedWithItsLine() throws Exception {
        Path rule = rule(SLOW.replace("32ms", "30ms"));
        assertThat(Quorate.run("rules", "lint", rule.toString())).isEqualTo(1);
        assertThat(console.told()).contains(rule + ":11: warning: ").contains("1 rule: ");

        assertThat(Quorate.run("rules", "lint", rule.toString(), "--format", "json"))
                .isEqualTo(1);
        assertThat(console.told().lines().filter(line -> line.startsWith("{")))
                .allSatisfy(line -> assertThat(new ObjectMapper().readTree(line).fieldNames())
                        .toIterable()
                        .containsExactly("file", "line", "rule", "severity", "message"));
    }

    @Test
    void lintTellsEveryProblemOfAFileThatIsNoRule() throws Exception {
        Path rule = rule(SLOW.replace("levels:", "level:").replace("per: member", "per: planet"));
        assertThat(Quorate.run("rules", "lint", rule.toString())).isEqualTo(2);
        assertThat(console.complained().lines()).hasSizeGreaterThan(1).allMatch(line -> line.startsWith(rule + ":"));
    }

    @Test
    void testTellsEachTestOfARuleAndWhatDidNotHold() throws Exception {
        Path storm = folder.resolve("storm.yaml");
        Files.writeString(storm, shipped("etcd-election-storm.yaml"));
        assertThat(Quorate.run("rules", "test", storm.toString())).isZero();
        assertThat(console.told())
                .containsPattern("(?m)^ok    EtcdElectionStorm fires ")
                .containsPattern("\\d+ tests of 1 rule, all hold\n$");

        Files.writeString(storm, shipped("etcd-election-storm.yaml").replaceFirst("status: firing", "status: pending"));
        assertThat(Quorate.run("rules", "test", storm.toString())).isEqualTo(1);
        assertThat(console.told())
                .containsPattern("(?m)^FAIL  EtcdElectionStorm ")
                .containsPattern("(?m)^      expected at \\d+m pending ")
                .containsPattern("(?m)^      got      at \\d+m firing ")
                .endsWith(", 1 does not hold\n");
    }

    @Test
    void mutateNamesTheChangesThatNoTestNotices() throws Exception {
        Path storm = folder.resolve("storm.yaml");
        String whole = shipped("etcd-election-storm.yaml");
        Files.writeString(storm, whole);
        assertThat(Quorate.run("rules", "mutate", storm.toString()))
                .as(console.told())
                .isZero();
        assertThat(console.told()).containsPattern("(\\d+) of \\1 mutants of 1 rule killed\n$");

        Files.writeString(storm, whole.replaceFirst("(?s)  - it: does not count what was planned.*?(?=  - it: )", ""));
        assertThat(Quorate.run("rules", "mutate", storm.toString())).isEqualTo(1);
        assertThat(console.told()).containsPattern("(?m)^  survives: line \\d+: .*planned");
    }

    @Test
    void mutateAsksForTests() throws Exception {
        assertThat(Quorate.run("rules", "mutate", rule(SLOW).toString())).isEqualTo(1);
        assertThat(console.complained()).isEqualTo("note: EtcdDiskSlow has no tests; nothing would notice\n");
    }

    @Test
    void explainsARuleUnderAProfile() {
        assertThat(Quorate.run("rules", "explain", "EtcdElectionStorm", "--profile", "lab"))
                .isZero();
        assertThat(console.told()).contains("EtcdElectionStorm").contains("lab");
    }

    @Test
    void explainsARuleWithTheOverridesThatAreSet() throws Exception {
        rule(SLOW);
        assertThat(Quorate.run("rules", "explain", "EtcdDiskSlow", "--config", settings()))
                .as(console.complained())
                .isZero();
        assertThat(console.told())
                .contains("  override quiet-dev, where env=dev: off\n")
                .containsPattern("  override slow-eu, where cluster=eu:\n.*128");
    }

    @Test
    void explainsAnAlertInTheOrderOfTimeWithAllThatItRestsOn() throws Exception {
        assertThat(explainAlert()).as(console.complained()).isZero();
        assertThat(console.told()).startsWith("""
                00112233445566aa EtcdDiskSlow of prod/m1, since 2026-03-29T01:00:10Z
                  2026-03-29T01:00:10Z  pending   warning   prod/m1 is slow
                  2026-03-29T01:00:20Z  firing    warning   prod/m1 is slow
                  2026-03-29T01:01:05Z  resolved  warning   prod/m1 is slow
                numbers, pending at 2026-03-29T01:00:10Z:
                  value: 100 ms, certainly in (64 ms, 128 ms]
                  limit: warning above 32ms for 10s
                numbers, firing at 2026-03-29T01:00:20Z:
                  value: 200 ms, certainly in (128 ms, 256 ms]
                  rule version: 0011aabb, profile fleet
                  the rule reads otherwise now: version \
                """);
    }

    @Test
    void saysWhatWouldHaveSilencedAnAlert() throws Exception {
        assertThat(explainAlert()).isZero();
        assertThat(console.told()).endsWith("""
                what would have silenced it:
                  a limit above 256 ms, the most that its transitions tell
                  'for' longer than 1m, as it was over by then
                  an override for this member, to be applied with 'quorate rules apply FILE', or put under rules.overrides:
                    overrides:
                      - override: quiet-prod-m1
                        rule: EtcdDiskSlow
                        where:
                          cluster: prod
                          member: m1
                        set:
                          levels:
                            - severity: critical
                              above: 512ms
                              for: 20s
                            - severity: warning
                              above: 256 ms
                              for: 10s
                """);
    }

    /** Whoever pastes it must not be refused. */
    @Test
    void saysItInWordsThatCanBeSet() throws Exception {
        explainAlert();
        String overrides = console.told().substring(console.told().indexOf("    overrides:"));
        Files.writeString(folder.resolve("quorate.yaml"), """
                ingest: { prometheus: [ { url: "http://127.0.0.1:1" } ] }
                rules:
                  directory: rules
                """ + overrides.replaceAll("(?m)^ {2}", ""));
        assertThat(Quorate.run(
                        "rules",
                        "explain",
                        "EtcdDiskSlow",
                        "--config",
                        folder.resolve("quorate.yaml").toString()))
                .as(console.complained())
                .isZero();
        assertThat(console.told()).contains("override quiet-prod-m1, where cluster=prod, member=m1:");
    }

    @Test
    void saysThatThereIsNoSuchAlert() throws Exception {
        Path alerts = Files.writeString(folder.resolve("alerts.jsonl"), ALERTS);
        assertThat(Quorate.run("rules", "explain", "0000000000000000", "--alerts", alerts.toString()))
                .isEqualTo(1);
        assertThat(console.complained()).startsWith("No alert 0000000000000000; expected the id of one that");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "rules                                   | Missing required subcommand",
                "rules lint nowhere.yaml                 | nowhere.yaml:1: cannot be read",
                "rules lint --live                       | expected --config FILE beside it",
                "rules lint --config a.yaml              | --config is of use with --live only",
                "rules test nowhere                      | nowhere:1: cannot be read",
                "rules explain EtcdNobody                | 'EtcdNobody' is no rule that runs under profile fleet",
                "rules explain EtcdElectionStorm --profile brave | --profile brave is unknown to the rules; expected one of fleet, lab, mixin, openshift, prd, strict",
                "rules coverage --state asleep           | --state asleep is no state; expected one of evaluated, blind, too-few",
                "rules apply rule.yaml                   | Missing required option: '--config=FILE'",
                "rules apply a --config b --activate --remove | mutually exclusive"
            })
    void refusesBadArgumentsWithTwo(String arguments, String complaint) {
        assertThat(Quorate.run(arguments.split(" "))).as(console.complained()).isEqualTo(2);
        assertThat(console.complained()).contains(complaint);
    }

    private int explainAlert() throws IOException {
        rule(SLOW);
        Path alerts = Files.writeString(folder.resolve("alerts.jsonl"), ALERTS);
        return Quorate.run(
                "rules",
                "explain",
                "00112233445566aa",
                "--alerts",
                alerts.toString(),
                "--rules",
                folder.resolve("rules").toString());
    }

    private Path rule(String text) throws IOException {
        Path rules = Files.createDirectories(folder.resolve("rules"));
        return Files.writeString(rules.resolve("slow.yaml"), text);
    }

    private String settings() throws IOException {
        return Files.writeString(folder.resolve("quorate.yaml"), """
                ingest: { prometheus: [ { url: "http://127.0.0.1:1" } ] }
                rules:
                  directory: rules
                  overrides:
                    - { override: quiet-dev, rule: EtcdDiskSlow, where: { env: dev }, set: { off: true } }
                    - override: slow-eu
                      rule: EtcdDiskSlow
                      where: { cluster: eu }
                      set: { levels: [ { severity: warning, above: 128ms, for: 10s } ] }
                """).toString();
    }

    private static String shipped(String name) throws IOException {
        try (InputStream in = RuleReader.class.getResourceAsStream("/rules/" + name)) {
            assertThat(in).isNotNull();
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }
}
