package io.quorate.cli;

import com.sun.management.OperatingSystemMXBean;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;

/**
 * Looks at many things at once, so that many dead peers cost as little as one, and for so long in all. What was not looked at
 * by then is not waited for, and not judged.
 */
final class Looking implements AutoCloseable {

    /** As many at once. Each takes a thread, which mostly waits. */
    private static final int AT_ONCE = 512;

    /** As many that work, at most: more would make each other late on this machine, and be called late for it. */
    private static final int WORKING = 16 * Runtime.getRuntime().availableProcessors();

    /** One that takes longer waits rather than works, and makes room for the next; but not where all wait for the processor. */
    private static final Duration PROMPT = Duration.ofMillis(250);

    private static final double BUSY = 0.9;

    /** For one answer, whatever the settings grant: who asks a doctor waits for it. */
    private static final Duration ANSWER = Duration.ofMillis(4_500);

    /** The same where there are more than can be asked at once: those that hang must not use up the time of the others. */
    private static final Duration ANSWER_OF_MANY = Duration.ofSeconds(3);

    /** One that is begun with less left would be called late for no fault of its own. */
    private static final Duration LEAST = Duration.ofSeconds(2);

    private final Duration inAll;
    private final long begunNanos = System.nanoTime();
    private final ExecutorService threads = Executors.newCachedThreadPool(Looking::thread);
    private final ScheduledExecutorService clock = Executors.newSingleThreadScheduledExecutor(Looking::thread);

    private final PriorityQueue<Begun<?>> waiting = new PriorityQueue<>(
            Comparator.<Begun<?>>comparingInt(one -> one.turn).thenComparingLong(one -> one.number));
    private final Set<Begun<?>> working = new LinkedHashSet<>();
    /** Grows with each that ends up to the most: the first of all wait for classes to be loaded. */
    private int room = 8;

    private long numbered;
    private int underWay;
    private boolean closed;

    /** From now on, for so long. */
    Looking(Duration inAll) {
        this.inAll = inAll;
        clock.scheduleAtFixedRate(this::makeRoom, PROMPT.toMillis(), PROMPT.toMillis() / 2, TimeUnit.MILLISECONDS);
    }

    /** One look. */
    interface Look<T> {

        /** What there is to see, after at most so long. */
        T within(Duration patience) throws Exception;
    }

    /** A look that was begun, or waits for its turn. */
    final class Begun<T> {

        private final int turn;
        private final long number;
        private final Duration atMost;
        private final Look<T> look;
        private final Function<Throwable, T> broken;
        private final CompletableFuture<Optional<T>> brought = new CompletableFuture<>();
        private long sinceNanos;

        private Begun(int turn, long number, Duration atMost, Look<T> look, Function<Throwable, T> broken) {
            this.turn = turn;
            this.number = number;
            this.atMost = atMost;
            this.look = look;
            this.broken = broken;
        }

        private void run() {
            Duration left = left(inAll);
            try {
                brought.complete(
                        left.compareTo(LEAST) < 0
                                ? Optional.empty()
                                : Optional.of(look.within(left.compareTo(atMost) < 0 ? left : atMost)));
            } catch (Exception | Error e) {
                brought.completeExceptionally(e);
            } finally {
                ended(this);
            }
        }

        /** What was seen; nothing when there was no time for it. */
        Optional<T> seen() throws InterruptedException {
            return seenWithin(inAll);
        }

        /**
         * What was seen; nothing when it was not in time.
         *
         * @param patience since everything began
         */
        Optional<T> seenWithin(Duration patience) throws InterruptedException {
            try {
                return brought.get(Math.max(0, left(patience).toNanos()), TimeUnit.NANOSECONDS);
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
     * @param turn the smaller the sooner: the number within its own list, so that a long one does not keep out a short one
     * @param atMost how long this one may take
     * @param broken what is to be said when the look itself throws
     */
    synchronized <T> Begun<T> begin(int turn, Duration atMost, Look<T> look, Function<Throwable, T> broken) {
        Begun<T> one = new Begun<>(turn, numbered++, atMost, look, broken);
        waiting.add(one);
        fill();
        return one;
    }

    private synchronized void fill() {
        while (!closed && underWay < AT_ONCE && working.size() < room && !waiting.isEmpty()) {
            Begun<?> next = waiting.remove();
            next.sinceNanos = System.nanoTime();
            underWay++;
            working.add(next);
            threads.execute(next::run);
        }
    }

    private synchronized void ended(Begun<?> one) {
        underWay--;
        leave(one);
        fill();
    }

    private synchronized void makeRoom() {
        if (processorLoad() < BUSY) {
            long before = System.nanoTime() - PROMPT.toNanos();
            working.stream().filter(one -> one.sinceNanos - before < 0).toList().forEach(this::leave);
            fill();
        }
    }

    private void leave(Begun<?> one) {
        if (working.remove(one)) {
            room = Math.min(WORKING, room + 1);
        }
    }

    /** Of the whole machine, from 0 to 1; less when it cannot be told. */
    private static double processorLoad() {
        return ManagementFactory.getOperatingSystemMXBean() instanceof OperatingSystemMXBean machine
                ? machine.getCpuLoad()
                : 0;
    }

    private Duration left(Duration patience) {
        return patience.minusNanos(System.nanoTime() - begunNanos);
    }

    private static Thread thread(Runnable work) {
        Thread thread = new Thread(work, "doctor");
        // One that is stuck in a name look-up must not keep the process.
        thread.setDaemon(true);
        return thread;
    }

    @Override
    public synchronized void close() {
        closed = true;
        clock.shutdownNow();
        threads.shutdownNow();
    }
}
