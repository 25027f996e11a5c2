package io.quorate.jobs.detection;

import io.quorate.events.Alert;
import io.quorate.events.Alert.Evidence;
import io.quorate.events.Alert.Status;
import io.quorate.rules.Rule;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One episode of a regression, of a member or of a cluster; a Flink POJO, as it is keyed state. What it says is frozen when
 * it fires.
 */
public class RegressionEpisode {

    public String id = "";
    public String cluster = "";
    public @Nullable String clusterId;
    public @Nullable String member;
    public @Nullable String memberId;
    public Instant startedAt = Instant.EPOCH;
    public String summary = "";
    public List<Evidence> evidence = new ArrayList<>();

    Alert alert(Rule rule, Rule.Regression condition, Status status, Instant at) {
        return new Alert(
                id,
                rule.name(),
                condition.severity(),
                cluster,
                clusterId,
                member,
                memberId,
                status,
                at,
                startedAt,
                summary,
                null,
                null,
                rule.says().runbook(),
                List.copyOf(evidence));
    }
}
