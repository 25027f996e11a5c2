package io.quorate.jobs.alerting;

import io.quorate.events.Alert;
import io.quorate.events.DeadLetter;
import io.quorate.events.codec.Topic;
import io.quorate.jobs.JobEnvironment;
import io.quorate.jobs.kafka.KafkaStreams;
import io.quorate.jobs.settings.Settings;
import java.time.Duration;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;

/** Topic {@code alert} to receivers; every attempt to topic {@code notification}. */
public final class AlertingJob {

    public static final String NAME = "alerting";

    private AlertingJob() {}

    public static void main(String[] args) throws Exception {
        Settings settings = Settings.ofArguments(args);
        StreamExecutionEnvironment env = JobEnvironment.of(settings.flink());
        define(env, settings);
        env.execute("quorate-" + NAME);
    }

    public static void define(StreamExecutionEnvironment env, Settings settings) {
        KafkaStreams.Read<Alert> alerts =
                KafkaStreams.read(env, settings.kafka(), Topic.ALERT, NAME, Duration.ofSeconds(1));
        AlertingPipeline pipeline = AlertingPipeline.of(alerts.events(), settings.receivers());
        DataStream<DeadLetter> tooLarge =
                KafkaStreams.write(pipeline.notifications(), settings.kafka(), Topic.NOTIFICATION);
        KafkaStreams.writeLetters(alerts.unreadable().union(pipeline.refused(), tooLarge), settings.kafka());
    }
}
