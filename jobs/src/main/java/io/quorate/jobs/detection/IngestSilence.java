package io.quorate.jobs.detection;

import io.quorate.events.Alert;
import io.quorate.events.Alert.Evidence;
import io.quorate.events.Alert.Severity;
import io.quorate.events.Alert.Status;
import io.quorate.events.MemberStatus;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.functions.KeyedProcessFunction;
import org.apache.flink.util.Collector;

/**
 * Whether ingest is alive, by the clock on the wall: without any event the stream's time stands, and every rule with it. One
 * alert of the whole fleet when no answer and no failed poll of any member has come for two minutes; that one cluster is
 * no longer asked is told in event time. Only the live job has it: a replay may stand still as long as it likes.
 */
final class IngestSilence extends KeyedProcessFunction<String, Instant, Alert> {

    static final String RULE = "QuorateIngestSilent";
    static final Duration LONGEST = Duration.ofMinutes(2);

    private static final long serialVersionUID = 1;

    /** Who counts as the cluster that it is about. */
    private static final String FLEET = "fleet";

    private transient ValueState<Alert> said;
    private transient ValueState<Long> due;
    private transient ValueState<Instant> newest;
    private transient long openedAt;

    /** Of these statuses. */
    static DataStream<Alert> of(DataStream<MemberStatus> statuses) {
        return statuses.process(new IngestPulse())
                .returns(Instant.class)
                .uid("ingest-pulse")
                .name("ingest-pulse")
                .keyBy(pulse -> FLEET)
                .process(new IngestSilence())
                .returns(Alert.class)
                .uid("ingest-silence")
                .name("ingest-silence");
    }

    @Override
    public void open(OpenContext context) {
        said = getRuntimeContext().getState(new ValueStateDescriptor<>("said", TypeInformation.of(Alert.class)));
        due = getRuntimeContext().getState(new ValueStateDescriptor<>("due", Long.class));
        newest = getRuntimeContext().getState(new ValueStateDescriptor<>("newest", Instant.class));
        openedAt = Long.MIN_VALUE;
    }

    @Override
    public void processElement(Instant pulse, Context context, Collector<Alert> out) throws Exception {
        long now = context.timerService().currentProcessingTime();
        Instant before = newest.value();
        newest.update(before != null && before.isAfter(pulse) ? before : pulse);
        expectUntil(context, now + LONGEST.toMillis());
        Alert open = said.value();
        if (open != null) {
            said.clear();
            out.collect(alert(
                    open.id(),
                    Status.RESOLVED,
                    open.startedAt(),
                    // What waited on the topic may be older than the alert.
                    pulse.isAfter(open.at()) ? pulse : open.at(),
                    "answers and failed polls come again"));
        }
        if (openedAt == Long.MIN_VALUE) {
            openedAt = now;
        }
    }

    @Override
    public void onTimer(long time, OnTimerContext context, Collector<Alert> out) throws Exception {
        Long asked = due.value();
        if (asked == null || asked != time || said.value() != null) {
            return;
        }
        if (openedAt == Long.MIN_VALUE) {
            // It was this job that was away: what waits on the topic comes first.
            openedAt = context.timerService().currentProcessingTime();
            expectUntil(context, openedAt + LONGEST.toMillis());
            return;
        }
        Instant last = newest.value();
        Instant at = last.plus(LONGEST);
        Alert alert = alert(
                Alert.idOf(RULE, FLEET, null, last),
                Status.FIRING,
                last,
                at,
                "no answer and no failed poll of any member has come for 2 min: nobody watches the fleet");
        said.update(alert);
        out.collect(alert);
    }

    private void expectUntil(Context context, long until) throws Exception {
        Long before = due.value();
        if (before != null) {
            context.timerService().deleteProcessingTimeTimer(before);
        }
        due.update(until);
        context.timerService().registerProcessingTimeTimer(until);
    }

    private static Alert alert(String id, Status status, Instant startedAt, Instant at, String summary) {
        return new Alert(
                id,
                RULE,
                Severity.CRITICAL,
                FLEET,
                null,
                null,
                null,
                status,
                at,
                startedAt,
                summary,
                null,
                null,
                "docs/runbooks/etcd-cluster-silent.md",
                List.of(new Evidence("newest event", startedAt.toString(), startedAt)));
    }
}
