package io.quorate.sinks.receivers;

import io.quorate.events.Alert;
import io.quorate.events.Notification;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.PriorityQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.streaming.api.functions.async.ResultFuture;
import org.apache.flink.streaming.api.functions.async.RichAsyncFunction;
import org.jspecify.annotations.Nullable;

/**
 * Tells one receiver of every alert that comes, in order per episode, again and again while it is worth it, and gives out a
 * line of the ledger per attempt once the alert is delivered or given up.
 *
 * <p>Flink checkpoints what is in flight. After a crash those alerts are sent again with the same key, from attempt 1: at
 * least once. Flink hands them back in no order, so sending begins a moment after opening and takes each episode's alerts
 * by their time. Episodes wait for nobody but themselves: one that the receiver will not take delays no other.
 */
final class Delivery extends RichAsyncFunction<Alert, Notification> {

    /** Long enough for Flink to hand back what was in flight, which it does before anything else. */
    private static final Duration GATHERING = Duration.ofMillis(500);

    /** Within one episode; what a replay hands in twice is told twice, with one key. */
    private static final Comparator<Errand> BY_TIME = Comparator.comparing((Errand errand) -> errand.alert.at())
            .thenComparing(errand -> errand.alert.status())
            .thenComparing(errand -> errand.arrival);

    private final ReceiverSettings settings;
    private transient @Nullable Round round;

    Delivery(ReceiverSettings settings) {
        this.settings = settings;
    }

    /** The receivers' deduplication key: one per severity that an episode reaches, one for its end. */
    static String keyOf(Alert alert) {
        return switch (alert.status()) {
            case RESOLVED -> alert.id() + "-resolved";
            case PENDING, FIRING, UPDATED ->
                alert.id() + '-' + alert.severity().name().toLowerCase(Locale.ROOT);
        };
    }

    @Override
    public void open(OpenContext context) {
        Round opened = new Round(settings, Clock.systemUTC());
        getRuntimeContext().getMetricGroup().gauge("delivered", opened.delivered::get);
        getRuntimeContext().getMetricGroup().gauge("retried", opened.retried::get);
        getRuntimeContext().getMetricGroup().gauge("refused", opened.refused::get);
        opened.beginIn(GATHERING);
        round = opened;
    }

    @Override
    public void asyncInvoke(Alert alert, ResultFuture<Notification> result) {
        if (alert.status() == Alert.Status.RESOLVED && !settings.sendResolved()) {
            result.complete(List.of());
        } else {
            Objects.requireNonNull(round, "asked before it was opened").take(alert, result);
        }
    }

    @Override
    public void close() {
        if (round != null) {
            round.close();
        }
    }

    /** One alert on its way, and the ledger of its attempts. */
    private static final class Errand {

        final Alert alert;
        final String key;
        final ResultFuture<Notification> result;
        final long arrival;
        final List<Notification> ledger = new ArrayList<>();

        @Nullable
        Instant firstAttempt;

        Errand(Alert alert, ResultFuture<Notification> result, long arrival) {
            this.alert = alert;
            this.key = keyOf(alert);
            this.result = result;
            this.arrival = arrival;
        }
    }

    /** The errands of one operator. All of its state belongs to its one thread. */
    private static final class Round {

        private final ReceiverSettings settings;
        private final Clock clock;
        private final Receiver receiver;
        private final ScheduledExecutorService thread;
        private final AtomicLong arrivals = new AtomicLong();
        private final AtomicLong delivered = new AtomicLong();
        private final AtomicLong retried = new AtomicLong();
        private final AtomicLong refused = new AtomicLong();

        /** Those that wait behind another of their episode, or for the beginning; an episode under way has an entry. */
        private final Map<String, PriorityQueue<Errand>> waiting = new HashMap<>();

        private boolean begun;

        Round(ReceiverSettings settings, Clock clock) {
            this.settings = settings;
            this.clock = clock;
            this.receiver = settings.open();
            ScheduledThreadPoolExecutor executor = new ScheduledThreadPoolExecutor(1, task -> {
                Thread made = new Thread(task, "notify-" + settings.name());
                made.setDaemon(true);
                return made;
            });
            executor.setRemoveOnCancelPolicy(true);
            this.thread = executor;
        }

        void beginIn(Duration gathering) {
            thread.schedule(this::begin, gathering.toMillis(), TimeUnit.MILLISECONDS);
        }

        void take(Alert alert, ResultFuture<Notification> result) {
            Errand errand = new Errand(alert, result, arrivals.incrementAndGet());
            thread.execute(() -> enqueue(errand));
        }

        void close() {
            thread.shutdownNow();
            receiver.close();
        }

        private void begin() {
            begun = true;
            List.copyOf(waiting.keySet()).forEach(this::next);
        }

        private void enqueue(Errand errand) {
            boolean underWay = waiting.containsKey(errand.alert.id());
            waiting.computeIfAbsent(errand.alert.id(), id -> new PriorityQueue<>(BY_TIME))
                    .add(errand);
            if (begun && !underWay) {
                next(errand.alert.id());
            }
        }

        private void next(String id) {
            PriorityQueue<Errand> queue = waiting.get(id);
            Errand errand = queue == null ? null : queue.poll();
            if (errand == null) {
                waiting.remove(id);
            } else {
                attempt(errand, 1);
            }
        }

        private void attempt(Errand errand, int number) {
            if (errand.firstAttempt == null) {
                errand.firstAttempt = clock.instant();
            }
            send(errand).whenComplete((answer, failure) -> {
                Answer known = answer != null ? answer : worthRetrying(failure);
                try {
                    thread.execute(() -> record(errand, number, known));
                } catch (RejectedExecutionException closed) {
                    // Closed meanwhile: the alert is still in flight for Flink and will be sent again.
                }
            });
        }

        private CompletableFuture<Answer> send(Errand errand) {
            try {
                return receiver.send(errand.alert, errand.key);
            } catch (RuntimeException e) {
                return CompletableFuture.completedFuture(worthRetrying(e));
            }
        }

        /** Its message is left out: it may hold an address. */
        private static Answer worthRetrying(@Nullable Throwable failure) {
            String what = failure == null ? "no answer" : failure.getClass().getSimpleName();
            return new Answer.WorthRetrying(null, "the receiver failed: " + what, null);
        }

        private void record(Errand errand, int number, Answer answer) {
            if (answer instanceof Answer.WorthRetrying again) {
                Duration left = left(errand);
                if (left.compareTo(Duration.ZERO) > 0) {
                    retried.incrementAndGet();
                    write(errand, number, Notification.Outcome.RETRIED, again, again.detail());
                    // Never beyond the budget: its last moment is worth one more attempt.
                    long wait = Math.min(waitAfter(number, again).toMillis(), left.toMillis());
                    thread.schedule(() -> attempt(errand, number + 1), wait, TimeUnit.MILLISECONDS);
                    return;
                }
                refused.incrementAndGet();
                String why = "gave up after " + settings.retry().budget() + ": " + again.detail();
                write(errand, number, Notification.Outcome.REFUSED, again, why);
            } else if (answer instanceof Answer.Delivered) {
                delivered.incrementAndGet();
                write(errand, number, Notification.Outcome.DELIVERED, answer, answer.detail());
            } else {
                refused.incrementAndGet();
                write(errand, number, Notification.Outcome.REFUSED, answer, answer.detail());
            }
            errand.result.complete(errand.ledger);
            next(errand.alert.id());
        }

        private Duration waitAfter(int number, Answer.WorthRetrying again) {
            Duration wait = settings.retry()
                    .waitAfter(number, ThreadLocalRandom.current().nextDouble());
            Duration asked = again.after();
            return asked != null && asked.compareTo(wait) > 0 ? asked : wait;
        }

        private Duration left(Errand errand) {
            Instant first = Objects.requireNonNull(errand.firstAttempt, "firstAttempt");
            return Duration.between(clock.instant(), first.plus(settings.retry().budget()));
        }

        private void write(
                Errand errand, int number, Notification.Outcome outcome, Answer answer, @Nullable String detail) {
            Alert alert = errand.alert;
            errand.ledger.add(new Notification(
                    errand.key,
                    alert.id(),
                    alert.rule(),
                    alert.severity(),
                    alert.cluster(),
                    alert.member(),
                    alert.status(),
                    settings.name(),
                    number,
                    outcome,
                    answer.httpStatus(),
                    detail,
                    alert.at(),
                    clock.instant()));
        }
    }
}
