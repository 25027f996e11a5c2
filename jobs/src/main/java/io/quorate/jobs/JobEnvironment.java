package io.quorate.jobs;

import io.quorate.jobs.settings.FlinkSettings;
import java.time.Duration;
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

    /** An environment to define one job in; parallelism and cluster are Flink's own settings. */
    public static StreamExecutionEnvironment of(FlinkSettings settings) {
        return StreamExecutionEnvironment.getExecutionEnvironment(configuration(settings));
    }

    /** The same as a configuration. */
    public static Configuration configuration(FlinkSettings settings) {
        Configuration configuration = new Configuration();
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
