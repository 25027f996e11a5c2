package io.quorate.jobs.percentiles;

import io.quorate.ingest.catalogue.Catalogue;
import io.quorate.jobs.settings.WindowSettings;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.state.MapState;
import org.apache.flink.api.common.state.MapStateDescriptor;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.streaming.api.functions.KeyedProcessFunction;
import org.apache.flink.util.Collector;

/**
 * The sum of the parts of a whole, window by window, when the watermark passes the window's end, and again whenever a part
 * is corrected later.
 */
final class Sums extends KeyedProcessFunction<String, Part, Part> {

    private static final long serialVersionUID = 1;

    private final WindowSettings settings;
    private final Sum.Level level;
    private transient Catalogue catalogue;
    private transient MapState<Long, List<Part>> parts;
    private transient MapState<Long, Integer> versions;

    Sums(WindowSettings settings, Sum.Level level) {
        this.settings = settings;
        this.level = level;
    }

    @Override
    public void open(OpenContext context) {
        catalogue = Catalogue.shipped();
        MapStateDescriptor<Long, List<Part>> open =
                new MapStateDescriptor<>("parts", Types.LONG, Types.LIST(TypeInformation.of(Part.class)));
        open.enableTimeToLive(PercentilesPipeline.FORGOTTEN_AFTER_A_DAY);
        parts = getRuntimeContext().getMapState(open);
        MapStateDescriptor<Long, Integer> emitted = new MapStateDescriptor<>("versions", Types.LONG, Types.INT);
        emitted.enableTimeToLive(PercentilesPipeline.FORGOTTEN_AFTER_A_DAY);
        versions = getRuntimeContext().getMapState(emitted);
    }

    @Override
    public void processElement(Part part, Context context, Collector<Part> out) throws Exception {
        long start = part.windowStart().toEpochMilli();
        List<Part> known = parts.get(start);
        List<Part> now = new ArrayList<>(known == null ? List.of() : known);
        now.removeIf(other -> other.part().equals(part.part()));
        now.add(part);
        parts.put(start, now);
        long closesAt = settings.closesAt(part.windowStart());
        if (closesAt > context.timerService().currentWatermark()) {
            context.timerService().registerEventTimeTimer(closesAt);
        } else {
            close(start, now, out);
        }
    }

    @Override
    public void onTimer(long time, OnTimerContext context, Collector<Part> out) throws Exception {
        long start = settings.startOf(Instant.ofEpochMilli(time)).toEpochMilli();
        List<Part> all = parts.get(start);
        if (all != null) {
            close(start, new ArrayList<>(all), out);
        }
        long forgotten = start - settings.horizon().toMillis() - settings.size().toMillis();
        List<Long> starts = new ArrayList<>();
        parts.keys().forEach(starts::add);
        for (Long other : starts) {
            if (other < forgotten) {
                parts.remove(other);
                versions.remove(other);
            }
        }
    }

    private void close(long start, List<Part> all, Collector<Part> out) throws Exception {
        Integer previous = versions.get(start);
        int version = previous == null ? 1 : previous + 1;
        versions.put(start, version);
        // In one order whatever the order of arrival: sums of floating point numbers depend on it.
        all.sort(Comparator.comparing(Part::part));
        Sum sum = new Sum(catalogue, level);
        int members = 0;
        boolean gap = false;
        for (Part part : all) {
            sum.add(part.measures());
            members += part.members();
            gap |= part.gap();
        }
        out.collect(all.get(0).summed(members, gap, version, sum.total()));
    }
}
