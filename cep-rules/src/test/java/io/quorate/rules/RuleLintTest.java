package io.quorate.rules;

import static org.assertj.core.api.Assertions.assertThat;

import io.quorate.rules.Finding.Severity;
import java.util.List;
import org.junit.jupiter.api.Test;

class RuleLintTest {

    private static final String RULE = """
            # A disk is slow.
            rule: DiskSlow
            schema: rules/v1
            maturity: sandbox
            reads: member-window
            per: member
            when:
              quantile: { of: etcd_disk_wal_fsync_duration_seconds, q: 0.99, over: 5m }
            levels:
              - { severity: critical, above: LIMIT }
            alert: { summary: "{who} is slow", runbook: docs/here.md }
            """;

    @Test
    void saysOfALimitAtAnEdgeThatItIsExact() throws Exception {
        assertThat(findings(RULE.replace("LIMIT", "32ms")))
                .contains(new Finding("a.yaml", 10, "DiskSlow", Severity.INFO, "above 32ms: exact"));
    }

    @Test
    void flagsEveryLimitInsideABucketWhateverTheUnit() throws Exception {
        for (String limit : List.of("33ms", "0.033", "33000us", "10ms", "500ms", "1s", "8191.999ms")) {
            assertThat(findings(RULE.replace("LIMIT", limit)))
                    .filteredOn(finding -> finding.line() == 10 && finding.isToBeMended())
                    .as(limit)
                    .hasSize(1)
                    .allMatch(finding -> finding.message().contains("inside ("));
        }
    }

    @Test
    void saysOfAnInterpolatedLimitThatPrometheusSpeaksThere() throws Exception {
        String interpolated = RULE.replace("LIMIT", "500ms").replace("levels:", "policy: interpolated\nlevels:");

        assertThat(findings(interpolated))
                .contains(new Finding(
                        "a.yaml",
                        11,
                        "DiskSlow",
                        Severity.INFO,
                        "above 500ms: inside (256ms, 512ms], undecided when the quantile lies there, where Prometheus'"
                                + " interpolation speaks; certain at an edge, the nearest are 256ms and 512ms"));
    }

    @Test
    void asksForNoTestOfARuleWithoutAny() throws Exception {
        assertThat(findings(RULE.replace("LIMIT", "32ms"))).noneMatch(Finding::isToBeMended);
    }

    private static List<Finding> findings(String text) throws Exception {
        RuleFile file = new RuleFile("a.yaml", RuleReader.parse("a.yaml", text));
        return new RuleLint(new FakeMetrics(), null, List.of()).findings(List.of(file));
    }
}
