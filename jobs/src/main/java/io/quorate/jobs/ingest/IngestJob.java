package io.quorate.jobs.ingest;

import io.quorate.events.DeadLetter;
import io.quorate.events.codec.Topic;
import io.quorate.ingest.Observation;
import io.quorate.ingest.etcd.EtcdSource;
import io.quorate.ingest.prometheus.PrometheusSource;
import io.quorate.ingest.prometheus.ScrapeSource;
import io.quorate.jobs.JobEnvironment;
import io.quorate.jobs.kafka.KafkaSettings;
import io.quorate.jobs.kafka.KafkaStreams;
import io.quorate.jobs.settings.Settings;
import java.util.ArrayList;
import java.util.List;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;

/** Prometheus and etcd to topics {@code member-scrape}, {@code member-status}, {@code cluster-roster}. */
public final class IngestJob {

    public static final String NAME = "ingest";

    private IngestJob() {}

    public static void main(String[] args) throws Exception {
        JobEnvironment.run(NAME, Settings.ofArguments(args), IngestJob::define);
    }

    public static void define(StreamExecutionEnvironment env, Settings settings) {
        List<DataStream<Observation>> observations = new ArrayList<>();
        if (!settings.prometheus().isEmpty()) {
            observations.add(env.fromSource(
                            new PrometheusSource(settings.prometheus()),
                            WatermarkStrategy.noWatermarks(),
                            "poll-prometheus")
                    .uid("poll-prometheus"));
        }
        if (!settings.scraped().isEmpty()) {
            observations.add(env.fromSource(
                            new ScrapeSource(settings.scraped()), WatermarkStrategy.noWatermarks(), "poll-metrics")
                    .uid("poll-metrics"));
        }
        if (!settings.etcd().isEmpty() || !settings.foundEtcd().isEmpty()) {
            observations.add(env.fromSource(
                            new EtcdSource(settings.etcd(), settings.foundEtcd()),
                            WatermarkStrategy.noWatermarks(),
                            "poll-etcd")
                    .uid("poll-etcd"));
        }
        KafkaSettings kafka = settings.kafka();
        IngestPipeline pipeline = IngestPipeline.of(
                observations.stream().reduce(DataStream::union).orElseThrow());
        DataStream<DeadLetter> tooLarge = KafkaStreams.write(pipeline.scrapes(), kafka, Topic.MEMBER_SCRAPE)
                .union(
                        KafkaStreams.write(pipeline.statuses(), kafka, Topic.MEMBER_STATUS),
                        KafkaStreams.write(pipeline.rosters(), kafka, Topic.CLUSTER_ROSTER),
                        KafkaStreams.write(pipeline.tallies(), kafka, Topic.POLL_TALLY));
        KafkaStreams.writeLetters(pipeline.deadLetters().union(tooLarge), kafka);
    }
}
