package io.quorate.cli.stack;

import io.quorate.desk.ParentWatch;
import io.quorate.jobs.JobEnvironment;
import io.quorate.jobs.kafka.KafkaSettings;
import io.quorate.jobs.settings.FlinkSettings;
import io.quorate.jobs.settings.Settings;
import io.quorate.jobs.settings.SettingsReader;
import io.quorate.sinks.clickhouse.ClickHouseSettings;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.HeartbeatManagerOptions;
import org.apache.flink.configuration.MemorySize;
import org.apache.flink.configuration.RestOptions;
import org.apache.flink.configuration.TaskManagerOptions;
import org.apache.flink.core.execution.RecoveryClaimMode;
import org.apache.flink.runtime.jobgraph.JobGraph;
import org.apache.flink.runtime.jobgraph.SavepointRestoreSettings;
import org.apache.flink.runtime.minicluster.MiniCluster;
import org.apache.flink.runtime.minicluster.MiniClusterConfiguration;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.graph.StreamGraph;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Flink in a process of its own, with all of Quorate's jobs in it; ends when told to. */
public final class FlinkProcessMain {

    private static final Logger LOG = LoggerFactory.getLogger(FlinkProcessMain.class);

    private FlinkProcessMain() {}

    public static void main(String[] args) throws Exception {
        ParentWatch.begin();
        FlinkProcess.Arguments arguments = FlinkProcess.Arguments.parse(args);
        Settings settings = settings(arguments);
        List<QuorateJob> jobs = QuorateJob.of(settings);
        Configuration configuration = JobEnvironment.configuration(settings.flink());
        JobEnvironment.showMetrics(configuration, arguments.metricsPort());
        configuration.set(RestOptions.PORT, arguments.restPort());
        configuration.set(RestOptions.ADDRESS, "127.0.0.1");
        configuration.set(RestOptions.BIND_ADDRESS, "127.0.0.1");
        configuration.set(TaskManagerOptions.MANAGED_MEMORY_SIZE, MemorySize.ofMebiBytes(16));
        // Flink's own default waits 50 s before it believes that something is dead.
        configuration.set(HeartbeatManagerOptions.HEARTBEAT_INTERVAL, Duration.ofSeconds(2));
        configuration.set(HeartbeatManagerOptions.HEARTBEAT_TIMEOUT, Duration.ofSeconds(10));
        MiniCluster cluster = new MiniCluster(new MiniClusterConfiguration.Builder()
                .setConfiguration(configuration)
                .setNumTaskManagers(1)
                .setNumSlotsPerTaskManager(jobs.size())
                .build());
        CountDownLatch ended = new CountDownLatch(1);
        Runtime.getRuntime().addShutdownHook(new Thread(() -> end(cluster, ended), "end"));
        cluster.start();
        for (QuorateJob job : jobs) {
            try {
                JobGraph graph = graph(job, settings, arguments.beginning());
                cluster.submitJob(graph).get(60, TimeUnit.SECONDS);
            } catch (Exception e) {
                // The cluster's own threads would keep a process alive that runs nothing.
                LOG.error("Job {} cannot be submitted", job.word(), e);
                System.exit(1);
            }
            LOG.info("Submitted {}", job.word());
        }
        while (!ended.await(1, TimeUnit.SECONDS)) {
            if (!cluster.isRunning()) {
                // What Flink cannot survive closes the cluster, and its threads keep a process that runs nothing.
                LOG.error("Flink has closed itself");
                System.exit(1);
            }
        }
    }

    private static JobGraph graph(QuorateJob job, Settings settings, Beginning beginning) throws IOException {
        Checkpoints checkpoints =
                Checkpoints.of(Objects.requireNonNull(settings.flink().checkpointDir()), job.word());
        checkpoints.removeAllButNewest();
        FlinkSettings own =
                new FlinkSettings(checkpoints.address(), settings.flink().checkpointInterval());
        StreamExecutionEnvironment env =
                StreamExecutionEnvironment.getExecutionEnvironment(JobEnvironment.configuration(own));
        env.setParallelism(1);
        job.define(env, settings);
        StreamGraph graph = env.getStreamGraph();
        graph.setJobName(job.nameInFlink());
        JobGraph ready = graph.getJobGraph();
        if (beginning == Beginning.RESUMED) {
            // What a rule that is no more has left in the state is let go.
            checkpoints.newest().ifPresent(newest -> {
                LOG.info("{} goes on from {}", job.word(), newest);
                ready.setSavepointRestoreSettings(
                        SavepointRestoreSettings.forPath(newest, true, RecoveryClaimMode.CLAIM));
            });
        }
        return ready;
    }

    /** Within the time that whoever stops us grants. */
    private static void end(MiniCluster cluster, CountDownLatch ended) {
        try {
            cluster.closeAsync().get(5, TimeUnit.SECONDS);
        } catch (ExecutionException | TimeoutException e) {
            LOG.warn("Flink did not close", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        ended.countDown();
    }

    private static Settings settings(FlinkProcess.Arguments arguments) throws Exception {
        return SettingsReader.read(Path.of(arguments.config()))
                .orEmbedded(
                        KafkaSettings.single(
                                arguments.bootstrap(),
                                Settings.EMBEDDED_PARTITIONS,
                                Duration.ofSeconds(arguments.idleAfterSeconds())),
                        ClickHouseSettings.at(arguments.clickhouse()),
                        arguments.checkpoints());
    }
}
