package io.quorate.jobs.detection;

import io.quorate.events.Alert;
import io.quorate.events.Alert.Status;
import io.quorate.events.LeaderChange;
import io.quorate.jobs.time.Waiting;
import io.quorate.rules.Rule;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.streaming.api.functions.co.KeyedCoProcessFunction;
import org.apache.flink.util.Collector;
import org.jspecify.annotations.Nullable;

/**
 * The alert lifecycle of one rule, per cluster: a match begins an episode, every further change that the rule counts
 * extends it, a long enough time without one resolves it. Matches and changes of one moment are taken together, in event
 * time, so that live and replay say the same.
 */
final class Episodes extends KeyedCoProcessFunction<String, RuleMatch, LeaderChange, Alert> {

    private static final long serialVersionUID = 1;

    private final Rule rule;
    private final Rule.CountedChanges condition;
    private transient Waiting<RuleMatch> matches;
    private transient Waiting<LeaderChange> changes;
    private transient ValueState<Episode> open;

    Episodes(Rule rule, Rule.CountedChanges condition) {
        this.rule = rule;
        this.condition = condition;
    }

    @Override
    public void open(OpenContext context) {
        matches = Waiting.of(getRuntimeContext(), "matches", RuleMatch.class);
        changes = Waiting.of(getRuntimeContext(), "changes", LeaderChange.class);
        open = getRuntimeContext().getState(new ValueStateDescriptor<>("episode", Episode.class));
    }

    @Override
    public void processElement1(RuleMatch match, Context context, Collector<Alert> out) throws Exception {
        matches.add(match.last().confirmedAt().toEpochMilli(), match, context.timerService());
    }

    @Override
    public void processElement2(LeaderChange change, Context context, Collector<Alert> out) throws Exception {
        changes.add(change.confirmedAt().toEpochMilli(), change, context.timerService());
    }

    @Override
    public void onTimer(long time, OnTimerContext context, Collector<Alert> out) throws Exception {
        Episode episode = resolveWhenOver(open.value(), time, out);
        List<RuleMatch> newMatches = matches.take(time);
        List<LeaderChange> newChanges = changes.take(time);
        newMatches.sort(Comparator.comparing(RuleMatch::severity).reversed());

        boolean began = false;
        boolean moved = false;
        for (RuleMatch match : newMatches) {
            if (episode == null) {
                episode = Episode.begin(rule, condition, match);
                began = true;
            } else {
                moved |= episode.worsens(match.severity());
            }
        }
        if (episode == null) {
            return;
        }
        newChanges.sort(Comparator.comparingLong(LeaderChange::raftTerm));
        Instant at = episode.lastChangeAt;
        for (LeaderChange change : newChanges) {
            moved |= episode.count(condition, change);
            at = change.observedAt();
        }
        if (began || moved) {
            out.collect(episode.alert(rule, began ? Status.FIRING : Status.UPDATED, at));
            context.timerService()
                    .registerEventTimeTimer(episode.overAt(condition).toEpochMilli());
            open.update(episode);
        }
    }

    private @Nullable Episode resolveWhenOver(@Nullable Episode episode, long time, Collector<Alert> out)
            throws Exception {
        if (episode == null || episode.overAt(condition).toEpochMilli() > time) {
            return episode;
        }
        out.collect(episode.alert(rule, Status.RESOLVED, episode.overAt(condition)));
        open.clear();
        return null;
    }
}
