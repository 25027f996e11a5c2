package io.quorate.jobs.percentiles;

import io.quorate.events.DeadLetter;
import io.quorate.events.MemberScrape;
import io.quorate.events.MemberWindow;
import io.quorate.events.codec.EventCodec;
import io.quorate.ingest.catalogue.Catalogue;
import io.quorate.jobs.settings.WindowSettings;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.state.MapState;
import org.apache.flink.api.common.state.MapStateDescriptor;
import org.apache.flink.metrics.Counter;
import org.apache.flink.streaming.api.functions.KeyedProcessFunction;
import org.apache.flink.util.Collector;
import org.apache.flink.util.OutputTag;
import org.jspecify.annotations.Nullable;

/**
 * The readings of each member, and a window out of them when the watermark passes its end. A late reading within the
 * horizon corrects what it touches; a later one leaves by {@link #LATE}.
 */
final class MemberWindows extends KeyedProcessFunction<String, MemberScrape, MemberWindow> {

    static final OutputTag<DeadLetter> LATE = new OutputTag<>("late-scrapes") {};

    private static final long serialVersionUID = 1;

    private final WindowSettings settings;
    private transient Catalogue catalogue;
    private transient MapState<Long, MemberScrape> readings;
    private transient MapState<Long, Integer> versions;
    private transient Counter late;
    private transient Counter corrected;

    MemberWindows(WindowSettings settings) {
        this.settings = settings;
    }

    @Override
    public void open(OpenContext context) {
        catalogue = Catalogue.shipped();
        MapStateDescriptor<Long, MemberScrape> known =
                new MapStateDescriptor<>("readings", Long.class, MemberScrape.class);
        known.enableTimeToLive(PercentilesPipeline.FORGOTTEN_AFTER_A_DAY);
        readings = getRuntimeContext().getMapState(known);
        MapStateDescriptor<Long, Integer> emitted = new MapStateDescriptor<>("versions", Long.class, Integer.class);
        emitted.enableTimeToLive(PercentilesPipeline.FORGOTTEN_AFTER_A_DAY);
        versions = getRuntimeContext().getMapState(emitted);
        late = getRuntimeContext().getMetricGroup().counter("lateScrapes");
        corrected = getRuntimeContext().getMetricGroup().counter("correctedWindows");
    }

    @Override
    public void processElement(MemberScrape scrape, Context context, Collector<MemberWindow> out) throws Exception {
        long watermark = context.timerService().currentWatermark();
        Instant start = settings.startOf(scrape.observedAt());
        if (scrape.observedAt().plus(settings.horizon()).toEpochMilli() < watermark) {
            late.inc();
            context.output(LATE, late(scrape, watermark));
            return;
        }
        readings.put(scrape.observedAt().toEpochMilli(), scrape);
        if (settings.closesAt(start) > watermark) {
            context.timerService().registerEventTimeTimer(settings.closesAt(start));
            return;
        }
        SortedMap<Instant, MemberScrape> all = sorted();
        close(all, start, out);
        Instant next = nextAnswered(all, scrape.observedAt());
        if (next != null) {
            Instant nextStart = settings.startOf(next);
            if (!nextStart.equals(start) && settings.closesAt(nextStart) <= watermark) {
                close(all, nextStart, out);
            }
        }
    }

    @Override
    public void onTimer(long time, OnTimerContext context, Collector<MemberWindow> out) throws Exception {
        SortedMap<Instant, MemberScrape> all = sorted();
        close(all, settings.startOf(Instant.ofEpochMilli(time)), out);
        forget(all, settings.startOf(Instant.ofEpochMilli(time).minus(settings.horizon())));
    }

    private void close(SortedMap<Instant, MemberScrape> all, Instant start, Collector<MemberWindow> out)
            throws Exception {
        Readings window = new Readings(catalogue, all, start, settings.size());
        if (window.saysNothing()) {
            return;
        }
        Integer previous = versions.get(start.toEpochMilli());
        int version = previous == null ? 1 : previous + 1;
        if (previous != null) {
            corrected.inc();
        }
        versions.put(start.toEpochMilli(), version);
        MemberScrape newest = window.newest();
        out.collect(new MemberWindow(
                newest.cluster(),
                newest.clusterId(),
                newest.member(),
                newest.memberId(),
                start,
                start.plus(settings.size()),
                window.hasGap(),
                version,
                window.measures()));
    }

    /** Lets go of what no window will ask for again; the last answer before the horizon is still the next one's base. */
    private void forget(SortedMap<Instant, MemberScrape> all, Instant horizon) throws Exception {
        Instant base = null;
        for (Map.Entry<Instant, MemberScrape> reading :
                new ArrayList<>(all.headMap(horizon).entrySet())) {
            if (reading.getValue().answered()) {
                if (base != null) {
                    readings.remove(base.toEpochMilli());
                }
                base = reading.getKey();
            } else {
                readings.remove(reading.getKey().toEpochMilli());
            }
        }
        for (Long start : keys(versions)) {
            if (start < horizon.minus(settings.size()).toEpochMilli()) {
                versions.remove(start);
            }
        }
    }

    private static ArrayList<Long> keys(MapState<Long, Integer> state) throws Exception {
        ArrayList<Long> keys = new ArrayList<>();
        state.keys().forEach(keys::add);
        return keys;
    }

    private SortedMap<Instant, MemberScrape> sorted() throws Exception {
        SortedMap<Instant, MemberScrape> all = new TreeMap<>();
        for (Map.Entry<Long, MemberScrape> reading : readings.entries()) {
            all.put(Instant.ofEpochMilli(reading.getKey()), reading.getValue());
        }
        return all;
    }

    private static @Nullable Instant nextAnswered(SortedMap<Instant, MemberScrape> all, Instant after) {
        return all.tailMap(after.plusMillis(1)).values().stream()
                .filter(MemberScrape::answered)
                .map(MemberScrape::observedAt)
                .findFirst()
                .orElse(null);
    }

    private DeadLetter late(MemberScrape scrape, long watermark) {
        Duration by = Duration.ofMillis(watermark - scrape.observedAt().toEpochMilli());
        return new DeadLetter(
                "member-scrape",
                "late",
                "observed " + by + " before the stream's time; expected at most " + settings.horizon(),
                scrape.cluster(),
                new String(new EventCodec<>(MemberScrape.class).encode(scrape), StandardCharsets.UTF_8),
                scrape.observedAt());
    }
}
