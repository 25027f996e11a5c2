package io.quorate.jobs.detection;

import io.quorate.events.Alert;
import io.quorate.events.Alert.Status;
import io.quorate.jobs.time.Waiting;
import io.quorate.rules.Rule;
import io.quorate.rules.StepPattern;
import java.time.Instant;
import java.util.List;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.streaming.api.functions.KeyedProcessFunction;
import org.apache.flink.util.Collector;
import org.jspecify.annotations.Nullable;

/**
 * The alert lifecycle of one pattern, per cluster or member: a match begins an episode, every further one extends it, a long
 * enough time without one resolves it. Matches of one slot are one transition.
 */
final class PatternEpisodes extends KeyedProcessFunction<String, StepMatch, Alert> {

    private static final long serialVersionUID = 1;

    private final Rule rule;
    private final StepPattern pattern;
    private final long slack;
    private transient Waiting<StepMatch> matches;
    private transient ValueState<PatternEpisode> open;

    PatternEpisodes(Rule rule, StepPattern pattern, long baseWindowMillis) {
        this.rule = rule;
        this.pattern = pattern;
        this.slack = PatternEvents.due(0, baseWindowMillis);
    }

    @Override
    public void open(OpenContext context) {
        matches = Waiting.of(getRuntimeContext(), "matches", StepMatch.class);
        open = getRuntimeContext().getState(new ValueStateDescriptor<>("episode", PatternEpisode.class));
    }

    @Override
    public void processElement(StepMatch match, Context context, Collector<Alert> out) throws Exception {
        matches.add(match.due(), match, context.timerService());
    }

    @Override
    public void onTimer(long time, OnTimerContext context, Collector<Alert> out) throws Exception {
        PatternEpisode episode = open.value();
        List<StepMatch> due = matches.take(time);
        if (!due.isEmpty()) {
            due.sort(StepMatch.ORDER);
            episode = resolveWhenOver(episode, due.get(0).at(), out);
            episode = extend(episode, due, out);
            open.update(episode);
            context.timerService().registerEventTimeTimer(overAt(episode) + slack);
        }
        // A match that keeps the episode open may be complete for so long before it is known.
        resolveWhenOver(episode, Instant.ofEpochMilli(time - slack), out);
    }

    private PatternEpisode extend(@Nullable PatternEpisode open, List<StepMatch> matches, Collector<Alert> out) {
        PatternEpisode episode = open == null ? PatternEpisode.begin(rule, pattern, matches.get(0)) : open;
        for (StepMatch match : matches) {
            episode.add(pattern, match);
        }
        out.collect(episode.alert(rule, pattern, open == null ? Status.FIRING : Status.UPDATED, episode.lastAt));
        return episode;
    }

    private @Nullable PatternEpisode resolveWhenOver(
            @Nullable PatternEpisode episode, Instant at, Collector<Alert> out) {
        if (episode == null || overAt(episode) > at.toEpochMilli()) {
            return episode;
        }
        out.collect(episode.alert(rule, pattern, Status.RESOLVED, episode.overAt(pattern)));
        open.clear();
        return null;
    }

    private long overAt(PatternEpisode episode) {
        return episode.overAt(pattern).toEpochMilli();
    }
}
