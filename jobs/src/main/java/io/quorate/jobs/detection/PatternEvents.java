package io.quorate.jobs.detection;

import io.quorate.events.LeaderChange;
import io.quorate.events.Symptom;
import io.quorate.jobs.time.Waiting;
import io.quorate.rules.Rule.CausalRank;
import io.quorate.rules.compile.PatternEvent;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.metrics.Counter;
import org.apache.flink.streaming.api.functions.co.KeyedCoProcessFunction;
import org.apache.flink.util.Collector;

/**
 * Symptoms and leader changes of each cluster on one clock: that of the base windows. What lies in one window leaves at one
 * time, when the window that explains a leader change is there too, and the pattern takes it from cause to effect. A window
 * in which a symptom is true is an event of its own, so that a disk that is slow for an hour is slow in each of its minutes.
 */
final class PatternEvents extends KeyedCoProcessFunction<String, Symptom, LeaderChange, PatternEvent> {

    /** By then a second answer has confirmed a leader change: a poll of another member and its deadline. */
    static final Duration CONFIRMED = Duration.ofSeconds(2);

    private static final long serialVersionUID = 1;

    private final Map<String, CausalRank> ranks;
    private final long window;
    private transient Waiting<PatternEvent> waiting;
    private transient Counter late;

    PatternEvents(Map<String, CausalRank> ranks, long baseWindowMillis) {
        this.ranks = Map.copyOf(ranks);
        this.window = baseWindowMillis;
    }

    /** When nothing more of this slot is to come: events leave with this time. */
    static long due(long slot, long baseWindowMillis) {
        return slot + baseWindowMillis + CONFIRMED.toMillis();
    }

    @Override
    public void open(OpenContext context) {
        waiting = Waiting.of(getRuntimeContext(), "waiting", PatternEvent.class);
        late = getRuntimeContext().getMetricGroup().counter("latePatternEvents");
    }

    @Override
    public void processElement1(Symptom symptom, Context context, Collector<PatternEvent> out) throws Exception {
        if (symptom.kind() == Symptom.Kind.CLEAR) {
            return;
        }
        CausalRank rank = ranks.getOrDefault(symptom.rule(), CausalRank.CAPACITY);
        keep(PatternEvent.of(symptom, slotOf(symptom.from()), rank), context);
    }

    @Override
    public void processElement2(LeaderChange change, Context context, Collector<PatternEvent> out) throws Exception {
        // What took longer to confirm counts where it was known: earlier windows are through by then.
        Instant known = change.confirmedAt().minus(CONFIRMED);
        long slot = slotOf(known.isAfter(change.observedAt()) ? known : change.observedAt());
        keep(PatternEvent.of(change, slot), context);
    }

    @Override
    public void onTimer(long time, OnTimerContext context, Collector<PatternEvent> out) throws Exception {
        waiting.take(time).stream().sorted(PatternEvent.ORDER).forEach(out::collect);
    }

    private void keep(PatternEvent event, Context context) throws Exception {
        long due = due(event.slot(), window);
        if (due <= context.timerService().currentWatermark()) {
            late.inc();
            return;
        }
        // A repeated one must not count twice.
        waiting.addOnce(due, event, context.timerService());
    }

    private long slotOf(Instant at) {
        return Math.floorDiv(at.toEpochMilli(), window) * window;
    }
}
