package io.quorate.jobs.alerting;

import io.quorate.events.Alert;
import io.quorate.events.Control;
import io.quorate.events.codec.EventCodec;
import io.quorate.sinks.receivers.heartbeat.Heartbeat;
import io.quorate.sinks.receivers.heartbeat.HeartbeatSettings;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import org.apache.flink.api.common.operators.MailboxExecutor;
import org.apache.flink.api.common.state.ListState;
import org.apache.flink.api.common.state.ListStateDescriptor;
import org.apache.flink.api.common.typeinfo.PrimitiveArrayTypeInfo;
import org.apache.flink.runtime.state.StateInitializationContext;
import org.apache.flink.runtime.state.StateSnapshotContext;
import org.apache.flink.streaming.api.operators.AbstractStreamOperator;
import org.apache.flink.streaming.api.operators.AbstractStreamOperatorFactory;
import org.apache.flink.streaming.api.operators.OneInputStreamOperator;
import org.apache.flink.streaming.api.operators.OneInputStreamOperatorFactory;
import org.apache.flink.streaming.api.operators.StreamOperator;
import org.apache.flink.streaming.api.operators.StreamOperatorParameters;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.streaming.runtime.tasks.ProcessingTimeService;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks after our own pipeline by the clock: an alert when one of its jobs falls behind, and a beat outwards as long as none
 * of them is, so that somebody else notices when nobody here can say anything any more. What comes in is let go: it is
 * listened to only because an operator must.
 */
final class Watch extends AbstractStreamOperator<Alert> implements OneInputStreamOperator<Control, Alert> {

    private static final Logger LOG = LoggerFactory.getLogger(Watch.class);
    private static final Duration LOOKS_EVERY = Duration.ofSeconds(10);

    private final Stages stages;
    private final Duration limit;
    private final @Nullable HeartbeatSettings heartbeat;
    private final MailboxExecutor mailbox;
    private final EventCodec<Alert> codec = new EventCodec<>(Alert.class);

    private @Nullable ListState<byte[]> state;
    private @Nullable LateStages late;
    private @Nullable ExecutorService asks;
    private @Nullable Heartbeat beats;
    private Map<String, Duration> newest = Map.of();
    private boolean known;
    private List<Alert> restored = List.of();

    private Watch(Factory factory, StreamOperatorParameters<Alert> parameters) {
        this.stages = factory.stages;
        this.limit = factory.limit;
        this.heartbeat = factory.heartbeat;
        this.mailbox = parameters.getMailboxExecutor();
        this.processingTimeService = Objects.requireNonNull(factory.time());
    }

    @Override
    public void initializeState(StateInitializationContext context) throws Exception {
        super.initializeState(context);
        ListState<byte[]> kept = context.getOperatorStateStore()
                .getListState(new ListStateDescriptor<>(
                        "late-stages", PrimitiveArrayTypeInfo.BYTE_PRIMITIVE_ARRAY_TYPE_INFO));
        state = kept;
        List<Alert> firing = new ArrayList<>();
        for (byte[] bytes : kept.get()) {
            firing.add(codec.decode(bytes));
        }
        restored = firing;
    }

    @Override
    public void open() throws Exception {
        super.open();
        late = new LateStages(limit, restored);
        asks = Executors.newSingleThreadExecutor(task -> {
            Thread made = new Thread(task, "watch");
            made.setDaemon(true);
            return made;
        });
        processingTimeService.scheduleWithFixedDelay(time -> look(), LOOKS_EVERY.toMillis(), LOOKS_EVERY.toMillis());
        if (heartbeat != null) {
            beats = heartbeat.open();
            long every = heartbeat.every().toMillis();
            processingTimeService.scheduleWithFixedDelay(time -> beat(), LOOKS_EVERY.toMillis() * 2, every);
        }
    }

    private void look() {
        CompletableFuture.supplyAsync(() -> stages.behind(now()), Objects.requireNonNull(asks))
                .whenComplete((behind, failure) -> {
                    try {
                        mailbox.execute(() -> heard(behind, failure), "how far behind our jobs are");
                    } catch (RejectedExecutionException closed) {
                        // Closed meanwhile: the next one looks.
                    }
                });
    }

    private void heard(@Nullable Map<String, Duration> behind, @Nullable Throwable failure) {
        known = behind != null;
        if (behind == null) {
            LOG.warn("Nobody can tell how far behind the jobs are", failure);
        } else {
            newest = behind;
            Objects.requireNonNull(late)
                    .look(behind, now())
                    .forEach(alert -> output.collect(new StreamRecord<>(alert)));
        }
    }

    /** Who is blind or late says nothing: silence is what the other side listens for. */
    private void beat() {
        if (known && beats != null && Objects.requireNonNull(late).isWell()) {
            Map<String, Object> facts = new TreeMap<>();
            newest.forEach((job, lag) -> facts.put(job + "BehindSeconds", lag.toSeconds()));
            beats.beat(facts).whenComplete((answer, failure) -> LOG.debug("Heartbeat: {}", answer, failure));
        }
    }

    @Override
    public void processElement(StreamRecord<Control> element) {}

    @Override
    public void snapshotState(StateSnapshotContext context) throws Exception {
        super.snapshotState(context);
        List<byte[]> firing = new ArrayList<>();
        Objects.requireNonNull(late).firing().forEach(alert -> firing.add(codec.encode(alert)));
        Objects.requireNonNull(state).update(firing);
    }

    @Override
    public void close() throws Exception {
        if (asks != null) {
            asks.shutdownNow();
        }
        if (beats != null) {
            beats.close();
        }
        super.close();
    }

    private Instant now() {
        return Instant.ofEpochMilli(processingTimeService.getCurrentProcessingTime());
    }

    /** Makes the one operator there is. */
    static final class Factory extends AbstractStreamOperatorFactory<Alert>
            implements OneInputStreamOperatorFactory<Control, Alert> {

        private static final long serialVersionUID = 1;

        private final Stages stages;
        private final Duration limit;
        private final @Nullable HeartbeatSettings heartbeat;

        Factory(Stages stages, Duration limit, @Nullable HeartbeatSettings heartbeat) {
            this.stages = stages;
            this.limit = limit;
            this.heartbeat = heartbeat;
        }

        private @Nullable ProcessingTimeService time() {
            return processingTimeService;
        }

        @Override
        @SuppressWarnings("unchecked")
        public <T extends StreamOperator<Alert>> T createStreamOperator(StreamOperatorParameters<Alert> parameters) {
            Watch watch = new Watch(this, parameters);
            watch.setup(parameters.getContainingTask(), parameters.getStreamConfig(), parameters.getOutput());
            return (T) watch;
        }

        @Override
        @SuppressWarnings("rawtypes")
        public Class<? extends StreamOperator> getStreamOperatorClass(ClassLoader loader) {
            return Watch.class;
        }
    }
}
