package io.quorate.jobs.detection;

import static org.assertj.core.api.Assertions.assertThat;

import io.quorate.jobs.settings.Profiles;
import io.quorate.rules.Rule;
import io.quorate.rules.RuleReader;
import java.io.ByteArrayOutputStream;
import java.io.ObjectOutputStream;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class ControlsTest {

    private static final Duration WINDOW = Duration.ofSeconds(10);

    private final List<Rule> shipped = Profiles.underNamed("fleet", RuleReader.shipped());
    private final Controls controls = new Controls(shipped, List.of(), "fleet");

    @Test
    void travelWithoutTheTestsOfTheirRules() throws Exception {
        assertThat(controls.rules()).extracting(Rule::tests).containsOnly(List.of());
        assertThat(controls.rules())
                .extracting(Rule::version)
                .isEqualTo(shipped.stream().map(Rule::version).toList());
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        new ObjectOutputStream(bytes).writeObject(controls);
        assertThat(bytes.size()).as("every operator takes them along").isLessThan(1 << 20);
    }

    @Test
    void knowWhatOfWindowsIsLookedAt() throws Exception {
        assertThat(controls.metricsRead(WINDOW))
                .contains(
                        "etcd_disk_wal_fsync_duration_seconds",
                        "quorate_commit_apply_lag_entries",
                        "quorate_node_up",
                        "up")
                .doesNotContain("go_goroutines", "raft_index");
        Rule regression = shipped.stream()
                .filter(rule -> rule.condition() instanceof Rule.Regression)
                .findFirst()
                .orElseThrow();
        assertThat(new Controls(List.of(regression), List.of(), "fleet").metricsRead(WINDOW))
                .contains(((Rule.Regression) regression.condition()).metric())
                .as("what tells that a member was scraped, though no rule reads it")
                .contains("etcd_server_has_leader", "etcd_server_proposals_committed_total");
    }
}
