package io.quorate.cli;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;

/**
 * Looks at many things at once, so that many dead peers cost as little as one, and for so long in all. What was not looked at
 * by then is not waited for, and not judged.
 */
final class Looking implements AutoCloseable {

    /** As many at once. Each takes a thread, which mostly waits. */
    static final int AT_ONCE = 512;

    /** For one answer, whatever the settings grant: who asks a doctor waits for it. */
    private static final Duration ANSWER = Duration.ofMillis(4_500);

    /** The same where there are more than can be asked at once: those that hang must not use up the time of the others. */
    private static final Duration ANSWER_OF_MANY = Duration.ofSeconds(3);

    /** One that is begun with less left would be called late for no fault of its own. */
    private static final Duration LEAST = Duration.ofSeconds(2);

    private final ExecutorService threads = Executors.newFixedThreadPool(AT_ONCE, work -> {
        Thread thread = new Thread(work, "doctor");
        // One that is stuck in a name look-up must not keep the process.
        thread.setDaemon(true);
        return thread;
    });

    private final Duration inAll;
    private final long begunNanos = System.nanoTime();

    /** From now on, for so long. */
    Looking(Duration inAll) {
        this.inAll = inAll;
    }

    /** One look. */
    interface Look<T> {

        /** What there is to see, after at most so long. */
        T within(Duration patience) throws Exception;
    }

    /** A look that was begun, or waits for its turn. */
    static final class Begun<T> {

        private final Future<Optional<T>> under;
        private final Looking looking;
        private final Function<Throwable, T> broken;

        private Begun(Future<Optional<T>> under, Looking looking, Function<Throwable, T> broken) {
            this.under = under;
            this.looking = looking;
            this.broken = broken;
        }

        /** What was seen; nothing when there was no time for it. */
        Optional<T> seen() throws InterruptedException {
            return seenWithin(looking.inAll);
        }

        /**
         * What was seen; nothing when it was not in time.
         *
         * @param patience since everything began
         */
        Optional<T> seenWithin(Duration patience) throws InterruptedException {
            try {
                return under.get(Math.max(0, looking.left(patience).toNanos()), TimeUnit.NANOSECONDS);
            } catch (TimeoutException e) {
                return Optional.empty();
            } catch (ExecutionException e) {
                return Optional.of(broken.apply(e.getCause()));
            }
        }
    }

    Duration inAll() {
        return inAll;
    }

    /** How long one of so many may be waited for. */
    static Duration patience(int many) {
        return many <= AT_ONCE ? ANSWER : ANSWER_OF_MANY;
    }

    /**
     * Begins to look, or will when others have ended.
     *
     * @param atMost how long this one may take
     * @param broken what is to be said when the look itself throws
     */
    <T> Begun<T> begin(Duration atMost, Look<T> look, Function<Throwable, T> broken) {
        Future<Optional<T>> under = threads.submit(() -> {
            Duration left = left(inAll);
            return left.compareTo(LEAST) < 0
                    ? Optional.<T>empty()
                    : Optional.of(look.within(left.compareTo(atMost) < 0 ? left : atMost));
        });
        return new Begun<>(under, this, broken);
    }

    private Duration left(Duration patience) {
        return patience.minusNanos(System.nanoTime() - begunNanos);
    }

    @Override
    public void close() {
        threads.shutdownNow();
    }
}
