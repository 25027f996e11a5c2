package io.quorate.jobs.detection;

import io.quorate.events.Alert;
import io.quorate.events.Alert.Status;
import io.quorate.rules.Rule;
import io.quorate.rules.StepPattern;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.state.MapState;
import org.apache.flink.api.common.state.MapStateDescriptor;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeinfo.Types;
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
    private transient MapState<Long, List<StepMatch>> matches;
    private transient ValueState<PatternEpisode> open;

    PatternEpisodes(Rule rule, StepPattern pattern, long baseWindowMillis) {
        this.rule = rule;
        this.pattern = pattern;
        this.slack = PatternEvents.due(0, baseWindowMillis);
    }

    @Override
    public void open(OpenContext context) {
        matches = getRuntimeContext()
                .getMapState(new MapStateDescriptor<>(
                        "matches", Types.LONG, Types.LIST(TypeInformation.of(StepMatch.class))));
        open = getRuntimeContext().getState(new ValueStateDescriptor<>("episode", PatternEpisode.class));
    }

    @Override
    public void processElement(StepMatch match, Context context, Collector<Alert> out) throws Exception {
        List<StepMatch> known = matches.get(match.due());
        List<StepMatch> all = new ArrayList<>(known == null ? List.of() : known);
        all.add(match);
        matches.put(match.due(), all);
        context.timerService().registerEventTimeTimer(match.due());
    }

    @Override
    public void onTimer(long time, OnTimerContext context, Collector<Alert> out) throws Exception {
        PatternEpisode episode = open.value();
        List<StepMatch> due = matches.get(time);
        if (due != null) {
            matches.remove(time);
            List<StepMatch> ordered = new ArrayList<>(due);
            ordered.sort(StepMatch.ORDER);
            episode = resolveWhenOver(episode, ordered.get(0).at(), out);
            episode = extend(episode, ordered, out);
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
