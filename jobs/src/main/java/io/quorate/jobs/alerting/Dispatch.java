package io.quorate.jobs.alerting;

import io.quorate.events.Control;
import io.quorate.events.Notification;
import io.quorate.events.codec.EventCodec;
import io.quorate.events.codec.UnreadableEvent;
import io.quorate.jobs.alerting.routes.Route;
import io.quorate.rules.yaml.InvalidYaml;
import io.quorate.sinks.receivers.Answer;
import io.quorate.sinks.receivers.Message;
import io.quorate.sinks.receivers.PlacedAlert;
import io.quorate.sinks.receivers.Receiver;
import io.quorate.sinks.receivers.ReceiverSettings;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadLocalRandom;
import org.apache.flink.api.common.operators.MailboxExecutor;
import org.apache.flink.api.common.state.ListState;
import org.apache.flink.api.common.state.ListStateDescriptor;
import org.apache.flink.api.common.typeinfo.PrimitiveArrayTypeInfo;
import org.apache.flink.metrics.Counter;
import org.apache.flink.runtime.state.StateInitializationContext;
import org.apache.flink.runtime.state.StateSnapshotContext;
import org.apache.flink.streaming.api.operators.AbstractStreamOperator;
import org.apache.flink.streaming.api.operators.AbstractStreamOperatorFactory;
import org.apache.flink.streaming.api.operators.StreamOperator;
import org.apache.flink.streaming.api.operators.StreamOperatorParameters;
import org.apache.flink.streaming.api.operators.TwoInputStreamOperator;
import org.apache.flink.streaming.api.operators.TwoInputStreamOperatorFactory;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.streaming.runtime.tasks.ProcessingTimeService;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The outbox: alerts in, a line of the ledger for everything that becomes of them out. Sends at once and records after. What a
 * crash left between the two is sent again, as the same message; what is in the ledger is not.
 *
 * <p>One for all receivers, so that one can stand in for another; no call waits, so that none delays another.
 */
final class Dispatch extends AbstractStreamOperator<Notification>
        implements TwoInputStreamOperator<PlacedAlert, Control, Notification>, Dispatcher.Exits {

    private static final Logger LOG = LoggerFactory.getLogger(Dispatch.class);

    /** A job without state may be anything's successor: it hears again of this time, and asks the ledger what was told. */
    static final Duration WITHOUT_STATE = Duration.ofHours(24);

    /** Lines of the ledger are written a little after their time. */
    private static final Duration SLACK = Duration.ofMinutes(1);

    private final List<ReceiverSettings> settings;
    private final List<Route> routes;
    private final Ledger ledger;
    private final MailboxExecutor mailbox;

    private final Map<String, Receiver> receivers = new HashMap<>();
    private final EventCodec<DispatchState> codec = new EventCodec<>(DispatchState.class);
    private @Nullable Dispatcher dispatcher;
    private @Nullable Pulse pulse;
    private Ledger.@Nullable Writer writer;
    private @Nullable ListState<byte[]> state;
    private @Nullable Instant wakesAt;
    private @Nullable DispatchState restored;
    private @Nullable Counter delivered;
    private @Nullable Counter retried;
    private @Nullable Counter refused;

    private Dispatch(Factory factory, StreamOperatorParameters<Notification> parameters) {
        this.settings = factory.settings;
        this.routes = factory.routes;
        this.ledger = factory.ledger;
        this.mailbox = parameters.getMailboxExecutor();
        this.processingTimeService = Objects.requireNonNull(factory.time());
    }

    @Override
    public void initializeState(StateInitializationContext context) throws Exception {
        super.initializeState(context);
        ListState<byte[]> kept = context.getOperatorStateStore()
                .getListState(
                        new ListStateDescriptor<>("dispatch", PrimitiveArrayTypeInfo.BYTE_PRIMITIVE_ARRAY_TYPE_INFO));
        state = kept;
        for (byte[] bytes : kept.get()) {
            restored = read(bytes);
        }
    }

    private DispatchState read(byte[] bytes) {
        try {
            return codec.decode(bytes);
        } catch (UnreadableEvent e) {
            throw new IllegalStateException("the outbox in the checkpoint cannot be read", e);
        }
    }

    @Override
    public void open() throws Exception {
        super.open();
        pulse = Pulse.begin();
        delivered = getMetricGroup().counter("delivered");
        retried = getMetricGroup().counter("retried");
        refused = getMetricGroup().counter("refused");
        writer = ledger.open();
        settings.forEach(receiver -> receivers.put(receiver.name(), receiver.open()));
        DispatchState before = restored;
        Instant since =
                before == null ? now().minus(WITHOUT_STATE) : before.at().minus(SLACK);
        Recorded recorded = Recorded.of(ledger.since(since));
        dispatcher = new Dispatcher(
                new Timetable(settings, routes),
                before == null ? DispatchState.EMPTY : before,
                recorded,
                this,
                () -> ThreadLocalRandom.current().nextDouble(),
                now());
        getMetricGroup().gauge("openLanes", dispatcher::open);
        tick();
    }

    @Override
    public void processElement1(StreamRecord<PlacedAlert> element) {
        dispatcher().hear(element.getValue(), now());
        tick();
    }

    @Override
    public void processElement2(StreamRecord<Control> element) {
        Control control = element.getValue();
        if (control.kind().equals(Control.ACK)) {
            try {
                if (control.mode().equals(Control.REMOVED)) {
                    dispatcher().forgetAcknowledgement(control.id(), now());
                } else {
                    dispatcher().hear(Acknowledgement.of(control), now());
                }
            } catch (InvalidYaml e) {
                LOG.warn("An acknowledgement of {} cannot be read and is left out: {}", control.id(), e.getMessage());
            }
            tick();
        }
    }

    @Override
    public void snapshotState(StateSnapshotContext context) throws Exception {
        super.snapshotState(context);
        Objects.requireNonNull(state, "asked before it was opened")
                .update(List.of(codec.encode(dispatcher().state(now()))));
    }

    @Override
    public void close() throws Exception {
        if (pulse != null) {
            pulse.close();
        }
        receivers.values().forEach(Receiver::close);
        if (writer != null) {
            writer.close();
        }
        super.close();
    }

    @Override
    public void send(String lane, String receiver, Message message) {
        ask(receiver, message).whenComplete((answer, failure) -> {
            Answer known = answer != null ? answer : worthRetrying(failure);
            later("answer of " + receiver, () -> dispatcher().answered(lane, message.key(), known, now()));
        });
    }

    private CompletableFuture<Answer> ask(String receiver, Message message) {
        try {
            return Objects.requireNonNull(receivers.get(receiver), receiver).send(message);
        } catch (RuntimeException e) {
            LOG.warn("Receiver {} failed", receiver, e);
            return CompletableFuture.completedFuture(worthRetrying(e));
        }
    }

    /** Its message is left out: it may hold an address. */
    private static Answer worthRetrying(@Nullable Throwable failure) {
        String what = failure == null ? "no answer" : failure.getClass().getSimpleName();
        return new Answer.WorthRetrying(null, "the receiver failed: " + what, null);
    }

    @Override
    public void plan(String lane, String key, List<Notification> lines) {
        Objects.requireNonNull(writer, "asked before it was opened")
                .append(lines)
                .whenComplete((done, failure) ->
                        later("plan of " + key, () -> dispatcher().planned(lane, key, now())));
    }

    @Override
    public void record(Notification line) {
        Counter counter = switch (line.outcome()) {
            case DELIVERED -> delivered;
            case RETRIED -> retried;
            case REFUSED -> refused;
            case PLANNED, PASSED_ON, SILENCED, INHIBITED -> null;
        };
        if (counter != null) {
            counter.inc();
        }
        output.collect(new StreamRecord<>(line));
    }

    /** In this operator's own thread. */
    private void later(String what, Runnable then) {
        try {
            mailbox.execute(
                    () -> {
                        then.run();
                        tick();
                    },
                    what);
        } catch (RejectedExecutionException closed) {
            // Closed meanwhile: what was under way is in the checkpoint, and will be sent again.
        }
    }

    private void tick() {
        Instant next = dispatcher().tick(now());
        if (next != null && (wakesAt == null || next.isBefore(wakesAt))) {
            wakesAt = next;
            processingTimeService.registerTimer(Math.max(next.toEpochMilli(), now().toEpochMilli() + 1), time -> {
                wakesAt = null;
                tick();
            });
        }
    }

    /** Unless the process stood still: what it knows may be told by another by now. */
    private Dispatcher dispatcher() {
        Objects.requireNonNull(pulse, "asked before it was opened").mustHaveGoneOn();
        return Objects.requireNonNull(dispatcher, "asked before it was opened");
    }

    private Instant now() {
        return Instant.ofEpochMilli(processingTimeService.getCurrentProcessingTime());
    }

    /** Makes the one operator there is. */
    static final class Factory extends AbstractStreamOperatorFactory<Notification>
            implements TwoInputStreamOperatorFactory<PlacedAlert, Control, Notification> {

        private static final long serialVersionUID = 1;

        private final ArrayList<ReceiverSettings> settings;
        private final ArrayList<Route> routes;
        private final Ledger ledger;

        Factory(List<ReceiverSettings> settings, List<Route> routes, Ledger ledger) {
            this.settings = new ArrayList<>(settings);
            this.routes = new ArrayList<>(routes);
            this.ledger = ledger;
        }

        private @Nullable ProcessingTimeService time() {
            return processingTimeService;
        }

        @Override
        @SuppressWarnings("unchecked")
        public <T extends StreamOperator<Notification>> T createStreamOperator(
                StreamOperatorParameters<Notification> parameters) {
            Dispatch dispatch = new Dispatch(this, parameters);
            dispatch.setup(parameters.getContainingTask(), parameters.getStreamConfig(), parameters.getOutput());
            return (T) dispatch;
        }

        @Override
        @SuppressWarnings("rawtypes")
        public Class<? extends StreamOperator> getStreamOperatorClass(ClassLoader loader) {
            return Dispatch.class;
        }
    }
}
