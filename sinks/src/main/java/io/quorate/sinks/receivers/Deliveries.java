package io.quorate.sinks.receivers;

import io.quorate.events.Alert;
import io.quorate.events.Notification;
import java.util.concurrent.TimeUnit;
import org.apache.flink.streaming.api.datastream.AsyncDataStream;
import org.apache.flink.streaming.api.datastream.DataStream;

/** Wires alerts to receivers: one operator {@code notify-<name>} per receiver, so that a dead one delays no other. */
public final class Deliveries {

    /** Alerts in flight per receiver; beyond it the job waits, and Kafka keeps the rest. */
    private static final int CAPACITY = 10_000;

    /** None: how long to try is the receiver's own {@link Retry#budget()}. */
    private static final long NO_TIMEOUT = 0;

    private Deliveries() {}

    /** Every alert to this receiver; out comes the ledger, a line per attempt. */
    public static DataStream<Notification> to(DataStream<Alert> alerts, ReceiverSettings receiver) {
        String uid = "notify-" + receiver.name();
        return AsyncDataStream.unorderedWait(
                        alerts, new Delivery(receiver), NO_TIMEOUT, TimeUnit.MILLISECONDS, CAPACITY)
                // Order per episode lives in one operator; several would deal what was in flight among themselves.
                .setParallelism(1)
                .setMaxParallelism(1)
                .returns(Notification.class)
                .uid(uid)
                .name(uid);
    }
}
