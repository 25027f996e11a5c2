package io.quorate.jobs.detection;

import io.quorate.events.Alert;
import io.quorate.events.Alert.Evidence;
import io.quorate.events.Alert.Status;
import io.quorate.rules.Rule;
import io.quorate.rules.StepPattern;
import io.quorate.rules.StepPattern.Step;
import io.quorate.rules.compile.PatternEvent;
import io.quorate.rules.yaml.Durations;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * One episode of a pattern, from the match that began it until none was complete for long enough; a Flink POJO, as it is
 * keyed state.
 */
public class PatternEpisode {

    /** A chain that repeats all night would otherwise grow without bound; the count goes on. */
    private static final int MOST_EVIDENCE = 50;

    public String id = "";
    public String cluster = "";
    public @Nullable String clusterId;
    public @Nullable String member;
    public @Nullable String memberId;
    public Instant startedAt = Instant.EPOCH;
    public Instant firstAt = Instant.EPOCH;

    /** When the last match was complete. */
    public Instant lastAt = Instant.EPOCH;

    /** What the pattern counts. */
    public int count;

    public List<Evidence> evidence = new ArrayList<>();

    /** What this match begins; its id is frozen here. */
    static PatternEpisode begin(Rule rule, StepPattern pattern, StepMatch match) {
        PatternEpisode episode = new PatternEpisode();
        PatternEvent first = match.first();
        episode.cluster = first.cluster();
        episode.clusterId = first.clusterId();
        episode.member = first.member();
        episode.memberId = first.memberId();
        episode.firstAt = first.at();
        episode.startedAt = match.at();
        episode.id = Alert.idOf(
                rule.name(), episode.cluster, pattern.isOfOneMember() ? episode.member : null, episode.startedAt);
        return episode;
    }

    void add(StepPattern pattern, StepMatch match) {
        lastAt = match.at().isAfter(lastAt) ? match.at() : lastAt;
        Step counted = pattern.counted();
        for (Step step : pattern.steps()) {
            if (step.absent()) {
                say(step.name(), "no " + what(step), match.at());
            }
            for (StepMatch.Taken taken : match.events()) {
                if (taken.step().equals(step.name())) {
                    say(step.name(), sentence(taken.event()), taken.event().at());
                    count += step.equals(counted) ? 1 : 0;
                }
            }
        }
    }

    Instant overAt(StepPattern pattern) {
        return lastAt.plus(pattern.resolveAfter());
    }

    /** This transition, in the rule's words. */
    Alert alert(Rule rule, StepPattern pattern, Status status, Instant at) {
        boolean ofOneMember = pattern.isOfOneMember();
        String summary = rule.says()
                .summary()
                .replace("{cluster}", cluster)
                .replace("{member}", member == null ? cluster : member)
                .replace("{count}", Integer.toString(count))
                .replace("{span}", Durations.format(Duration.between(firstAt, lastAt)))
                .replace(
                        "{steps}",
                        pattern.steps().stream()
                                .filter(step -> !step.absent())
                                .map(Step::name)
                                .collect(Collectors.joining(" -> ")));
        return new Alert(
                id,
                rule.name(),
                pattern.severity(),
                cluster,
                clusterId,
                ofOneMember ? member : null,
                ofOneMember ? memberId : null,
                status,
                at,
                startedAt,
                summary,
                null,
                null,
                rule.says().runbook(),
                List.copyOf(evidence));
    }

    private void say(String step, String sentence, Instant at) {
        if (evidence.size() < MOST_EVIDENCE) {
            evidence.add(new Evidence(step, sentence, at));
        }
    }

    /** {@code EtcdWalFsyncSlow of m1: p99 in (256 ms, 512 ms]}; a leader change tells itself. */
    static String sentence(PatternEvent event) {
        if (event.name().equals(PatternEvent.LEADER_CHANGE)) {
            return event.value();
        }
        return event.name()
                + (event.member() == null ? "" : " of " + event.member())
                + (event.value().isEmpty() ? "" : ": " + event.value());
    }

    private static String what(Step step) {
        return (step.isChange() ? "leader change" : String.join(" or ", new TreeSet<>(step.symptoms())))
                + (step.sameMember() ? " of the same member" : "");
    }
}
