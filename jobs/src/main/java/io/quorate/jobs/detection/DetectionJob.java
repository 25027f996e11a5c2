package io.quorate.jobs.detection;

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

/** Topics {@code member-status} and {@code member-window} to topics {@code leader-change} and {@code alert}. */
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
        Settings settings = Settings.ofArguments(args);
        StreamExecutionEnvironment env = JobEnvironment.of(settings.flink());
        define(env, settings);
        env.execute("quorate-" + NAME);
    }

    public static void define(StreamExecutionEnvironment env, Settings settings) {
        KafkaStreams.Read<MemberStatus> statuses =
                KafkaStreams.read(env, settings.kafka(), Topic.MEMBER_STATUS, NAME, DISORDER);
        KafkaStreams.Read<MemberWindow> windows =
                KafkaStreams.read(env, settings.kafka(), Topic.MEMBER_WINDOW, NAME, WINDOW_DISORDER);
        WindowSettings cut = settings.windows();
        DetectionPipeline pipeline = DetectionPipeline.of(
                statuses.events(),
                windows.events().filter(window -> cut.isBase(window.windowStart(), window.windowEnd())),
                settings.rules());
        DataStream<DeadLetter> tooLarge = KafkaStreams.write(pipeline.changes(), settings.kafka(), Topic.LEADER_CHANGE)
                .union(KafkaStreams.write(pipeline.alerts(), settings.kafka(), Topic.ALERT));
        KafkaStreams.writeLetters(
                statuses.unreadable().union(windows.unreadable(), pipeline.late(), tooLarge), settings.kafka());
    }
}
