package io.quorate.cli.endtoend;

import io.quorate.events.Alert;
import io.quorate.events.Control;
import io.quorate.events.Notification;
import io.quorate.jobs.alerting.AlertingPipeline;
import io.quorate.jobs.alerting.Ledger;
import io.quorate.jobs.alerting.Place;
import io.quorate.jobs.alerting.routes.Route;
import io.quorate.sinks.receivers.ReceiverSettings;
import java.io.Serializable;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.LongFunction;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.functions.sink.v2.DiscardingSink;

/** The alerting pipeline alone, in Flink in this process, over alerts that are made up; nothing crashes in it. */
final class AlertingRun implements AutoCloseable {

    /** Flink's operators reach no object of a test but by what is static; one run at a time. */
    private static final List<Notification> LEDGER = new CopyOnWriteArrayList<>();

    private final JobClient job;

    /** Makes the alert of this number. */
    interface Made extends LongFunction<Alert>, Serializable {}

    /** Tells so many alerts as fast as it can. */
    AlertingRun(long alerts, Made made, List<ReceiverSettings> receivers, List<Route> routes) throws Exception {
        LEDGER.clear();
        StreamExecutionEnvironment env = StreamExecutionEnvironment.getExecutionEnvironment();
        env.setParallelism(1);
        DataStream<Alert> told = env.fromSequence(0, Long.MAX_VALUE)
                .filter(number -> number < alerts)
                .map(made::apply)
                .returns(Alert.class);
        DataStream<Place> nowhere = env.fromSequence(0, Long.MAX_VALUE)
                .filter(number -> false)
                .map(number -> new Place("", Instant.EPOCH, null, null))
                .returns(Place.class);
        DataStream<Control> nothing = env.fromSequence(0, Long.MAX_VALUE)
                .filter(number -> false)
                .map(number -> new Control("", "", Instant.EPOCH, "", "", null))
                .returns(Control.class);
        AlertingPipeline.of(
                        new AlertingPipeline.Listens(told, nowhere, nothing),
                        receivers,
                        routes,
                        new AlertingPipeline.Knows(List::of, new NoLedger()))
                .notifications()
                .map(line -> {
                    LEDGER.add(line);
                    return line;
                })
                .returns(Notification.class)
                .sinkTo(new DiscardingSink<>());
        job = env.executeAsync();
    }

    List<Notification> ledger() {
        return List.copyOf(LEDGER);
    }

    @Override
    public void close() throws Exception {
        job.cancel().get();
    }

    /** Nothing crashes here, so nothing needs to be remembered. */
    private static final class NoLedger implements Ledger {

        @Override
        public List<Notification> since(Instant moment) {
            return List.of();
        }

        @Override
        public Writer open() {
            return new Writer() {
                @Override
                public CompletableFuture<Void> append(List<Notification> lines) {
                    return CompletableFuture.completedFuture(null);
                }

                @Override
                public void close() {}
            };
        }
    }
}
