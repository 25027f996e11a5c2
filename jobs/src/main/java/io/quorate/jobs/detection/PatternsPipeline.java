package io.quorate.jobs.detection;

import io.quorate.events.Alert;
import io.quorate.events.LeaderChange;
import io.quorate.events.Symptom;
import io.quorate.jobs.causes.Clue;
import io.quorate.rules.Rule;
import io.quorate.rules.Rule.CausalRank;
import io.quorate.rules.StepPattern;
import io.quorate.rules.StepPattern.Step;
import io.quorate.rules.compile.PatternEvent;
import io.quorate.rules.compile.PatternText;
import io.quorate.rules.compile.RuleCompiler;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.apache.flink.api.common.functions.FilterFunction;
import org.apache.flink.api.common.functions.MapFunction;
import org.apache.flink.api.java.functions.KeySelector;
import org.apache.flink.cep.CEP;
import org.apache.flink.cep.functions.PatternProcessFunction;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.datastream.SingleOutputStreamOperator;
import org.apache.flink.util.Collector;
import org.jspecify.annotations.Nullable;

/**
 * Symptoms and leader changes in, alerts of one pattern out.
 *
 * <pre>
 * symptoms --read by the rule, key by cluster--+--> RULE-events --key by cluster, or member--> RULE-steps-STRUCTURE (CEP) --> RULE-episodes --> alerts
 * changes  --read by the rule, key by cluster--+
 * </pre>
 *
 * A rule that explains has no episodes: its matches are clues to the causes of others' alerts.
 *
 * Partial matches of other steps are of no use: the address of the CEP operator carries what its steps are. Episodes stay, so
 * that an alert that fires is resolved also after its rule was changed.
 */
public final class PatternsPipeline {

    private PatternsPipeline() {}

    /**
     * Both streams must carry event time and watermarks.
     *
     * @param ranks of the rules whose symptoms the pattern reads
     */
    public static DataStream<Alert> patterns(
            DataStream<Symptom> symptoms,
            DataStream<LeaderChange> changes,
            Rule rule,
            StepPattern pattern,
            Map<String, CausalRank> ranks,
            long baseWindowMillis) {
        String name = DetectionPipeline.kebab(rule.name());
        return matches(symptoms, changes, rule, pattern, ranks, baseWindowMillis)
                .keyBy(new OfWhose(pattern.isOfOneMember()))
                .process(new PatternEpisodes(rule, pattern, baseWindowMillis))
                .uid(name + "-episodes")
                .name(name + "-episodes");
    }

    /** What a pattern that explains makes of the same: each match as a clue to causes. */
    static DataStream<Clue> explanations(
            DataStream<Symptom> symptoms,
            DataStream<LeaderChange> changes,
            Rule rule,
            StepPattern pattern,
            Map<String, CausalRank> ranks,
            long baseWindowMillis) {
        return matches(symptoms, changes, rule, pattern, ranks, baseWindowMillis)
                .map(new Explained(rule.name(), baseWindowMillis))
                .name(DetectionPipeline.kebab(rule.name()) + "-explanations");
    }

    private static SingleOutputStreamOperator<StepMatch> matches(
            DataStream<Symptom> symptoms,
            DataStream<LeaderChange> changes,
            Rule rule,
            StepPattern pattern,
            Map<String, CausalRank> ranks,
            long baseWindowMillis) {
        String name = DetectionPipeline.kebab(rule.name());
        String steps = name + "-steps-"
                + Integer.toHexString(PatternText.structure(pattern).hashCode());
        DataStream<PatternEvent> events = symptoms.filter(new ReadSymptom(pattern))
                .name(name + "-symptoms")
                .keyBy(Symptom::cluster)
                .connect(changes.filter(new ReadChange(pattern))
                        .name(name + "-changes")
                        .keyBy(LeaderChange::cluster))
                .process(new PatternEvents(ranks, baseWindowMillis))
                .uid(name + "-events")
                .name(name + "-events");
        return CEP.pattern(
                        events.keyBy(new OfWhom(pattern.readsOneMember())),
                        RuleCompiler.pattern(pattern),
                        RuleCompiler.ties())
                .process(new Matched(pattern, baseWindowMillis))
                .uid(steps)
                .name(steps);
    }

    /** Where each rule's symptom stands between cause and effect. */
    public static Map<String, CausalRank> ranks(List<Rule> rules) {
        return rules.stream().collect(Collectors.toMap(Rule::name, Rule::rank, (one, other) -> other));
    }

    private static String key(String cluster, @Nullable String member) {
        return member == null ? cluster : cluster + '\n' + member;
    }

    private record ReadSymptom(StepPattern pattern) implements FilterFunction<Symptom> {

        @Override
        public boolean filter(Symptom symptom) {
            return pattern.steps().stream().anyMatch(step -> step.takes(symptom.rule(), null));
        }
    }

    private record ReadChange(StepPattern pattern) implements FilterFunction<LeaderChange> {

        @Override
        public boolean filter(LeaderChange change) {
            return pattern.steps().stream().anyMatch(step -> step.takes(PatternEvent.LEADER_CHANGE, change.planned()));
        }
    }

    /** A match takes what came before its last event away from others: one member's must not take another's. */
    private record OfWhom(boolean byMember) implements KeySelector<PatternEvent, String> {

        @Override
        public String getKey(PatternEvent event) {
            return key(event.cluster(), byMember ? event.member() : null);
        }
    }

    private record OfWhose(boolean byMember) implements KeySelector<StepMatch, String> {

        @Override
        public String getKey(StepMatch match) {
            return key(match.first().cluster(), byMember ? match.first().member() : null);
        }
    }

    private record Explained(String rule, long window) implements MapFunction<StepMatch, Clue> {

        @Override
        public Clue map(StepMatch match) {
            PatternEvent first = match.first();
            PatternEvent last = match.last();
            return Clue.of(
                    first.cluster(),
                    new Clue.Explanation(
                            rule,
                            first.member(),
                            Instant.ofEpochMilli(first.slot()),
                            Instant.ofEpochMilli(last.slot() + window),
                            match.events().stream()
                                    .map(taken -> new Clue.Step(
                                            taken.step(),
                                            PatternEpisode.sentence(taken.event()),
                                            taken.event().at()))
                                    .toList()));
        }
    }

    private static final class Matched extends PatternProcessFunction<PatternEvent, StepMatch> {

        private static final long serialVersionUID = 1;

        private final StepPattern pattern;
        private final long window;

        Matched(StepPattern pattern, long baseWindowMillis) {
            this.pattern = pattern;
            this.window = baseWindowMillis;
        }

        @Override
        public void processMatch(Map<String, List<PatternEvent>> match, Context context, Collector<StepMatch> out) {
            List<StepMatch.Taken> events = new ArrayList<>();
            for (Step step : pattern.steps()) {
                RuleCompiler.taken(match, step).forEach(event -> events.add(new StepMatch.Taken(step.name(), event)));
            }
            long begun = events.get(0).event().slot();
            // Not the context's time: at the end of the input it is the end of all time.
            if (pattern.endsInAbsence()) {
                long over = begun + pattern.within().toMillis();
                out.collect(new StepMatch(events, Instant.ofEpochMilli(over), PatternEvents.due(over, window)));
                return;
            }
            PatternEvent last = events.get(events.size() - 1).event();
            Instant complete = events.stream()
                    .map(taken -> taken.event().at())
                    .max(Instant::compareTo)
                    .orElse(last.at());
            out.collect(new StepMatch(events, complete, PatternEvents.due(last.slot(), window)));
        }
    }
}
