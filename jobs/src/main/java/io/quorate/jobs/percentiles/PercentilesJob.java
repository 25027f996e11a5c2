package io.quorate.jobs.percentiles;

import io.quorate.events.ClusterRoster;
import io.quorate.events.DeadLetter;
import io.quorate.events.MemberScrape;
import io.quorate.events.codec.Topic;
import io.quorate.jobs.JobEnvironment;
import io.quorate.jobs.kafka.KafkaStreams;
import io.quorate.jobs.settings.Settings;
import java.time.Duration;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;

/** Topics {@code member-scrape} and {@code cluster-roster} to {@code member-window} and {@code scope-window}. */
public final class PercentilesJob {

    public static final String NAME = "percentiles";

    /** On top of a poll's interval, within which the scrapes of several servers overtake each other. */
    private static final Duration SLACK = Duration.ofSeconds(3);

    private PercentilesJob() {}

    public static void main(String[] args) throws Exception {
        Settings settings = Settings.ofArguments(args);
        StreamExecutionEnvironment env = JobEnvironment.of(settings.flink());
        define(env, settings);
        env.execute("quorate-" + NAME);
    }

    public static void define(StreamExecutionEnvironment env, Settings settings) {
        KafkaStreams.Read<MemberScrape> scrapes = KafkaStreams.read(
                env,
                settings.kafka(),
                Topic.MEMBER_SCRAPE,
                NAME,
                settings.metricsInterval().plus(SLACK));
        KafkaStreams.Read<ClusterRoster> rosters =
                KafkaStreams.readTimeless(env, settings.kafka(), Topic.CLUSTER_ROSTER, NAME);
        PercentilesPipeline pipeline = PercentilesPipeline.of(scrapes.events(), rosters.events(), settings.windows());
        DataStream<DeadLetter> tooLarge = KafkaStreams.write(pipeline.windows(), settings.kafka(), Topic.MEMBER_WINDOW)
                .union(KafkaStreams.write(pipeline.scopes(), settings.kafka(), Topic.SCOPE_WINDOW));
        KafkaStreams.writeLetters(
                scrapes.unreadable().union(rosters.unreadable(), pipeline.late(), tooLarge), settings.kafka());
    }
}
