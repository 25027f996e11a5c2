package io.quorate.ingest.poll;

import io.quorate.events.DeadLetter;
import io.quorate.events.PollTally;
import io.quorate.ingest.Observation;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.function.LongConsumer;
import java.util.function.LongSupplier;
import org.apache.flink.api.connector.source.ReaderOutput;
import org.apache.flink.api.connector.source.SourceEvent;
import org.apache.flink.api.connector.source.SourceOutput;
import org.apache.flink.api.connector.source.SourceReader;
import org.apache.flink.api.connector.source.SourceReaderContext;
import org.apache.flink.core.io.InputStatus;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs the pollers of its splits and hands over what they bring, one observation at a time. A mark moves when its
 * observation went downstream, not when it arrived, so a checkpoint never claims what is still waiting here.
 */
final class PollReader implements SourceReader<Observation, PollSplit> {

    private static final Logger LOG = LoggerFactory.getLogger(PollReader.class);
    private static final int CONGESTED = 20_000;
    /** Far beyond what any poller looks back. */
    private static final long FORGET_AFTER_MILLIS = Duration.ofHours(1).toMillis();

    /** So many may all be polled within {@link #SOON}. */
    private static final int FEW = 100;

    private static final Duration SOON = Duration.ofSeconds(3);

    private final String kind;
    private final PollSource.Pollers pollers;
    private final LongSupplier wallClock;
    private final ScheduledExecutorService clock;
    private final PollMetrics metrics;

    private final ConcurrentLinkedQueue<Arrival> arrivals = new ConcurrentLinkedQueue<>();
    private final AtomicInteger waiting = new AtomicInteger();
    private final AtomicReference<@Nullable Throwable> mistake = new AtomicReference<>();
    private volatile CompletableFuture<Void> available = new CompletableFuture<>();

    /** Only touched by Flink's thread. */
    private final Map<String, Running> running = new LinkedHashMap<>();

    /** The same, for the clock. */
    private final Set<Running> counting = ConcurrentHashMap.newKeySet();

    /** Splits that were let go, whose outputs Flink still keeps. */
    private final ArrayDeque<String> released = new ArrayDeque<>();

    private final ArrayDeque<PollSplit> notYetStarted = new ArrayDeque<>();
    private boolean started;

    /**
     * Begins.
     *
     * @param kind of what is polled, for the ledger
     * @param wallClock milliseconds since the epoch, by which minutes are counted
     */
    PollReader(SourceReaderContext context, String kind, PollSource.Pollers pollers, LongSupplier wallClock) {
        this.kind = kind;
        this.pollers = pollers;
        this.wallClock = wallClock;
        this.clock = Executors.newSingleThreadScheduledExecutor(work -> {
            Thread thread = new Thread(work, "poll-clock-" + context.getIndexOfSubtask());
            thread.setDaemon(true);
            return thread;
        });
        this.metrics = new PollMetrics(context.metricGroup());
    }

    /**
     * What came.
     *
     * @param poller whose it is: what comes of one that was let go is not handed over; null for what is of no split
     * @param atNanos when it came
     */
    private record Arrival(@Nullable Running poller, Parcel parcel, long atNanos) {}

    private final class Running {

        private final Target target;
        private final boolean amongFew;
        private final Map<String, Long> delivered;
        private final PollLedger ledger;
        private final List<ScheduledFuture<?>> schedules = new CopyOnWriteArrayList<>();
        private @Nullable Poller poller;
        private @Nullable SourceOutput<Observation> output;

        private Running(PollSplit split, boolean amongFew) {
            this.target = split.target();
            this.amongFew = amongFew;
            this.delivered = new HashMap<>(split.delivered());
            this.ledger = new PollLedger(kind, target, wallClock.getAsLong());
        }

        private PollSplit asOf(long nowMillis) {
            return new PollSplit(target, delivered, ledger.soFar(nowMillis));
        }

        private void close() {
            schedules.forEach(schedule -> schedule.cancel(false));
            if (poller != null) {
                poller.close();
            }
        }
    }

    @Override
    public void start() {
        if (!started) {
            started = true;
            clock.scheduleAtFixedRate(this::tellMinutes, 1, 1, TimeUnit.SECONDS);
        }
        boolean few = notYetStarted.size() <= FEW;
        while (!notYetStarted.isEmpty()) {
            begin(notYetStarted.remove(), few);
        }
    }

    @Override
    public void addSplits(List<PollSplit> splits) {
        notYetStarted.addAll(splits);
        if (started) {
            start();
        }
    }

    private void begin(PollSplit split, boolean amongFew) {
        Running one = new Running(split, amongFew);
        Poller poller = pollers.poller(split, new SplitContext(one));
        if (poller == null) {
            LOG.warn("{} is no longer in the settings and is not polled", split.splitId());
            return;
        }
        one.poller = poller;
        Running before = running.put(split.splitId(), one);
        if (before != null) {
            letGo(before);
        }
        tell(one, one.ledger.restore(split.counted()));
        counting.add(one);
        metrics.targets(running.size());
        poller.start();
    }

    @Override
    public void handleSourceEvents(SourceEvent event) {
        if (event instanceof TargetsChanged change) {
            for (Target target : change.changed()) {
                Running before = running.get(target.id());
                begin(
                        new PollSplit(target, before == null ? Map.of() : before.delivered, List.of()),
                        change.changed().size() <= FEW);
            }
            for (String id : change.gone()) {
                Running before = running.remove(id);
                if (before != null) {
                    letGo(before);
                }
            }
            metrics.targets(running.size());
        } else if (event instanceof DiscoveryTrouble trouble) {
            Instant now = Instant.ofEpochMilli(System.currentTimeMillis());
            arrive(
                    null,
                    List.of(Parcel.plain(Observation.of(
                            new DeadLetter(trouble.discovery(), "discovery", trouble.detail(), null, "", now)))));
        }
    }

    private void letGo(Running split) {
        split.close();
        counting.remove(split);
        // Its own output goes with it.
        tell(null, split.ledger.rest(wallClock.getAsLong()));
        if (split.output != null) {
            released.add(split.target.id());
        }
    }

    @Override
    public void notifyNoMoreSplits() {
        // They never end, so there is nothing to be told.
    }

    @Override
    public InputStatus pollNext(ReaderOutput<Observation> output) throws IOException {
        Throwable cause = mistake.get();
        if (cause != null) {
            throw new IOException("a poller broke", cause);
        }
        Arrival arrival = arrivals.poll();
        if (arrival == null) {
            return InputStatus.NOTHING_AVAILABLE;
        }
        waiting.decrementAndGet();
        metrics.waited(System.nanoTime() - arrival.atNanos());
        while (!released.isEmpty()) {
            output.releaseOutputForSplit(released.remove());
        }
        hand(arrival, output);
        return arrivals.isEmpty() ? InputStatus.NOTHING_AVAILABLE : InputStatus.MORE_AVAILABLE;
    }

    private void hand(Arrival arrival, ReaderOutput<Observation> output) {
        Parcel parcel = arrival.parcel();
        long at = parcel.observation().observedAt().toEpochMilli();
        Running split = arrival.poller();
        if (split == null) {
            output.collect(parcel.observation(), at);
        } else if (running.get(split.target.id()) == split) {
            if (split.output == null) {
                split.output = output.createOutputForSplit(split.target.id());
            }
            split.output.collect(parcel.observation(), at);
            if (parcel.target() != null) {
                split.delivered.merge(parcel.target(), at, Math::max);
            }
            PollTally tally = parcel.observation().tally();
            if (tally != null) {
                split.ledger.wentDownstream(tally);
            }
        }
    }

    @Override
    public CompletableFuture<Void> isAvailable() {
        if (available.isDone()) {
            // Before the look at the queue: what arrives in between completes the new one.
            available = new CompletableFuture<>();
        }
        if (!arrivals.isEmpty() || mistake.get() != null) {
            available.complete(null);
        }
        return available;
    }

    @Override
    public List<PollSplit> snapshotState(long checkpointId) {
        List<PollSplit> splits = new ArrayList<>(notYetStarted);
        long now = wallClock.getAsLong();
        running.forEach((id, split) -> {
            long newest = split.delivered.values().stream()
                    .mapToLong(Long::longValue)
                    .max()
                    .orElse(0);
            split.delivered.values().removeIf(mark -> mark < newest - FORGET_AFTER_MILLIS);
            splits.add(split.asOf(now));
        });
        return splits;
    }

    @Override
    public void close() {
        clock.shutdownNow();
        running.values().forEach(Running::close);
        pollers.close();
    }

    private void arrive(@Nullable Running split, List<Parcel> parcels) {
        waiting.addAndGet(parcels.size());
        long now = System.nanoTime();
        parcels.forEach(parcel -> arrivals.add(new Arrival(split, parcel, now)));
        available.complete(null);
    }

    /** Hands over the tallies of minutes that are over. */
    void tellMinutes() {
        long now = wallClock.getAsLong();
        for (Running split : counting) {
            tell(split, split.ledger.over(now));
        }
    }

    private void tell(@Nullable Running split, List<PollTally> tallies) {
        if (!tallies.isEmpty()) {
            arrive(
                    split,
                    tallies.stream()
                            .map(tally -> Parcel.plain(Observation.of(tally)))
                            .toList());
        }
    }

    private void broke(Throwable cause) {
        mistake.compareAndSet(null, cause);
        available.complete(null);
    }

    private final class SplitContext implements PollContext {

        private final Running split;

        private SplitContext(Running split) {
            this.split = split;
        }

        @Override
        public ScheduledFuture<?> every(Duration phase, Duration interval, Runnable work) {
            return timed(phase, interval, lateNanos -> {
                if (lateNanos < interval.toNanos()) {
                    work.run();
                }
            });
        }

        @Override
        public ScheduledFuture<?> pollEvery(Duration phase, Duration interval, Consumer<Poll> work) {
            return timed(phase, interval, lateNanos -> {
                metrics.wasLate(lateNanos);
                long due = wallClock.getAsLong() - TimeUnit.NANOSECONDS.toMillis(Math.max(0, lateNanos));
                Poll poll = metrics.counted(split.target, split.ledger.due(due));
                if (lateNanos < interval.toNanos()) {
                    work.accept(poll);
                } else {
                    poll.leftOut();
                }
            });
        }

        /**
         * Runs this as often as it is due, with how late that is. What is late by an interval and more was missed: made up for
         * all at once after a stall, it would be a flood for those who are polled.
         */
        private ScheduledFuture<?> timed(Duration phase, Duration interval, LongConsumer work) {
            long first = System.nanoTime() + phase.toNanos();
            AtomicLong runs = new AtomicLong();
            ScheduledFuture<?> schedule = clock.scheduleAtFixedRate(
                    guarded(() ->
                            work.accept(System.nanoTime() - (first + runs.getAndIncrement() * interval.toNanos()))),
                    phase.toNanos(),
                    interval.toNanos(),
                    TimeUnit.NANOSECONDS);
            split.schedules.add(schedule);
            return schedule;
        }

        @Override
        public Poll poll() {
            return metrics.counted(split.target, split.ledger.due(wallClock.getAsLong()));
        }

        @Override
        public Duration spread(Duration interval) {
            // Of neighbours such as c-1 and c-2 the plain hash codes are neighbours too.
            int mixed = split.target.id().hashCode() * 0x9E3779B9;
            return Duration.ofNanos((long) ((mixed >>> 8) / (double) (1 << 24) * interval.toNanos()));
        }

        @Override
        public Duration phase(Duration interval) {
            return spread(split.amongFew && interval.compareTo(SOON) > 0 ? SOON : interval);
        }

        @Override
        public void soon(Runnable work) {
            try {
                clock.execute(guarded(work));
            } catch (RejectedExecutionException closed) {
                LOG.debug("{} answered after its reader closed", split.target.id(), closed);
            }
        }

        private Runnable guarded(Runnable work) {
            return () -> {
                try {
                    work.run();
                } catch (RuntimeException | Error e) {
                    fail(e);
                }
            };
        }

        @Override
        public void deliver(List<Parcel> parcels) {
            arrive(split, parcels);
        }

        @Override
        public boolean congested() {
            return waiting.get() > CONGESTED;
        }

        @Override
        public void fail(Throwable cause) {
            broke(cause);
        }
    }
}
