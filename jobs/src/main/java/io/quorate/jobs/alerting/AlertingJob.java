package io.quorate.jobs.alerting;

import io.quorate.events.Alert;
import io.quorate.events.ClusterRoster;
import io.quorate.events.Control;
import io.quorate.events.DeadLetter;
import io.quorate.events.LeaderChange;
import io.quorate.events.codec.Topic;
import io.quorate.jobs.JobEnvironment;
import io.quorate.jobs.alerting.routes.AlertingSettings;
import io.quorate.jobs.detection.DetectionJob;
import io.quorate.jobs.history.HistoryJob;
import io.quorate.jobs.kafka.ControlTopic;
import io.quorate.jobs.kafka.GroupLag;
import io.quorate.jobs.kafka.KafkaSettings;
import io.quorate.jobs.kafka.KafkaStreams;
import io.quorate.jobs.kafka.KafkaUnreachable;
import io.quorate.jobs.percentiles.PercentilesJob;
import io.quorate.jobs.settings.Settings;
import java.time.Duration;
import java.util.List;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;

/** Topic {@code alert} to receivers; all that becomes of it to topic {@code notification}. */
public final class AlertingJob {

    public static final String NAME = "alerting";

    /** Those that read topics; whether ingest is alive detection tells. */
    private static final List<String> JOBS =
            List.of(PercentilesJob.NAME, DetectionJob.NAME, HistoryJob.NAME, AlertingJob.NAME);

    private AlertingJob() {}

    public static void main(String[] args) throws Exception {
        JobEnvironment.run(NAME, Settings.ofArguments(args), AlertingJob::define);
    }

    public static void define(StreamExecutionEnvironment env, Settings settings) {
        KafkaSettings kafka = settings.kafka();
        // What waited in an outbox that is lost is in the topic still, and the ledger tells what did not wait.
        KafkaStreams.Read<Alert> alerts =
                KafkaStreams.readAgain(env, kafka, Topic.ALERT, NAME, Duration.ofSeconds(1), Dispatch.WITHOUT_STATE);
        KafkaStreams.Read<ClusterRoster> rosters = KafkaStreams.readTimeless(env, kafka, Topic.CLUSTER_ROSTER, NAME);
        KafkaStreams.Read<LeaderChange> changes = KafkaStreams.readTimeless(env, kafka, Topic.LEADER_CHANGE, NAME);
        KafkaStreams.Read<Control> controls = KafkaStreams.readTimeless(env, kafka, Topic.CONTROL, NAME);
        DataStream<Place> places = rosters.events()
                .map(Place::of)
                .returns(Place.class)
                .union(changes.events().map(Place::of).returns(Place.class));
        AlertingSettings alerting = settings.alerting();
        AlertingPipeline pipeline = AlertingPipeline.of(
                new AlertingPipeline.Listens(alerts.events(), places, controls.events()),
                alerting.receivers(),
                alerting.routes(),
                new AlertingPipeline.Knows(() -> said(kafka), new LedgerTopic(kafka)));
        Duration checkpoints = settings.flink().checkpointInterval().multipliedBy(3);
        Duration limit = alerting.pipelineBehind();
        DataStream<Alert> late = AlertingPipeline.watched(
                controls.events(),
                now -> GroupLag.behind(kafka, JOBS, now),
                // Offsets are committed with checkpoints: who keeps up seems behind by that much.
                limit.compareTo(checkpoints) > 0 ? limit : checkpoints,
                alerting.heartbeat());
        DataStream<DeadLetter> tooLarge = KafkaStreams.write(pipeline.notifications(), kafka, Topic.NOTIFICATION);
        // What is told of our own jobs goes the way of every alert, and into every ledger.
        DataStream<DeadLetter> lateTooLarge = KafkaStreams.write(late, kafka, Topic.ALERT);
        KafkaStreams.writeLetters(
                alerts.unreadable()
                        .union(
                                rosters.unreadable(),
                                changes.unreadable(),
                                controls.unreadable(),
                                pipeline.refused(),
                                tooLarge,
                                lateTooLarge),
                kafka);
    }

    private static List<Control> said(KafkaSettings kafka) {
        try {
            return ControlTopic.said(kafka);
        } catch (KafkaUnreachable e) {
            return List.of();
        }
    }
}
