package io.quorate.jobs.alerting;

import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * Knows whether this process stood still, stopped by a signal or by a collection of garbage, for so long that
 * another may have begun in its place. Whoever then goes on where it was would tell people what the other one tells.
 */
final class Pulse implements AutoCloseable {

    /**
     * Flink gives a TaskManager up when it has not heard of it for {@code heartbeat.timeout}: 10 s where we start one, 50 s by its
     * own default. What it heard last may be two seconds old when the process stops.
     */
    static final Duration LIMIT = Duration.ofSeconds(6);

    private static final Duration BEAT = Duration.ofMillis(500);

    private final LongSupplier nanos;
    private volatile long last;
    private volatile boolean stoodStill;

    private final ScheduledExecutorService clock = Executors.newSingleThreadScheduledExecutor(runnable -> {
        Thread thread = new Thread(runnable, "pulse");
        thread.setDaemon(true);
        return thread;
    });

    /** @param nanos a clock that goes on while the process stands still */
    Pulse(LongSupplier nanos) {
        this.nanos = nanos;
        this.last = nanos.getAsLong();
    }

    static Pulse begin() {
        Pulse pulse = new Pulse(System::nanoTime);
        pulse.clock.scheduleWithFixedDelay(pulse::beat, BEAT.toMillis(), BEAT.toMillis(), TimeUnit.MILLISECONDS);
        return pulse;
    }

    void beat() {
        long now = nanos.getAsLong();
        stoodStill |= now - last > LIMIT.toNanos();
        last = now;
    }

    /**
     * Asked before anything is done.
     *
     * @throws IllegalStateException once the process has stood still: it has to begin again from a checkpoint
     */
    void mustHaveGoneOn() {
        // Whoever wakes up first asks before the next beat; who asks beside it sees what it tells before the new time.
        if (nanos.getAsLong() - last > LIMIT.toNanos() || stoodStill) {
            throw new IllegalStateException("this process stood still for more than " + LIMIT.toSeconds()
                    + " s, and another may tell people in its place; it begins again from the last checkpoint");
        }
    }

    @Override
    public void close() {
        clock.shutdownNow();
    }
}
