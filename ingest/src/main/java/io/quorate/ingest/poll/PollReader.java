package io.quorate.ingest.poll;

import io.quorate.ingest.Observation;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BiFunction;
import org.apache.flink.api.connector.source.ReaderOutput;
import org.apache.flink.api.connector.source.SourceOutput;
import org.apache.flink.api.connector.source.SourceReader;
import org.apache.flink.api.connector.source.SourceReaderContext;
import org.apache.flink.core.io.InputStatus;
import org.apache.flink.metrics.Counter;
import org.apache.flink.metrics.ThreadSafeSimpleCounter;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs the pollers of its splits and hands over what they bring, one observation at a time. A mark moves when its
 * observation went downstream, not when it arrived, so a checkpoint never claims what is still waiting here.
 */
public final class PollReader implements SourceReader<Observation, PollSplit> {

    private static final Logger LOG = LoggerFactory.getLogger(PollReader.class);
    private static final int CONGESTED = 20_000;
    /** Far beyond what any poller looks back. */
    private static final long FORGET_AFTER_MILLIS = Duration.ofHours(1).toMillis();

    private final BiFunction<PollSplit, PollContext, @Nullable Poller> pollers;
    private final ScheduledExecutorService clock;
    private final Counter polls;
    private final Counter failures;
    private final Counter samples;

    private final ConcurrentLinkedQueue<Arrival> arrivals = new ConcurrentLinkedQueue<>();
    private final AtomicInteger waiting = new AtomicInteger();
    private final AtomicReference<@Nullable Throwable> mistake = new AtomicReference<>();
    private volatile CompletableFuture<Void> available = new CompletableFuture<>();

    /** Only touched by Flink's thread. */
    private final Map<String, Running> running = new LinkedHashMap<>();

    private final ArrayDeque<PollSplit> notYetStarted = new ArrayDeque<>();
    private boolean started;

    /** Makes a poller per split; null for a split that the settings no longer name. */
    public PollReader(SourceReaderContext context, BiFunction<PollSplit, PollContext, @Nullable Poller> pollers) {
        this.pollers = pollers;
        this.clock = Executors.newSingleThreadScheduledExecutor(work -> {
            Thread thread = new Thread(work, "poll-clock-" + context.getIndexOfSubtask());
            thread.setDaemon(true);
            return thread;
        });
        this.polls = context.metricGroup().counter("polls", new ThreadSafeSimpleCounter());
        this.failures = context.metricGroup().counter("failures", new ThreadSafeSimpleCounter());
        this.samples = context.metricGroup().counter("samples", new ThreadSafeSimpleCounter());
    }

    private record Arrival(String splitId, Parcel parcel) {}

    private static final class Running {

        private final Poller poller;
        private final Map<String, Long> delivered;
        private @Nullable SourceOutput<Observation> output;

        private Running(Poller poller, Map<String, Long> delivered) {
            this.poller = poller;
            this.delivered = delivered;
        }
    }

    @Override
    public void start() {
        started = true;
        while (!notYetStarted.isEmpty()) {
            begin(notYetStarted.remove());
        }
    }

    @Override
    public void addSplits(List<PollSplit> splits) {
        notYetStarted.addAll(splits);
        if (started) {
            start();
        }
    }

    private void begin(PollSplit split) {
        Poller poller = pollers.apply(split, new SplitContext(split.splitId()));
        if (poller == null) {
            LOG.warn("{} is no longer in the settings and is not polled", split.splitId());
            return;
        }
        running.put(split.splitId(), new Running(poller, new HashMap<>(split.delivered())));
        poller.start();
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
        Running split = running.get(arrival.splitId());
        if (split != null) {
            if (split.output == null) {
                split.output = output.createOutputForSplit(arrival.splitId());
            }
            Parcel parcel = arrival.parcel();
            long at = parcel.observation().observedAt().toEpochMilli();
            split.output.collect(parcel.observation(), at);
            if (parcel.target() != null) {
                split.delivered.merge(parcel.target(), at, Math::max);
            }
        }
        return arrivals.isEmpty() ? InputStatus.NOTHING_AVAILABLE : InputStatus.MORE_AVAILABLE;
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
        running.forEach((id, split) -> {
            long newest = split.delivered.values().stream()
                    .mapToLong(Long::longValue)
                    .max()
                    .orElse(0);
            split.delivered.values().removeIf(mark -> mark < newest - FORGET_AFTER_MILLIS);
            splits.add(new PollSplit(id, split.delivered));
        });
        return splits;
    }

    @Override
    public void close() {
        clock.shutdownNow();
        running.values().forEach(split -> split.poller.close());
    }

    private void broke(Throwable cause) {
        mistake.compareAndSet(null, cause);
        available.complete(null);
    }

    private final class SplitContext implements PollContext {

        private final String splitId;

        private SplitContext(String splitId) {
            this.splitId = splitId;
        }

        @Override
        public ScheduledFuture<?> every(Duration phase, Duration interval, Runnable work) {
            return clock.scheduleAtFixedRate(
                    guarded(work), phase.toMillis(), interval.toMillis(), TimeUnit.MILLISECONDS);
        }

        @Override
        public void soon(Runnable work) {
            try {
                clock.execute(guarded(work));
            } catch (RejectedExecutionException closed) {
                LOG.debug("{} answered after its reader closed", splitId, closed);
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
            waiting.addAndGet(parcels.size());
            parcels.forEach(parcel -> arrivals.add(new Arrival(splitId, parcel)));
            available.complete(null);
        }

        @Override
        public boolean congested() {
            return waiting.get() > CONGESTED;
        }

        @Override
        public void fail(Throwable cause) {
            broke(cause);
        }

        @Override
        public void countPoll() {
            polls.inc();
        }

        @Override
        public void countFailure() {
            failures.inc();
        }

        @Override
        public void countSamples(long count) {
            samples.inc(count);
        }
    }
}
