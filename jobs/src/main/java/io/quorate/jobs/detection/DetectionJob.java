package io.quorate.jobs.detection;

import io.quorate.events.ClusterRoster;
import io.quorate.events.Control;
import io.quorate.events.Coverage;
import io.quorate.events.DeadLetter;
import io.quorate.events.MemberStatus;
import io.quorate.events.MemberWindow;
import io.quorate.events.codec.Topic;
import io.quorate.jobs.JobEnvironment;
import io.quorate.jobs.kafka.KafkaStreams;
import io.quorate.jobs.settings.Settings;
import io.quorate.jobs.settings.WindowSettings;
import java.time.Duration;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;

/**
 * Topics {@code member-status}, {@code member-window}, {@code cluster-roster}, {@code coverage} and {@code control} to topics
 * {@code leader-change}, {@code alert}, {@code shadow-alert} and {@code rule-coverage}.
 */
public final class DetectionJob {

    public static final String NAME = "detection";

    /** Answers of one cluster's members overtake each other by no more than a poll's deadline and a hop. */
    private static final Duration DISORDER = Duration.ofSeconds(1);

    /**
     * Windows of one end leave the percentiles' subtasks at nearly the same moment; this much of one end may overtake the
     * next. An end is judged when windows of the next one come.
     */
    private static final Duration WINDOW_DISORDER = Duration.ofSeconds(1);

    private DetectionJob() {}

    public static void main(String[] args) throws Exception {
        JobEnvironment.run(NAME, Settings.ofArguments(args), DetectionJob::define);
    }

    public static void define(StreamExecutionEnvironment env, Settings settings) {
        KafkaStreams.Read<MemberStatus> statuses =
                KafkaStreams.read(env, settings.kafka(), Topic.MEMBER_STATUS, NAME, DISORDER);
        KafkaStreams.Read<MemberWindow> windows =
                KafkaStreams.read(env, settings.kafka(), Topic.MEMBER_WINDOW, NAME, WINDOW_DISORDER);
        WindowSettings cut = settings.windows();
        KafkaStreams.Read<ClusterRoster> rosters =
                KafkaStreams.readTimeless(env, settings.kafka(), Topic.CLUSTER_ROSTER, NAME);
        KafkaStreams.Read<Coverage> coverage = KafkaStreams.readTimeless(env, settings.kafka(), Topic.COVERAGE, NAME);
        KafkaStreams.Read<Control> controls = KafkaStreams.readTimeless(env, settings.kafka(), Topic.CONTROL, NAME);
        DetectionPipeline pipeline = DetectionPipeline.of(
                new DetectionPipeline.Listens(
                        statuses.events(),
                        windows.events().filter(window -> cut.isBase(window.windowStart(), window.windowEnd())),
                        rosters.events(),
                        coverage.events(),
                        controls.events()),
                new Controls(settings.rules(), settings.overrides(), settings.maintenance(), settings.profile()),
                cut.size());
        DataStream<DeadLetter> tooLarge = KafkaStreams.write(pipeline.changes(), settings.kafka(), Topic.LEADER_CHANGE)
                .union(
                        KafkaStreams.write(
                                pipeline.alerts().union(IngestSilence.of(statuses.events())),
                                settings.kafka(),
                                Topic.ALERT),
                        KafkaStreams.write(pipeline.shadowAlerts(), settings.kafka(), Topic.SHADOW_ALERT),
                        KafkaStreams.write(pipeline.coverage(), settings.kafka(), Topic.RULE_COVERAGE));
        DataStream<DeadLetter> unreadable = statuses.unreadable()
                .union(windows.unreadable(), rosters.unreadable(), coverage.unreadable(), controls.unreadable());
        KafkaStreams.writeLetters(unreadable.union(pipeline.late(), pipeline.refused(), tooLarge), settings.kafka());
    }
}
