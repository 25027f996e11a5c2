package io.quorate.jobs.percentiles;

import io.quorate.events.ClusterEvent;
import io.quorate.events.ClusterRoster;
import io.quorate.events.Coverage;
import io.quorate.events.DeadLetter;
import io.quorate.events.MemberScrape;
import io.quorate.events.MemberStatus;
import io.quorate.events.codec.Topic;
import io.quorate.jobs.JobEnvironment;
import io.quorate.jobs.kafka.KafkaStreams;
import io.quorate.jobs.settings.Settings;
import java.time.Duration;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;

/**
 * Topics {@code member-scrape}, {@code member-status} and {@code cluster-roster} to {@code member-window}, {@code
 * scope-window}, both early too, {@code coverage} and {@code cluster-event}.
 */
public final class PercentilesJob {

    public static final String NAME = "percentiles";

    /** On top of a poll's interval, within which the scrapes of several servers overtake each other. */
    private static final Duration SLACK = Duration.ofSeconds(3);

    private static final Duration STATUS_SLACK = Duration.ofSeconds(1);

    private PercentilesJob() {}

    public static void main(String[] args) throws Exception {
        JobEnvironment.run(NAME, Settings.ofArguments(args), PercentilesJob::define);
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
        KafkaStreams.Read<MemberStatus> statuses =
                KafkaStreams.read(env, settings.kafka(), Topic.MEMBER_STATUS, NAME, STATUS_SLACK);
        PercentilesPipeline pipeline = PercentilesPipeline.of(scrapes.events(), rosters.events(), settings.windows());
        DataStream<Coverage> coverage = CoveragePipeline.of(scrapes.events(), statuses.events(), rosters.events());
        DataStream<ClusterEvent> events =
                ClusterEventsPipeline.of(scrapes.events(), statuses.events(), rosters.events());
        DataStream<DeadLetter> tooLarge = KafkaStreams.write(pipeline.windows(), settings.kafka(), Topic.MEMBER_WINDOW)
                .union(
                        KafkaStreams.write(pipeline.scopes(), settings.kafka(), Topic.SCOPE_WINDOW),
                        KafkaStreams.write(pipeline.earlyWindows(), settings.kafka(), Topic.EARLY_MEMBER_WINDOW),
                        KafkaStreams.write(pipeline.earlyScopes(), settings.kafka(), Topic.EARLY_SCOPE_WINDOW),
                        KafkaStreams.write(coverage, settings.kafka(), Topic.COVERAGE),
                        KafkaStreams.write(events, settings.kafka(), Topic.CLUSTER_EVENT));
        // A status that cannot be read is told of by the detection job, which lives by them.
        KafkaStreams.writeLetters(
                scrapes.unreadable().union(rosters.unreadable(), pipeline.late(), tooLarge), settings.kafka());
    }
}
