package io.quorate.jobs.alerting;

import io.quorate.events.Alert;
import io.quorate.events.Control;
import io.quorate.events.DeadLetter;
import io.quorate.events.Notification;
import io.quorate.events.codec.EventCodec;
import io.quorate.jobs.alerting.routes.Route;
import io.quorate.sinks.receivers.PlacedAlert;
import io.quorate.sinks.receivers.ReceiverSettings;
import io.quorate.sinks.receivers.heartbeat.HeartbeatSettings;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.datastream.SingleOutputStreamOperator;
import org.jspecify.annotations.Nullable;

/**
 * Alerts in, notifications out: silence, inhibit, deduplicate, then route, group and send with retry, and record.
 *
 * <pre>
 * alerts --key by cluster--> place --key by id--> silence --key by id--> inhibit --key by id--> deduplicate --> dispatch
 *               ^                                    ^                                                             ^
 * places -------'                  controls ---------'-------------------------------------------------------------'
 *
 * dispatch, silence, inhibit --> notifications() --> refused()
 * </pre>
 */
public final class AlertingPipeline {

    private final DataStream<Notification> notifications;
    private final DataStream<DeadLetter> unreadable;

    /**
     * What it listens to.
     *
     * @param places what is learnt of clusters
     * @param controls silences and acknowledgements, as people say them
     */
    public record Listens(DataStream<Alert> alerts, DataStream<Place> places, DataStream<Control> controls) {}

    /** What it knows when it begins: what people have said, and what is told already. */
    public record Knows(Said said, Ledger ledger) {}

    private AlertingPipeline(DataStream<Notification> notifications, DataStream<DeadLetter> unreadable) {
        this.notifications = notifications;
        this.unreadable = unreadable;
    }

    public static AlertingPipeline of(Listens to, List<ReceiverSettings> receivers, List<Route> routes, Knows knows) {
        if (receivers.isEmpty()) {
            throw new IllegalArgumentException("alerting.receivers is empty; expected at least one");
        }
        SingleOutputStreamOperator<PlacedAlert> audible = to.alerts()
                .connect(to.places())
                .keyBy(Alert::cluster, Place::cluster)
                .process(new Placing())
                .returns(PlacedAlert.class)
                .uid("place")
                .name("place")
                .keyBy(placed -> placed.alert().id())
                .connect(to.controls().broadcast(Silencing.SAID))
                .process(new Silencing(knows.said()))
                .returns(PlacedAlert.class)
                .uid("silence")
                .name("silence");
        SingleOutputStreamOperator<PlacedAlert> standing = audible.keyBy(
                        placed -> placed.alert().id())
                .process(new Inhibit())
                .returns(PlacedAlert.class)
                .uid("inhibit")
                .name("inhibit");
        DataStream<Notification> dispatched = standing.keyBy(
                        placed -> placed.alert().id())
                .process(new Deduplicate())
                .returns(PlacedAlert.class)
                .uid("deduplicate")
                .name("deduplicate")
                .global()
                .connect(to.controls().global())
                .transform(
                        "dispatch",
                        TypeInformation.of(Notification.class),
                        new Dispatch.Factory(receivers, routes, knows.ledger()))
                .setParallelism(1)
                .uid("dispatch")
                .name("dispatch");
        return new AlertingPipeline(
                dispatched.union(audible.getSideOutput(Silencing.HELD), standing.getSideOutput(Inhibit.HELD)),
                audible.getSideOutput(Silencing.REFUSED));
    }

    /**
     * Alerts about our own jobs, when one of them falls behind by more than this; and a beat outwards while none does.
     *
     * @param controls anything: an operator must listen to something
     */
    static DataStream<Alert> watched(
            DataStream<Control> controls, Stages stages, Duration limit, @Nullable HeartbeatSettings heartbeat) {
        return controls.global()
                .transform("watch", TypeInformation.of(Alert.class), new Watch.Factory(stages, limit, heartbeat))
                .setParallelism(1)
                .uid("watch")
                .name("watch");
    }

    /** The ledger: a line for all that became of each alert at each receiver. */
    public DataStream<Notification> notifications() {
        return notifications;
    }

    /** What a receiver would not take, and never will; what was said and cannot be read. */
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
                .name("refused")
                .union(unreadable);
    }
}
