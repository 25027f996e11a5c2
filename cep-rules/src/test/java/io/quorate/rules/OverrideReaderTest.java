package io.quorate.rules;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.quorate.events.Alert.Severity;
import io.quorate.rules.yaml.InvalidYaml;
import io.quorate.rules.yaml.YamlFile;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class OverrideReaderTest {

    private static final List<Rule> RULES = RuleReader.shipped();

    @Test
    void setsWhatItSaysAndKeepsTheRest() throws Exception {
        RuleOverride override = parse("""
                override: slow-dev-disks
                rule: EtcdWalFsyncSlow
                where: { env: dev }
                set:
                  when: { over: 10m }
                  levels: [ { severity: warning, above: 128ms, for: 20m } ]
                """, "fleet");

        assertThat(override.name()).isEqualTo("slow-dev-disks");
        assertThat(override.where()).isEqualTo(Map.of("env", "dev"));
        Threshold threshold = (Threshold) override.condition();
        assertThat(threshold.signal().over()).hasMinutes(10);
        assertThat(((Signal.QuantileOf) threshold.signal()).q()).isEqualTo(0.99);
        assertThat(threshold.limits()).extracting(Threshold.Limit::severity).containsExactly(Severity.WARNING);
        assertThat(threshold.clearFor()).as("as the rule says").hasMinutes(2);
    }

    @Test
    void isLaidOverTheRuleAsItReadsUnderTheProfile() throws Exception {
        RuleOverride override = parse("""
                override: strict-here
                rule: EtcdWalFsyncSlow
                where: { cluster: prod-eu-1, member: etcd-1 }
                set: { levels: [ { severity: critical, above: 16ms } ] }
                """, "lab");

        Threshold threshold = (Threshold) override.condition();
        assertThat(threshold.signal().over()).as("lab's").hasSeconds(10);
        assertThat(threshold.clearFor()).as("lab's").isEqualTo(Duration.ZERO);
    }

    @Test
    void switchesARuleOff() throws Exception {
        RuleOverride override = parse("""
                override: not-here
                rule: EtcdWalFsyncSlow
                where: { cluster: playground }
                set: { off: true }
                """, "fleet");

        assertThat(override.condition()).isNull();
    }

    @Test
    void refusesARuleThatIsTheSameForAllClusters() {
        assertThatThrownBy(() -> parse("""
                override: calmer
                rule: EtcdWalFsyncRegression
                where: { env: dev }
                set: { regression: { windows: 6 } }
                """, "fleet"))
                .hasMessageContaining(":2: 'EtcdWalFsyncRegression' is no threshold: it is the same for all clusters;"
                        + " expected a threshold, or other numbers in the rule's own file");
    }

    @Test
    void tellsEveryProblemOfEveryOneWithItsLine() throws Exception {
        YamlFile file = YamlFile.parse("quorate.yaml", """
                rules:
                  overrides:
                    - override: one
                      rule: EtcdWalFsyncSlo
                      where: { env: dev }
                      set: { off: true }
                    - override: two
                      rule: EtcdWalFsyncSlow
                      where: {}
                      set:
                        levels:
                          - { severity: warning, above: 128MiB }
                    - override: three
                      rule: EtcdWalFsyncSlow
                      where: { env: dev }
                      set: { off: true, clear-for: 1m }
                    - override: one
                      rule: EtcdNospaceAlarm
                      where: { env: 7 }
                      sets: { off: true }
                    - override: four
                      rule: EtcdWalFsyncSlow
                      where: { env: dev }
                      set: { when: { over: 15s } }
                """);

        InvalidYaml problem = catchThrowableOfType(
                InvalidYaml.class, () -> OverrideReader.list(file, "/rules/overrides", RULES, "fleet"));

        assertThat(problem.problems())
                .extracting(Object::toString)
                .containsExactly(
                        "quorate.yaml:4: no rule 'EtcdWalFsyncSlo'; did you mean 'EtcdWalFsyncSlow'?",
                        "quorate.yaml:9: 'where' is {}; expected labels and their values: { env: dev }, { cluster:"
                                + " prod-eu-1 } or { cluster: prod-eu-1, member: etcd-1 }",
                        "quorate.yaml:12: 'above' is 128MiB, but the quantile is in seconds; expected a duration like"
                                + " 32ms, or a number",
                        "quorate.yaml:16: 'off' and other numbers; expected off: true alone, or the numbers without off",
                        "quorate.yaml:19: 'env' is 7; expected the label's value in words; put numbers in quotes",
                        "quorate.yaml:20: unknown key 'sets'; did you mean 'set'?",
                        "quorate.yaml:24: 'over' is 15s; expected a multiple of 10s up to 24h");
    }

    @Test
    void refusesTwoOfOneName() throws Exception {
        YamlFile file = YamlFile.parse("o.yaml", """
                overrides:
                  - { override: one, rule: EtcdNospaceAlarm, where: { env: dev }, set: { off: true } }
                  - { override: one, rule: EtcdQuorumLost, where: { env: dev }, set: { off: true } }
                """);

        assertThat(catchThrowableOfType(
                        InvalidYaml.class, () -> OverrideReader.list(file, "/overrides", RULES, "fleet")))
                .hasMessage("o.yaml:3: a second override 'one'; expected each name once");
    }

    @Test
    void readsNoneWhereThereIsNoList() throws Exception {
        YamlFile file = YamlFile.parse("quorate.yaml", "ingest: {}");

        assertThat(OverrideReader.list(file, "/rules/overrides", RULES, "fleet"))
                .isEmpty();
    }

    private static RuleOverride parse(String text, String profile) throws InvalidYaml {
        return OverrideReader.parse("control", text, RULES, profile);
    }
}
