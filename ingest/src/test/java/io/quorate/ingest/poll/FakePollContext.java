package io.quorate.ingest.poll;

import static org.assertj.core.api.Assertions.assertThat;

import io.quorate.events.ClusterRoster;
import io.quorate.events.DeadLetter;
import io.quorate.events.MemberScrape;
import io.quorate.events.MemberStatus;
import io.quorate.ingest.Observation;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** A reader that only collects. */
public final class FakePollContext implements PollContext, AutoCloseable {

    public final List<Parcel> parcels = new CopyOnWriteArrayList<>();
    public final List<Throwable> mistakes = new CopyOnWriteArrayList<>();
    public final AtomicInteger polls = new AtomicInteger();
    public final AtomicInteger leftOut = new AtomicInteger();
    public final AtomicInteger answers = new AtomicInteger();
    public final AtomicInteger failures = new AtomicInteger();
    public final List<String> reasons = new CopyOnWriteArrayList<>();
    public final AtomicLong samples = new AtomicLong();

    private final ScheduledExecutorService clock = Executors.newSingleThreadScheduledExecutor();

    public List<Observation> observations() {
        return parcels.stream().map(Parcel::observation).toList();
    }

    public List<MemberScrape> scrapes() {
        return all(Observation::scrape);
    }

    public List<MemberStatus> statuses() {
        return all(Observation::status);
    }

    public List<ClusterRoster> rosters() {
        return all(Observation::roster);
    }

    public List<DeadLetter> letters() {
        return all(Observation::deadLetter);
    }

    private <T> List<T> all(Function<Observation, @Nullable T> part) {
        return parcels.stream()
                .map(Parcel::observation)
                .map(part)
                .filter(Objects::nonNull)
                .toList();
    }

    @Override
    public ScheduledFuture<?> every(Duration phase, Duration interval, Runnable work) {
        return clock.scheduleAtFixedRate(work, phase.toMillis(), interval.toMillis(), TimeUnit.MILLISECONDS);
    }

    @Override
    public ScheduledFuture<?> pollEvery(Duration phase, Duration interval, Consumer<Poll> work) {
        return every(phase, interval, () -> work.accept(poll()));
    }

    @Override
    public Poll poll() {
        return new Poll() {
            @Override
            public void leftOut() {
                leftOut.incrementAndGet();
            }

            @Override
            public void begun() {
                polls.incrementAndGet();
            }

            @Override
            public void answered(long brought) {
                answers.incrementAndGet();
                samples.addAndGet(brought);
            }

            @Override
            public void failed(String reason) {
                reasons.add(reason);
                failures.incrementAndGet();
            }
        };
    }

    @Override
    public Duration spread(Duration interval) {
        return Duration.ZERO;
    }

    @Override
    public Duration phase(Duration interval) {
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

    /** Fails if a poller made a mistake: a test that forgets to ask would pass. */
    @Override
    public void close() {
        clock.shutdownNow();
        assertThat(mistakes).isEmpty();
    }
}
