package io.quorate.jobs.causes;

import io.quorate.events.Alert;
import io.quorate.events.Alert.Status;
import io.quorate.jobs.causes.Casebook.Case;
import io.quorate.jobs.time.Waiting;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.state.MapState;
import org.apache.flink.api.common.state.MapStateDescriptor;
import org.apache.flink.api.common.state.StateTtlConfig;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.streaming.api.functions.co.KeyedCoProcessFunction;
import org.apache.flink.util.Collector;

/**
 * Puts the cause beside each alert. What begins or becomes worse passes at once, and its cause follows when the windows are
 * there that tell it; what may wait, such as the end, waits for them and carries it.
 */
final class Causes extends KeyedCoProcessFunction<String, Alert, Clue, Alert> {

    private static final long serialVersionUID = 1;

    /** An alert whose end was lost must not stay for ever. */
    private static final Duration OPEN_AT_MOST = Duration.ofDays(7);

    private static final Comparator<Alert> ORDER = Comparator.comparing(Alert::at)
            .thenComparing(Alert::id)
            .thenComparing(Alert::status)
            .thenComparing(Alert::severity);

    private final Chains chains;
    private final long window;
    private final long settled;
    private transient Waiting<Alert> waitingAlerts;
    private transient Waiting<Clue> waitingClues;
    private transient MapState<String, Integer> told;
    private transient ValueState<Casebook> books;

    /**
     * On base windows of this length.
     *
     * @param settledAfter how long after a window's end all that patterns make of it is known
     */
    Causes(Chains chains, Duration window, Duration settledAfter) {
        this.chains = chains;
        this.window = window.toMillis();
        this.settled = settledAfter.toMillis() + 1;
    }

    @Override
    public void open(OpenContext context) {
        waitingAlerts = Waiting.of(getRuntimeContext(), "alerts", Alert.class);
        waitingClues = Waiting.of(getRuntimeContext(), "clues", Clue.class);
        MapStateDescriptor<String, Integer> worst = new MapStateDescriptor<>("told", Types.STRING, Types.INT);
        worst.enableTimeToLive(StateTtlConfig.newBuilder(OPEN_AT_MOST).build());
        told = getRuntimeContext().getMapState(worst);
        books = getRuntimeContext().getState(new ValueStateDescriptor<>("casebook", Casebook.class));
    }

    @Override
    public void processElement1(Alert alert, Context context, Collector<Alert> out) throws Exception {
        if (alert.status() == Status.PENDING) {
            // Nobody asks for its cause, and not every one is told to be over.
            out.collect(alert);
            return;
        }
        if (isUrgent(alert)) {
            out.collect(alert);
        }
        waitingAlerts.add(due(context), alert, context.timerService());
    }

    @Override
    public void processElement2(Clue clue, Context context, Collector<Alert> out) throws Exception {
        waitingClues.add(due(context), clue, context.timerService());
    }

    private boolean isUrgent(Alert alert) throws Exception {
        if (alert.status() == Status.RESOLVED) {
            told.remove(alert.id());
            return false;
        }
        Integer worst = told.get(alert.id());
        if (worst == null || rank(alert) > worst) {
            told.put(alert.id(), rank(alert));
            return true;
        }
        return false;
    }

    private long due(Context context) {
        Long time = context.timestamp();
        // What follows from what a person said has no time of its own.
        boolean isTimeless = time == null || time == Long.MIN_VALUE;
        return tick(isTimeless ? Math.max(0, context.timerService().currentWatermark()) : time);
    }

    /** The first time after this one at which a window is settled. */
    private long tick(long time) {
        return (Math.floorDiv(time - settled, window) + 1) * window + settled;
    }

    @Override
    public void onTimer(long time, OnTimerContext context, Collector<Alert> out) throws Exception {
        Casebook book = Objects.requireNonNullElseGet(books.value(), Casebook::new);
        List<Clue> clues = waitingClues.take(time);
        clues.sort(Clue.ORDER);
        clues.forEach(book::add);
        List<Alert> alerts = waitingAlerts.take(time);
        alerts.sort(ORDER);
        Instant now = Instant.ofEpochMilli(time - settled);
        for (Alert alert : alerts) {
            hear(book, alert, out);
        }
        for (Case open : List.copyOf(book.cases.values())) {
            tell(book, open, now, out);
        }
        book.forget(now);
        for (Map.Entry<String, Case> open : List.copyOf(book.cases.entrySet())) {
            Alert last = open.getValue().last;
            if (last == null || last.at().plus(OPEN_AT_MOST).isBefore(now)) {
                book.cases.remove(open.getKey());
                told.remove(open.getKey());
            }
        }
        if (book.isEmpty()) {
            books.clear();
        } else {
            books.update(book);
            // So that what is over is let go of, also where nothing more comes.
            if (context.timerService().currentWatermark() != Long.MAX_VALUE) {
                context.timerService()
                        .registerEventTimeTimer(
                                tick(time + Duration.ofMinutes(16).toMillis()));
            }
        }
    }

    /** What was passed at once is known now; what waited is passed with its cause. */
    private void hear(Casebook book, Alert alert, Collector<Alert> out) {
        Case now = book.cases.getOrDefault(alert.id(), new Case());
        now.last = alert;
        if (alert.status() == Status.RESOLVED) {
            Diagnosis diagnosis = new Diagnosis(chains, book, alert, now);
            out.collect(
                    diagnosis.isKnown() || now.says == null
                            ? diagnosis.told(Status.RESOLVED, alert.at())
                            : alert.told(Status.RESOLVED, alert.at(), now.says, alert.evidence()));
            book.cases.remove(alert.id());
            return;
        }
        book.cases.put(alert.id(), now);
        if (rank(alert) > now.worst) {
            now.worst = rank(alert);
        } else {
            Diagnosis diagnosis = new Diagnosis(chains, book, alert, now);
            out.collect(remembered(now, diagnosis, diagnosis.told(alert.status(), alert.at())));
        }
    }

    private static int rank(Alert alert) {
        return alert.severity().ordinal();
    }

    /** A cause that is news. */
    private void tell(Casebook book, Case open, Instant now, Collector<Alert> out) {
        Alert alert = open.last;
        if (alert == null) {
            return;
        }
        Diagnosis diagnosis = new Diagnosis(chains, book, alert, open);
        boolean isNews = diagnosis.isKnown()
                && !(Objects.equals(diagnosis.cause(), open.cause) && Objects.equals(diagnosis.member(), open.root));
        if (isNews) {
            out.collect(remembered(
                    open, diagnosis, diagnosis.told(Status.UPDATED, now.isAfter(alert.at()) ? now : alert.at())));
        }
    }

    private static Alert remembered(Case open, Diagnosis diagnosis, Alert told) {
        open.cause = diagnosis.cause();
        open.root = diagnosis.member();
        open.says = told.cause();
        return told;
    }
}
