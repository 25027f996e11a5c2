package io.quorate.jobs;

import io.quorate.jobs.kafka.KafkaTopics;
import io.quorate.jobs.settings.FlinkSettings;
import io.quorate.jobs.settings.Settings;
import java.time.Duration;
import java.util.function.BiConsumer;
import org.apache.flink.configuration.CheckpointingOptions;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.ExternalizedCheckpointRetention;
import org.apache.flink.configuration.MetricOptions;
import org.apache.flink.configuration.PipelineOptions;
import org.apache.flink.configuration.RestartStrategyOptions;
import org.apache.flink.configuration.StateBackendOptions;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;

/** What every job asks of Flink. */
public final class JobEnvironment {

    private JobEnvironment() {}

    /**
     * How far a job's state can be spread, for good: a savepoint is cut in this many parts. Many small numbers divide it, so that
     * at every usual parallelism all subtasks hold equally many.
     */
    public static final int MAX_PARALLELISM = 720;

    /** The life of a job on a cluster: its topics are made where they are not there, then it runs; see {@link #nameOf}. */
    public static void run(String job, Settings settings, BiConsumer<StreamExecutionEnvironment, Settings> defined)
            throws Exception {
        KafkaTopics.create(settings.kafka());
        StreamExecutionEnvironment env =
                StreamExecutionEnvironment.getExecutionEnvironment(configuration(settings.flink()));
        defined.accept(env, settings);
        env.execute(nameOf(job));
    }

    /** What Flink calls the job: others run beside ours. */
    public static String nameOf(String job) {
        return "quorate-" + job;
    }

    /** What is asked of Flink for every job; parallelism and cluster are Flink's own settings. */
    public static Configuration configuration(FlinkSettings settings) {
        Configuration configuration = new Configuration();
        configuration.set(PipelineOptions.MAX_PARALLELISM, MAX_PARALLELISM);
        // An event that fell back to Kryo would be slow and unreadable after an upgrade: fail loudly instead.
        configuration.set(PipelineOptions.GENERIC_TYPES, false);
        // Events never change: operators of one chain may hand over the very object.
        configuration.set(PipelineOptions.OBJECT_REUSE, true);
        configuration.set(PipelineOptions.AUTO_WATERMARK_INTERVAL, Duration.ofMillis(100));
        // CEP reads its state at every event: on the heap it is hundreds of times faster.
        configuration.set(StateBackendOptions.STATE_BACKEND, "hashmap");
        configuration.set(CheckpointingOptions.CHECKPOINTING_INTERVAL, settings.checkpointInterval());
        configuration.set(
                CheckpointingOptions.EXTERNALIZED_CHECKPOINT_RETENTION,
                ExternalizedCheckpointRetention.RETAIN_ON_CANCELLATION);
        if (settings.checkpointDir() != null) {
            configuration.set(CheckpointingOptions.CHECKPOINT_STORAGE, "filesystem");
            configuration.set(CheckpointingOptions.CHECKPOINTS_DIRECTORY, settings.checkpointDir());
        }
        configuration.set(RestartStrategyOptions.RESTART_STRATEGY, "exponential-delay");
        configuration.set(
                RestartStrategyOptions.RESTART_STRATEGY_EXPONENTIAL_DELAY_INITIAL_BACKOFF, Duration.ofMillis(500));
        configuration.set(
                RestartStrategyOptions.RESTART_STRATEGY_EXPONENTIAL_DELAY_MAX_BACKOFF, Duration.ofSeconds(30));
        return configuration;
    }

    /** Lets whoever runs with this configuration show all its metrics in Prometheus' format on that port, at every path. */
    public static void showMetrics(Configuration configuration, int port) {
        MetricOptions.forReporter(configuration, "prometheus")
                .set(
                        MetricOptions.REPORTER_FACTORY_CLASS,
                        "org.apache.flink.metrics.prometheus.PrometheusReporterFactory");
        configuration.setString("metrics.reporter.prometheus.port", Integer.toString(port));
    }
}
