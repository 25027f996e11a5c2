package io.quorate.jobs.percentiles;

import io.quorate.jobs.settings.WindowSettings;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.state.MapState;
import org.apache.flink.api.common.state.MapStateDescriptor;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.metrics.Counter;
import org.apache.flink.streaming.api.TimeDomain;
import org.apache.flink.streaming.api.TimerService;
import org.apache.flink.streaming.api.functions.KeyedProcessFunction;
import org.apache.flink.util.Collector;

/**
 * The sum of the parts of a whole, window by window: when the watermark passes the window's end, again whenever a part is
 * corrected later, and before that at every beat in which an early part came.
 */
final class Sums extends KeyedProcessFunction<String, Part, Part> {

    private static final long serialVersionUID = 1;

    private final WindowSettings settings;
    private final Sum.Level level;
    private final Early.Level beat;
    private transient SeriesBook book;
    private transient Clock clock;
    private transient Counter late;
    private transient MapState<Span, KeptWhole> windows;

    Sums(WindowSettings settings, Sum.Level level, Early.Level beat) {
        this.settings = settings;
        this.level = level;
        this.beat = beat;
    }

    @Override
    public void open(OpenContext context) {
        book = SeriesBook.of(getRuntimeContext());
        clock = Clock.of(getRuntimeContext());
        late = getRuntimeContext().getMetricGroup().counter("lateParts");
        windows = getRuntimeContext()
                .getMapState(new MapStateDescriptor<>(
                        "windows", TypeInformation.of(Span.class), TypeInformation.of(KeptWhole.class)));
    }

    @Override
    public void processElement(Part part, Context context, Collector<Part> out) throws Exception {
        TimerService timers = context.timerService();
        Span span = part.span();
        long now = clock.now(timers);
        if (span.settlesAt(settings.horizon()) <= now) {
            // The sum was told and its parts are forgotten: this one alone must not take its place.
            late.inc();
            return;
        }
        KeptWhole before = windows.get(span);
        KeptWhole window = (before == null ? KeptWhole.NOTHING : before).with(KeptPart.of(part, book));
        windows.put(span, window);
        timers.registerEventTimeTimer(span.settlesAt(settings.horizon()));
        if (span.closesAt() <= now) {
            close(context.getCurrentKey(), span, window, out);
            return;
        }
        timers.registerEventTimeTimer(span.closesAt());
        if (part.version() == 0 && settings.early() != null) {
            timers.registerProcessingTimeTimer(Early.next(timers, settings.early(), beat));
        }
    }

    @Override
    public void onTimer(long time, OnTimerContext context, Collector<Part> out) throws Exception {
        boolean early = context.timeDomain() == TimeDomain.PROCESSING_TIME;
        if (!early) {
            clock.is(time);
        }
        List<Span> known = new ArrayList<>();
        windows.keys().forEach(known::add);
        known.sort(Comparator.comparing(Span::endMillis).thenComparing(Span::startMillis));
        for (Span span : known) {
            KeptWhole window = windows.get(span);
            if (early && window.untold() && window.version() == 0) {
                windows.put(span, window.told(0));
                out.collect(sum(context.getCurrentKey(), span, window.parts(), 0));
            } else if (!early && span.closesAt() == time) {
                close(context.getCurrentKey(), span, window, out);
            } else if (!early && span.settlesAt(settings.horizon()) <= time) {
                windows.remove(span);
            }
        }
        if (windows.isEmpty()) {
            book.clear();
            clock.clear();
        }
    }

    private void close(String whole, Span span, KeptWhole window, Collector<Part> out) throws Exception {
        // An early part that never closed is of a window that was taken back.
        List<KeptPart> closed =
                window.parts().stream().filter(part -> part.version() > 0).toList();
        if (!closed.isEmpty()) {
            KeptWhole told = window.told(window.version() + 1);
            windows.put(span, told);
            out.collect(sum(whole, span, closed, told.version()));
        }
    }

    private Part sum(String whole, Span span, List<KeptPart> parts, int version) throws Exception {
        Sum sum = new Sum(level);
        int members = 0;
        boolean gap = false;
        for (KeptPart part : parts) {
            sum.add(book.measures(part.series()));
            members += part.members();
            gap |= part.gap();
        }
        // Its cluster is that of any of its parts, as long as they are of one.
        KeptPart any = parts.get(0);
        return new Part(
                whole,
                any.part(),
                span.start(),
                span.end(),
                any.cluster(),
                any.clusterId(),
                members,
                gap,
                version,
                sum.total());
    }
}
