package io.quorate.ingest.poll;

import io.quorate.ingest.Observation;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/** A reader that only collects. */
public final class FakePollContext implements PollContext, AutoCloseable {

    public final List<Parcel> parcels = new CopyOnWriteArrayList<>();
    public final List<Throwable> mistakes = new CopyOnWriteArrayList<>();
    public final AtomicInteger polls = new AtomicInteger();
    public final AtomicInteger failures = new AtomicInteger();
    public final AtomicLong samples = new AtomicLong();

    private final ScheduledExecutorService clock = Executors.newSingleThreadScheduledExecutor();

    public List<Observation> observations() {
        return parcels.stream().map(Parcel::observation).toList();
    }

    @Override
    public ScheduledFuture<?> every(Duration phase, Duration interval, Runnable work) {
        return clock.scheduleAtFixedRate(work, phase.toMillis(), interval.toMillis(), TimeUnit.MILLISECONDS);
    }

    @Override
    public Duration spread(Duration interval) {
        return Duration.ZERO;
    }

    @Override
    public void soon(Runnable work) {
        if (!clock.isShutdown()) {
            clock.execute(work);
        }
    }

    @Override
    public void deliver(List<Parcel> arrived) {
        parcels.addAll(arrived);
    }

    @Override
    public boolean congested() {
        return false;
    }

    @Override
    public void fail(Throwable mistake) {
        mistakes.add(mistake);
    }

    @Override
    public void countPoll() {
        polls.incrementAndGet();
    }

    @Override
    public void countFailure() {
        failures.incrementAndGet();
    }

    @Override
    public void countSamples(long count) {
        samples.addAndGet(count);
    }

    @Override
    public void close() {
        clock.shutdownNow();
    }
}
