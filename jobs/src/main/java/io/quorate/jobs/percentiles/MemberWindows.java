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
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SortedSet;
import java.util.TreeSet;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.state.MapState;
import org.apache.flink.api.common.state.MapStateDescriptor;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.metrics.Counter;
import org.apache.flink.streaming.api.TimeDomain;
import org.apache.flink.streaming.api.TimerService;
import org.apache.flink.streaming.api.functions.KeyedProcessFunction;
import org.apache.flink.util.Collector;
import org.apache.flink.util.OutputTag;

/**
 * The readings of each member, and a window out of them when the watermark passes its end. A late reading within the
 * horizon corrects what it touches; a later one leaves by {@link #LATE}. Where several sources bring the same member, one
 * {@link Replica} counts.
 */
final class MemberWindows extends KeyedProcessFunction<String, MemberScrape, MemberWindow> {

    static final OutputTag<DeadLetter> LATE = new OutputTag<>("late-scrapes") {};

    private static final long serialVersionUID = 1;

    private static final Comparator<MemberScrape> ORDER =
            Comparator.comparing(MemberScrape::observedAt).thenComparing(MemberScrape::source);

    private static final Duration REMEMBERED = Duration.ofDays(1);

    /** From one place of a moment to its next: further than any time goes. */
    private static final long NEXT_PLACE = 1L << 48;

    private final WindowSettings settings;
    private transient Catalogue catalogue;
    private transient SeriesBook book;
    private transient MapState<Long, KeptScrape> readings;
    private transient MapState<Long, Integer> versions;
    /** As of the oldest reading that is kept. */
    private transient ValueState<Replica> elected;

    private transient Clock clock;
    /** The newest reading that an early row told of, in epoch milliseconds. */
    private transient ValueState<Long> earlyUntil;

    private transient Counter late;
    private transient Counter corrected;
    private transient Counter setAside;
    private transient Counter replaced;

    MemberWindows(WindowSettings settings) {
        this.settings = settings;
    }

    @Override
    public void open(OpenContext context) {
        catalogue = Catalogue.shipped();
        book = SeriesBook.of(getRuntimeContext());
        readings = getRuntimeContext().getMapState(new MapStateDescriptor<>("readings", Long.class, KeptScrape.class));
        versions = getRuntimeContext().getMapState(new MapStateDescriptor<>("versions", Long.class, Integer.class));
        elected = getRuntimeContext().getState(new ValueStateDescriptor<>("elected-replica", Replica.class));
        clock = Clock.of(getRuntimeContext());
        earlyUntil = getRuntimeContext().getState(new ValueStateDescriptor<>("early-until", Long.class));
        late = getRuntimeContext().getMetricGroup().counter("lateScrapes");
        corrected = getRuntimeContext().getMetricGroup().counter("correctedWindows");
        setAside = getRuntimeContext().getMetricGroup().counter("setAsideScrapes");
        replaced = getRuntimeContext().getMetricGroup().counter("replacedMembers");
    }

    @Override
    public void processElement(MemberScrape scrape, Context context, Collector<MemberWindow> out) throws Exception {
        long watermark = clock.now(context.timerService());
        Instant start = settings.startOf(scrape.observedAt());
        if (scrape.observedAt().plus(settings.horizon()).toEpochMilli() < watermark) {
            late.inc();
            context.output(LATE, late(scrape, watermark));
            return;
        }
        TimerService timers = context.timerService();
        timers.registerEventTimeTimer(settlesAt(start));
        if (settings.closesAt(start) > watermark) {
            keep(scrape);
            timers.registerEventTimeTimer(settings.closesAt(start));
            if (settings.early() != null) {
                timers.registerProcessingTimeTimer(Early.next(timers, settings.early(), Early.Level.MEMBER));
            }
            return;
        }
        List<MemberScrape> before = counting();
        keep(scrape);
        List<MemberScrape> after = counting();
        for (Instant touched : touched(before, after)) {
            if (settings.closesAt(touched) <= watermark) {
                close(after, touched, 2, out);
            }
        }
    }

    @Override
    public void onTimer(long time, OnTimerContext context, Collector<MemberWindow> out) throws Exception {
        List<MemberScrape> all = sorted();
        List<MemberScrape> counting =
                Replica.Election.over(elected.value(), all).counting();
        if (context.timeDomain() == TimeDomain.PROCESSING_TIME) {
            tellEarly(counting, clock.now(context.timerService()), out);
            return;
        }
        clock.is(time);
        Instant start = settings.startOf(Instant.ofEpochMilli(time));
        if (time == settings.closesAt(start)) {
            setAside.inc(within(all, start) - within(counting, start));
            close(counting, start, 1, out);
        }
        forget(all, settings.startOf(Instant.ofEpochMilli(time).minus(settings.horizon())));
        forgetWhoLeft(all, time, context.timerService());
    }

    /** Of every open window that has a reading which no early row told of. */
    private void tellEarly(List<MemberScrape> counting, long watermark, Collector<MemberWindow> out) throws Exception {
        Long told = earlyUntil.value();
        SortedSet<Instant> open = new TreeSet<>();
        for (MemberScrape scrape : counting) {
            Instant start = settings.startOf(scrape.observedAt());
            if (settings.closesAt(start) > watermark
                    && (told == null || scrape.observedAt().toEpochMilli() > told)) {
                open.add(start);
                earlyUntil.update(scrape.observedAt().toEpochMilli());
            }
        }
        for (Instant start : open) {
            Readings window = new Readings(catalogue, counting, start, settings.size());
            MemberScrape newest = window.newest();
            if (newest != null && !window.saysNothing()) {
                out.collect(window(window, newest, start, 0));
            }
        }
    }

    /** Under its moment, and where another source's is there already, under the next place of that moment. */
    private void keep(MemberScrape scrape) throws Exception {
        long place = scrape.observedAt().toEpochMilli();
        for (KeptScrape there = readings.get(place);
                there != null && !there.source().equals(scrape.source());
                there = readings.get(place)) {
            place += NEXT_PLACE;
        }
        readings.put(place, KeptScrape.of(scrape, book));
    }

    /**
     * The windows that read differently than before: where readings began or ceased to count, and those of the next
     * answers, whose differences they bound. One late reading of the elected source may undo an election, and so all that
     * counted since.
     */
    private SortedSet<Instant> touched(List<MemberScrape> before, List<MemberScrape> after) {
        Map<Place, MemberScrape> then = places(before);
        Map<Place, MemberScrape> now = places(after);
        SortedSet<Instant> touched = new TreeSet<>();
        for (List<MemberScrape> counting : List.of(before, after)) {
            boolean changed = false;
            for (MemberScrape scrape : counting) {
                Place place = Place.of(scrape);
                boolean differs = !Objects.equals(then.get(place), now.get(place));
                if (differs || (changed && scrape.answered())) {
                    touched.add(settings.startOf(scrape.observedAt()));
                }
                changed = differs || (changed && !scrape.answered());
            }
        }
        return touched;
    }

    /** What tells one scrape of a member from the others. */
    private record Place(Instant observedAt, String source) {

        static Place of(MemberScrape scrape) {
            return new Place(scrape.observedAt(), scrape.source());
        }
    }

    private static Map<Place, MemberScrape> places(List<MemberScrape> scrapes) {
        Map<Place, MemberScrape> places = new HashMap<>();
        scrapes.forEach(scrape -> places.put(Place.of(scrape), scrape));
        return places;
    }

    /** @param first the version of a window that was not told before: 1 at its end; what is told later begins with 2 */
    private void close(List<MemberScrape> counting, Instant start, int first, Collector<MemberWindow> out)
            throws Exception {
        Readings window = new Readings(catalogue, counting, start, settings.size());
        Integer previous = versions.get(start.toEpochMilli());
        // What was said must be taken back when a late reading left nothing of it.
        if (window.saysNothing() && (previous == null || window.newest() == null)) {
            return;
        }
        int version = previous == null ? first : previous + 1;
        if (version > 1) {
            // Also what was told only now: rules do not judge it, and it must not go uncounted.
            corrected.inc();
        }
        if (previous == null && window.beginsAnew()) {
            replaced.inc();
        }
        versions.put(start.toEpochMilli(), version);
        MemberScrape newest = Objects.requireNonNull(window.newest(), "a window that says something has a reading");
        out.collect(window(window, newest, start, version));
    }

    private MemberWindow window(Readings window, MemberScrape newest, Instant start, int version) {
        return new MemberWindow(
                newest.cluster(),
                newest.clusterId(),
                newest.member(),
                newest.memberId(),
                start,
                start.plus(settings.size()),
                window.hasGap(),
                version,
                window.measures());
    }

    /** Lets go of what no window will ask for again; the last answer before the horizon is still the next one's base. */
    private void forget(List<MemberScrape> all, Instant horizon) throws Exception {
        List<MemberScrape> past = all.stream()
                .filter(scrape -> scrape.observedAt().isBefore(horizon))
                .toList();
        Replica.Election settled = Replica.Election.over(elected.value(), past);
        if (settled.elected() != null) {
            elected.update(settled.elected());
        }
        Place base = null;
        for (MemberScrape scrape : settled.counting()) {
            base = scrape.answered() ? Place.of(scrape) : base;
        }
        List<Long> gone = new ArrayList<>();
        for (Map.Entry<Long, KeptScrape> reading : readings.entries()) {
            KeptScrape kept = reading.getValue();
            Place place = new Place(kept.observedAt(), kept.source());
            if (place.observedAt().isBefore(horizon) && !place.equals(base)) {
                gone.add(reading.getKey());
            }
        }
        for (Long place : gone) {
            readings.remove(place);
        }
        for (Long start : keys(versions)) {
            if (start < horizon.minus(settings.size()).toEpochMilli()) {
                versions.remove(start);
            }
        }
    }

    /** The last answer of a member waits for the next one as its base, but no longer than a day. */
    private void forgetWhoLeft(List<MemberScrape> all, long time, TimerService timers) throws Exception {
        Instant newest = all.isEmpty() ? Instant.EPOCH : all.get(all.size() - 1).observedAt();
        long leaves = newest.plus(REMEMBERED).toEpochMilli();
        if (leaves <= time) {
            readings.clear();
            versions.clear();
            elected.clear();
            clock.clear();
            earlyUntil.clear();
            book.clear();
        } else if (settlesAt(newest) <= time) {
            timers.registerEventTimeTimer(leaves);
        }
    }

    /** When nothing can touch the window any more in which this moment lies. */
    private long settlesAt(Instant moment) {
        return Span.around(moment.toEpochMilli(), settings.size()).settlesAt(settings.horizon());
    }

    private static ArrayList<Long> keys(MapState<Long, Integer> state) throws Exception {
        ArrayList<Long> keys = new ArrayList<>();
        state.keys().forEach(keys::add);
        return keys;
    }

    private List<MemberScrape> counting() throws Exception {
        return Replica.Election.over(elected.value(), sorted()).counting();
    }

    private List<MemberScrape> sorted() throws Exception {
        List<MemberScrape> all = new ArrayList<>();
        for (KeptScrape kept : readings.values()) {
            all.add(kept.scrape(book));
        }
        all.sort(ORDER);
        return all;
    }

    private long within(List<MemberScrape> scrapes, Instant start) {
        return scrapes.stream()
                .filter(scrape -> settings.startOf(scrape.observedAt()).equals(start))
                .count();
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
