package io.quorate.jobs.alerting;

import io.quorate.events.Alert;
import io.quorate.events.DeadLetter;
import io.quorate.events.Notification;
import io.quorate.events.codec.EventCodec;
import io.quorate.sinks.receivers.Deliveries;
import io.quorate.sinks.receivers.ReceiverSettings;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.apache.flink.streaming.api.datastream.DataStream;

/**
 * Alerts in, notifications out: inhibit, deduplicate, send with retry to every receiver, record.
 *
 * <pre>
 * alerts --key by id--> inhibit --key by id--> deduplicate --+--> notify-RECEIVER --> notifications() --> refused()
 *                                                            +--> notify-RECEIVER ...
 * </pre>
 */
public final class AlertingPipeline {

    private final DataStream<Notification> notifications;

    private AlertingPipeline(DataStream<Notification> notifications) {
        this.notifications = notifications;
    }

    public static AlertingPipeline of(DataStream<Alert> alerts, List<ReceiverSettings> receivers) {
        if (receivers.isEmpty()) {
            throw new IllegalArgumentException("alerting.receivers is empty; expected at least one");
        }
        DataStream<Alert> worthSaying = alerts.keyBy(Alert::id)
                .process(new Inhibit())
                .uid("inhibit")
                .name("inhibit")
                .keyBy(Alert::id)
                .process(new Deduplicate())
                .uid("deduplicate")
                .name("deduplicate");
        return new AlertingPipeline(receivers.stream()
                .map(receiver -> Deliveries.to(worthSaying, receiver))
                .reduce(DataStream::union)
                .orElseThrow());
    }

    /** The ledger: one line per attempt. */
    public DataStream<Notification> notifications() {
        return notifications;
    }

    /** What a receiver would not take, and never will. */
    public DataStream<DeadLetter> refused() {
        return notifications
                .filter(notification -> notification.outcome() == Notification.Outcome.REFUSED)
                .map(notification -> new DeadLetter(
                        "receiver " + notification.receiver(),
                        "refused",
                        String.valueOf(notification.detail()),
                        notification.cluster(),
                        new String(new EventCodec<>(Notification.class).encode(notification), StandardCharsets.UTF_8),
                        notification.attemptedAt()))
                .returns(DeadLetter.class)
                .name("refused");
    }
}
