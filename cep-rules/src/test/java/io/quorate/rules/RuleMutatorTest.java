package io.quorate.rules;

import static org.assertj.core.api.Assertions.assertThat;

import io.quorate.rules.RuleMutator.Mutant;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Every change of a rule that its tests should notice, held to golden files, so that a new kind of change is read. */
class RuleMutatorTest {

    private static final String QUANTILE = """
            # Why.
            rule: FsyncSlow
            schema: rules/v1
            maturity: sandbox
            reads: member-window
            per: member
            when:
              quantile: { of: etcd_disk_wal_fsync_duration_seconds, q: 0.99, over: 5m, at-least: 10 }
            levels:
              - { severity: critical, above: 100ms, clear: 64ms, for: 2m }
              - { severity: warning, above: 32ms, for: 10m }
            clear-for: 10s
            profiles:
              mixin: { policy: interpolated, levels: [ { severity: warning, above: 500ms, for: 10m } ] }
              openshift: { levels: [ { severity: warning, above: 1s, for: 10m } ] }
            alert:
              summary: "{who}: p99 of the WAL fsync is {value}"
            tests:
              - it: is silent
                given: [ "10s..60s all 100 x 1ms" ]
                until: 1m
                expect: []
              - it: is silent in mixin, too
                profile: mixin
                given: [ "10s..60s all 100 x 1ms" ]
                until: 1m
                expect: []
            """;

    private static final String GAUGE = """
            # Why.
            rule: SizesFarApart
            schema: rules/v1
            maturity: sandbox
            reads: member-window
            per: cluster
            when:
              gauge: { of: etcd_mvcc_db_total_size_in_bytes, to: etcd_server_quota_backend_bytes, take: max, over: 1m }
            and: { gauge: { of: etcd_mvcc_db_total_size_in_bytes }, above: 100MiB }
            across: spread
            levels:
              - { severity: warning, at-least: 10 % }
            alert:
              summary: "{cluster}: sizes differ by {value}"
            tests:
              - it: is silent
                given: [ ]
                until: 1m
                expect: []
            """;

    private static final String COUNT = """
            # Why.
            rule: PeersUnreachable
            schema: rules/v1
            maturity: sandbox
            reads: member-window
            per: cluster
            when:
              count: { of: etcd_network_peer_sent_failures_total, by: To, over: 2m, rate-above: 0.01 }
            across: max
            levels:
              - { severity: critical, at-least: quorum }
              - { severity: warning, above: 0 }
            alert:
              summary: "{cluster}: {value} peers cannot be reached"
            tests:
              - it: is silent
                given: [ ]
                until: 1m
                expect: []
            """;

    private static final String PATTERN = """
            # Why.
            rule: SlowDiskMovesLeader
            schema: rules/v1
            maturity: sandbox
            reads: symptom
            per: cluster
            pattern:
              - { step: disk-is-slow, symptom: EtcdWalFsyncSlow, times: { at-least: 2 } }
              - { step: heartbeats-fail, symptom: EtcdHeartbeatsFail, member: same }
              - { step: network-fails, symptom: EtcdPeerSendsFail, absent: true }
              - { step: leader-moves, leader-change: { planned: [no, unknown] }, times: { at-least: 1, or-members-plus: 1 } }
              - { step: leader-moves-again, leader-change: { planned: [no, unknown] }, times: { at-least: 1, or-members-plus: 1 } }
            within: 2m
            resolve-after: 10s
            alert: { severity: critical, summary: "{cluster}: {steps}" }
            tests:
              - it: is silent
                given: [ "13s m1->m2 term 8" ]
                until: 10m
                expect: []
            """;

    static Stream<Arguments> rules() throws Exception {
        Stream<Rule> shipped = RuleReader.shipped().stream()
                .filter(rule -> rule.name().matches("EtcdElectionStorm|EtcdWalFsyncRegression"));
        Stream<Rule> written = Stream.of(
                RuleReader.parse("quantile", QUANTILE),
                RuleReader.parse("gauge", GAUGE),
                RuleReader.parse("count", COUNT),
                RuleReader.parse("pattern", PATTERN));
        return Stream.concat(shipped, written).map(rule -> Arguments.of(rule.name(), rule));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("rules")
    void changesWhatItAlwaysChanged(String name, Rule rule) throws Exception {
        String told = RuleMutator.mutants(rule).stream()
                .map(mutant -> mutant + "\n")
                .collect(Collectors.joining());

        String golden = "/golden/mutants/" + name + ".txt";
        try (InputStream in = RuleMutatorTest.class.getResourceAsStream(golden)) {
            assertThat(in).as(golden + " of\n" + told).isNotNull();
            assertThat(told).isEqualTo(new String(in.readAllBytes(), StandardCharsets.UTF_8));
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("rules")
    void makesEachMutantOnceAndNeverTheRuleItself(String name, Rule rule) {
        List<Mutant> mutants = RuleMutator.mutants(rule);

        assertThat(mutants).extracting(Mutant::rule).doesNotHaveDuplicates().doesNotContain(rule);
    }

    @Test
    void changesANumberInTheProfilesThatHaveItToo() throws Exception {
        Rule rule = RuleReader.parse("quantile", QUANTILE);

        Mutant overChanged = RuleMutator.mutants(rule).stream()
                .filter(mutant -> mutant.what().equals("over 5m -> 10m"))
                .findFirst()
                .orElseThrow();

        assertThat(overChanged.rule().condition()).isNotEqualTo(rule.condition());
        assertThat(overChanged.rule().profiles().get("mixin"))
                .isNotEqualTo(rule.profiles().get("mixin"));
    }

    /** What no test can notice is no weakness of the tests. */
    @Test
    void leavesAloneWhatNoTestRunsUnder() throws Exception {
        Rule rule = RuleReader.parse("quantile", QUANTILE);

        assertThat(RuleMutator.mutants(rule)).allSatisfy(mutant -> assertThat(
                        mutant.rule().profiles().get("openshift"))
                .isEqualTo(rule.profiles().get("openshift")));
    }
}
