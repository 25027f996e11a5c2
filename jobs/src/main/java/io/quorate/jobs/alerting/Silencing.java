package io.quorate.jobs.alerting;

import io.quorate.events.Alert.Status;
import io.quorate.events.Control;
import io.quorate.events.DeadLetter;
import io.quorate.events.Notification;
import io.quorate.events.Notification.Outcome;
import io.quorate.events.codec.EventCodec;
import io.quorate.rules.yaml.InvalidYaml;
import io.quorate.sinks.receivers.PlacedAlert;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.state.MapStateDescriptor;
import org.apache.flink.api.common.state.ReadOnlyBroadcastState;
import org.apache.flink.api.common.state.StateTtlConfig;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.metrics.Counter;
import org.apache.flink.streaming.api.functions.co.KeyedBroadcastProcessFunction;
import org.apache.flink.util.Collector;
import org.apache.flink.util.OutputTag;
import org.jspecify.annotations.Nullable;

/**
 * Holds back what a person has silenced. What still fires when the silence ends is told then; who was told that something
 * fires is told of its end, silence or not. By the clock, as people silence by the clock.
 */
final class Silencing extends KeyedBroadcastProcessFunction<String, PlacedAlert, Control, PlacedAlert> {

    private static final long serialVersionUID = 1;

    static final MapStateDescriptor<String, Control> SAID =
            new MapStateDescriptor<>("silences", Types.STRING, TypeInformation.of(Control.class));

    static final OutputTag<Notification> HELD = new OutputTag<>("silenced", TypeInformation.of(Notification.class));
    static final OutputTag<DeadLetter> REFUSED =
            new OutputTag<>("silences-refused", TypeInformation.of(DeadLetter.class));

    private static final ValueStateDescriptor<Quiet> EPISODE =
            new ValueStateDescriptor<>("quiet", TypeInformation.of(Quiet.class));

    static {
        EPISODE.enableTimeToLive(StateTtlConfig.newBuilder(Duration.ofDays(30)).build());
    }

    private final Said before;
    private transient ValueState<Quiet> episode;
    private transient Map<String, Silence> known;
    private transient Counter silenced;

    /** Knows from the first alert on what was said before. */
    Silencing(Said before) {
        this.before = before;
    }

    @Override
    public void open(OpenContext context) {
        episode = getRuntimeContext().getState(EPISODE);
        silenced = getRuntimeContext().getMetricGroup().counter("silencedAlerts");
        known = new HashMap<>();
        // The topic is read beside the alerts, and may come later than the first of them.
        before.now().stream().filter(Silencing::isSilence).forEach(control -> read(control, known));
    }

    @Override
    public void processElement(PlacedAlert placed, ReadOnlyContext context, Collector<PlacedAlert> out)
            throws Exception {
        if (placed.alert().status() == Status.PENDING) {
            return;
        }
        Quiet now = episode.value() == null ? new Quiet() : episode.value();
        if (placed.isOver()) {
            boolean wasHeld = now.held != null && !now.told;
            episode.clear();
            if (wasHeld) {
                context.output(HELD, line(placed, "over before the silence was", moment(context)));
                silenced.inc();
            } else {
                out.collect(placed);
            }
            return;
        }
        Silence silence = silenceOf(placed, context.getBroadcastState(SAID), moment(context));
        if (silence == null) {
            now.told = true;
            now.held = null;
            out.collect(placed);
        } else {
            now.held = placed;
            silenced.inc();
            context.output(HELD, line(placed, words(silence), moment(context)));
            context.timerService().registerProcessingTimeTimer(silence.until().toEpochMilli());
        }
        episode.update(now);
    }

    @Override
    public void onTimer(long time, OnTimerContext context, Collector<PlacedAlert> out) throws Exception {
        Quiet now = episode.value();
        if (now == null || now.held == null) {
            return;
        }
        Silence next = silenceOf(now.held, context.getBroadcastState(SAID), Instant.ofEpochMilli(time));
        if (next == null) {
            episode.update(told(now, out));
        } else {
            context.timerService().registerProcessingTimeTimer(next.until().toEpochMilli());
        }
    }

    @Override
    public void processBroadcastElement(Control control, Context context, Collector<PlacedAlert> out) throws Exception {
        if (!isSilence(control)) {
            return;
        }
        Control former = context.getBroadcastState(SAID).get(control.id());
        if (former != null && !control.at().isAfter(former.at())) {
            return;
        }
        String refusal = read(control, new HashMap<>());
        if (refusal != null) {
            context.output(REFUSED, letter(control, refusal));
            return;
        }
        context.getBroadcastState(SAID).put(control.id(), control);
        read(control, known);
        Instant moment = Instant.ofEpochMilli(context.currentProcessingTime());
        context.applyToKeyedState(EPISODE, (id, state) -> {
            Quiet now = state.value();
            if (now != null
                    && now.held != null
                    && silenceOf(now.held, context.getBroadcastState(SAID), moment) == null) {
                state.update(told(now, out));
            }
        });
    }

    private static Quiet told(Quiet episode, Collector<PlacedAlert> out) {
        out.collect(episode.held);
        episode.told = true;
        episode.held = null;
        return episode;
    }

    /** The one that lasts longest of those that hold now. */
    private @Nullable Silence silenceOf(PlacedAlert placed, ReadOnlyBroadcastState<String, Control> said, Instant now)
            throws Exception {
        for (Map.Entry<String, Control> each : said.immutableEntries()) {
            if (!known.containsKey(each.getKey()) && !each.getValue().mode().equals(Control.REMOVED)) {
                read(each.getValue(), known);
            }
        }
        Silence longest = null;
        for (Silence silence : known.values()) {
            if (silence.holds(placed.labels(), now)
                    && (longest == null || silence.until().isAfter(longest.until()))) {
                longest = silence;
            }
        }
        return longest;
    }

    /** Why it cannot be read; null when it was. */
    private static @Nullable String read(Control control, Map<String, Silence> into) {
        if (control.mode().equals(Control.REMOVED)) {
            into.remove(control.id());
            return null;
        }
        try {
            into.put(control.id(), Silence.of(control));
            return null;
        } catch (InvalidYaml e) {
            return String.valueOf(e.getMessage());
        }
    }

    private static boolean isSilence(Control control) {
        return control.kind().equals(Control.SILENCE);
    }

    private Instant moment(ReadOnlyContext context) {
        return Instant.ofEpochMilli(context.currentProcessingTime());
    }

    private static String words(Silence silence) {
        return "silence " + silence.id() + " until " + silence.until()
                + (silence.by().isEmpty() ? "" : " by " + silence.by());
    }

    private static Notification line(PlacedAlert placed, String why, Instant now) {
        return Lines.heldBack(placed.alert(), Outcome.SILENCED, why, now);
    }

    private static DeadLetter letter(Control control, String why) {
        return new DeadLetter(
                "control " + control.key(),
                "refused",
                why,
                null,
                new String(new EventCodec<>(Control.class).encode(control), StandardCharsets.UTF_8),
                control.at());
    }
}
