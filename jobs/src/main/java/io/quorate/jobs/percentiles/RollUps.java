package io.quorate.jobs.percentiles;

import io.quorate.events.MemberWindow;
import io.quorate.jobs.settings.WindowSettings;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.TreeSet;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.state.MapState;
import org.apache.flink.api.common.state.MapStateDescriptor;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.metrics.Counter;
import org.apache.flink.streaming.api.TimerService;
import org.apache.flink.streaming.api.functions.KeyedProcessFunction;
import org.apache.flink.util.Collector;
import org.jspecify.annotations.Nullable;

/**
 * Of each member's base windows the longer ones: each size is the sum of whole windows of the size before it, in order of
 * time, told when the watermark passes its end, and again when a part is corrected.
 *
 * <p>Base windows are kept by themselves as long as they can be corrected, the horizon; then they settle: they are added to
 * the minute they lie in, a minute that has settled to its five minutes, and so on. What was told of last is forgotten last.
 */
final class RollUps extends KeyedProcessFunction<String, MemberWindow, MemberWindow> {

    private static final long serialVersionUID = 1;

    private static final Comparator<Span> IN_TIME = Comparator.comparing(Span::startMillis);

    private final WindowSettings settings;
    private final ArrayList<Duration> sizes;

    private transient SeriesBook book;
    private transient Clock clock;
    private transient Counter late;
    /** Base windows that may still be corrected, by their start. */
    private transient MapState<Long, RollUp> unsettled;
    /** Longer windows, with what of them has settled, and which version was told. */
    private transient MapState<Span, RollUp> settled;

    RollUps(WindowSettings settings) {
        this.settings = settings;
        this.sizes = new ArrayList<>(settings.rollUps());
    }

    @Override
    public void open(OpenContext context) {
        book = SeriesBook.of(getRuntimeContext());
        clock = Clock.of(getRuntimeContext());
        late = getRuntimeContext().getMetricGroup().counter("lateWindows");
        unsettled = getRuntimeContext().getMapState(new MapStateDescriptor<>("unsettled", Long.class, RollUp.class));
        settled = getRuntimeContext()
                .getMapState(new MapStateDescriptor<>(
                        "settled", TypeInformation.of(Span.class), TypeInformation.of(RollUp.class)));
    }

    @Override
    public void processElement(MemberWindow window, Context context, Collector<MemberWindow> out) throws Exception {
        TimerService timers = context.timerService();
        long start = window.windowStart().toEpochMilli();
        long settlesAt = Span.around(start, settings.size()).settlesAt(settings.horizon());
        if (settlesAt <= clock.now(timers)) {
            // It stands in longer windows already, or they were told without it: added now, it would count alone.
            late.inc();
            return;
        }
        unsettled.put(start, RollUp.of(window, book));
        timers.registerEventTimeTimer(settlesAt);
        for (int level = 0; level < sizes.size(); level++) {
            Span span = Span.around(start, sizes.get(level));
            timers.registerEventTimeTimer(span.settlesAt(settings.horizon()));
            if (span.closesAt() > clock.now(timers)) {
                timers.registerEventTimeTimer(span.closesAt());
            } else {
                tell(span, level, out);
            }
        }
    }

    @Override
    public void onTimer(long time, OnTimerContext context, Collector<MemberWindow> out) throws Exception {
        clock.is(time);
        for (int level = 0; level < sizes.size(); level++) {
            Span span = Span.around(time, sizes.get(level));
            if (span.closesAt() == time) {
                tell(span, level, out);
            }
        }
        settle(time);
    }

    private void tell(Span span, int level, Collector<MemberWindow> out) throws Exception {
        RollUp sum = sum(span, level);
        if (sum == null) {
            return;
        }
        RollUp before = settled.get(span);
        int version = before == null ? 1 : before.version() + 1;
        settled.put(span, (before == null ? sum.none(book) : before).said(version));
        out.collect(sum.said(version).window(span, settings.size().toMillis(), book));
    }

    /** All that is known of a longer window: what has settled and then what has not; null when there is nothing. */
    private @Nullable RollUp sum(Span span, int level) throws Exception {
        List<RollUp> inOrder = new ArrayList<>();
        RollUp before = settled.get(span);
        if (before != null && before.windows() > 0) {
            inOrder.add(before);
        }
        for (Span part : parts(span, level)) {
            RollUp next = level == 0 ? unsettled.get(part.startMillis()) : sum(part, level - 1);
            if (next != null) {
                inOrder.add(next);
            }
        }
        return inOrder.isEmpty() ? null : RollUp.sum(inOrder, book);
    }

    /** The windows of the next smaller size in it that have not settled, in order of time. */
    private TreeSet<Span> parts(Span span, int level) throws Exception {
        Duration size = level == 0 ? settings.size() : sizes.get(level - 1);
        TreeSet<Span> parts = new TreeSet<>(IN_TIME);
        for (long start : unsettled.keys()) {
            if (span.contains(start)) {
                parts.add(Span.around(start, size));
            }
        }
        for (Span smaller : settled.keys()) {
            if (smaller.millis() < span.millis() && span.contains(smaller.startMillis())) {
                parts.add(Span.around(smaller.startMillis(), size));
            }
        }
        return parts;
    }

    private void settle(long time) throws Exception {
        TreeSet<Long> starts = new TreeSet<>();
        unsettled.keys().forEach(starts::add);
        for (long start : starts) {
            RollUp window = unsettled.get(start);
            if (Span.around(start, settings.size()).settlesAt(settings.horizon()) <= time) {
                add(window, start, 0);
                unsettled.remove(start);
            }
        }
        for (int level = 0; level < sizes.size(); level++) {
            for (Span span : settledAt(time, sizes.get(level))) {
                RollUp sum = settled.get(span);
                settled.remove(span);
                if (sum.windows() > 0) {
                    add(sum, span.startMillis(), level + 1);
                }
            }
        }
        if (unsettled.isEmpty() && settled.isEmpty()) {
            book.clear();
            clock.clear();
        }
    }

    /** Adds what has settled to the window of that level it lies in. */
    private void add(RollUp part, long start, int level) throws Exception {
        if (level < sizes.size()) {
            Span whole = Span.around(start, sizes.get(level));
            RollUp before = settled.get(whole);
            boolean first = before == null || before.windows() == 0;
            RollUp sum = first ? part : RollUp.sum(List.of(before, part), book);
            settled.put(whole, sum.said(before == null ? 0 : before.version()));
        }
    }

    private TreeSet<Span> settledAt(long time, Duration size) throws Exception {
        TreeSet<Span> spans = new TreeSet<>(IN_TIME);
        for (Span span : settled.keys()) {
            if (span.millis() == size.toMillis() && span.settlesAt(settings.horizon()) <= time) {
                spans.add(span);
            }
        }
        return spans;
    }
}
