package io.quorate.jobs.detection;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.quorate.rules.Rule;
import io.quorate.rules.Rule.CausalRank;
import io.quorate.rules.RuleReader;
import io.quorate.rules.StepPattern;
import io.quorate.rules.compile.PatternText;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Patterns as people write them, from their files to their alerts. */
class PatternRulesTest {

    private static final Map<String, CausalRank> RANKS = Map.of(
            "EtcdWalFsyncSlow", CausalRank.DISK,
            "EtcdPeerSendsFail", CausalRank.NETWORK,
            "EtcdMemberRestarted", CausalRank.PROCESS,
            "EtcdHeartbeatsFail", CausalRank.HEARTBEAT);

    static Stream<Rule> rules() throws Exception {
        return read().stream();
    }

    private static List<Rule> read() throws Exception {
        return RuleReader.folder(
                Path.of(PatternRulesTest.class.getResource("/patterns").toURI()));
    }

    @Test
    void passTheTestsInTheirFiles() throws Exception {
        List<RuleTests.Outcome> outcomes = RuleTests.run(StreamExecutionEnvironment.createLocalEnvironment(1), read(), RANKS);

        assertThat(outcomes).hasSize(18).allMatch(RuleTests.Outcome::holds);
    }

    @ParameterizedTest
    @MethodSource("rules")
    void compileToWhatTheyAlwaysCompiledTo(Rule rule) throws Exception {
        String golden = "/golden/patterns/" + rule.name() + ".txt";
        try (InputStream in = PatternRulesTest.class.getResourceAsStream(golden)) {
            assertThat(in).as(golden).isNotNull();
            assertThat(PatternText.of((StepPattern) rule.condition()))
                    .isEqualTo(new String(in.readAllBytes(), StandardCharsets.UTF_8));
        }
    }

    /** The third file's tests never look at the span; that is told, and nothing else. */
    @Test
    void noticeEveryChangeOfThemselvesButOneThatIsNamed() throws Exception {
        List<RuleMutations.Report> reports =
                RuleMutations.of(StreamExecutionEnvironment.createLocalEnvironment(1), read(), RANKS);

        assertThat(reports)
                .extracting(RuleMutations.Report::toString)
                .containsExactly(
                        "LeaderMovesForNoReason: 9 of 9 mutants killed",
                        "SendsFailAllOver: 7 of 9 mutants killed\n"
                                + "  survives: line 9: within 1m -> 2m\n"
                                + "  survives: line 9: within 1m -> 30s",
                        "SlowDiskMovesLeader: 12 of 12 mutants killed");
    }

    @Test
    void areNotJudgedByTestsThatDoNotHold() throws Exception {
        Rule rule = read().get(0);
        Rule other = rule.with(Patterns.pattern(Patterns.leaderMoves()));

        assertThatThrownBy(() -> RuleMutations.of(
                        StreamExecutionEnvironment.createLocalEnvironment(1), List.of(other), RANKS))
                .hasMessage("LeaderMovesForNoReason fails its own tests or has none; expected them to hold; run them first");
    }
}
