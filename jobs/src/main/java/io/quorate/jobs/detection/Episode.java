package io.quorate.jobs.detection;

import io.quorate.events.Alert;
import io.quorate.events.Alert.Evidence;
import io.quorate.events.Alert.Severity;
import io.quorate.events.Alert.Status;
import io.quorate.events.LeaderChange;
import io.quorate.rules.Rule;
import io.quorate.rules.yaml.Durations;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * One episode of one rule in one cluster, from the match that began it until nothing was counted for long enough; a Flink
 * POJO, as it is keyed state.
 */
public class Episode {

    /** A storm of a night would otherwise grow without bound; the count goes on. */
    private static final int MOST_EVIDENCE = 50;

    public String id = "";
    public String cluster = "";
    public @Nullable String clusterId;
    public Severity severity = Severity.INFO;
    public Instant firstChangeAt = Instant.EPOCH;
    public Instant startedAt = Instant.EPOCH;
    public Instant lastChangeAt = Instant.EPOCH;
    public long lastTerm;
    public int count;
    public List<Evidence> evidence = new ArrayList<>();

    /** Begins with a match; its id is frozen here. */
    static Episode begin(Rule rule, Rule.CountedChanges condition, RuleMatch match) {
        Episode episode = new Episode();
        episode.cluster = match.cluster();
        episode.clusterId = match.last().clusterId();
        episode.severity = match.severity();
        episode.startedAt = match.last().observedAt();
        episode.firstChangeAt = match.changes().get(0).observedAt();
        episode.id = Alert.idOf(rule.name(), match.cluster(), null, episode.startedAt);
        match.changes().forEach(change -> episode.count(condition, change));
        return episode;
    }

    /** Whether this change is new to the episode: then it is counted. */
    boolean count(Rule.CountedChanges condition, LeaderChange change) {
        if (!Objects.equals(change.clusterId(), clusterId)) {
            // Another cluster under the same name counts its terms from the start.
            clusterId = change.clusterId();
            lastTerm = 0;
        }
        if (change.raftTerm() <= lastTerm) {
            return false;
        }
        lastTerm = change.raftTerm();
        lastChangeAt = change.observedAt();
        count++;
        if (evidence.size() < MOST_EVIDENCE) {
            evidence.add(new Evidence(
                    condition.step(),
                    change.from() + " -> " + change.to() + ", term " + change.raftTerm(),
                    change.observedAt()));
        }
        return true;
    }

    /** Whether this severity is worse than the episode's; then it is the episode's from now on. */
    boolean worsens(Severity other) {
        boolean worse = other.compareTo(severity) > 0;
        if (worse) {
            severity = other;
        }
        return worse;
    }

    Instant overAt(Rule.CountedChanges condition) {
        return lastChangeAt.plus(condition.resolveAfter());
    }

    /** This transition, in the rule's words. */
    Alert alert(Rule rule, Status status, Instant at) {
        Duration span = Duration.between(firstChangeAt, lastChangeAt);
        String summary = rule.says()
                .summary()
                .replace("{cluster}", cluster)
                .replace("{count}", Integer.toString(count))
                .replace("{span}", Durations.format(span));
        return new Alert(
                id,
                rule.name(),
                severity,
                cluster,
                clusterId,
                null,
                null,
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
