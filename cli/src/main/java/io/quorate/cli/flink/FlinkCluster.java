package io.quorate.cli.flink;

import com.fasterxml.jackson.databind.node.MissingNode;
import io.quorate.cli.stack.FlinkRest;
import io.quorate.desk.PartUnavailable;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.flink.api.common.JobID;
import org.apache.flink.client.deployment.StandaloneClusterId;
import org.apache.flink.client.program.rest.RestClusterClient;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.RestOptions;
import org.apache.flink.configuration.SecurityOptions;
import org.apache.flink.core.execution.SavepointFormatType;
import org.apache.flink.util.ExceptionUtils;
import org.jspecify.annotations.Nullable;

/** A Flink cluster whose jobs are stopped and waited for, by Flink's own client. */
final class FlinkCluster implements AutoCloseable {

    private static final Duration ENDING = Duration.ofMinutes(2);
    private static final Duration STOPPING = Duration.ofMinutes(10);
    private static final Duration PAUSE = Duration.ofMillis(200);

    private final FlinkRest rest;
    private final RestClusterClient<StandaloneClusterId> client;

    private FlinkCluster(FlinkRest rest, RestClusterClient<StandaloneClusterId> client) {
        this.rest = rest;
        this.client = client;
    }

    /**
     * Reaches it.
     *
     * @throws PartUnavailable when no JobManager answers
     */
    static FlinkCluster of(FlinkRest rest) throws Exception {
        rest.jobs();
        URI uri = URI.create(rest.url().orElseThrow());
        boolean tls = "https".equals(uri.getScheme());
        Configuration configuration = new Configuration();
        configuration.set(RestOptions.ADDRESS, uri.getHost());
        configuration.set(RestOptions.PORT, uri.getPort() < 0 ? (tls ? 443 : 80) : uri.getPort());
        configuration.set(RestOptions.PATH, uri.getPath());
        configuration.set(SecurityOptions.SSL_REST_ENABLED, tls);
        return new FlinkCluster(rest, new RestClusterClient<>(configuration, StandaloneClusterId.getInstance()));
    }

    FlinkRest rest() {
        return rest;
    }

    /** Stops a job with a savepoint in that folder, or in the cluster's own; answers its address. */
    String stopWithSavepoint(String id, @Nullable String folder) throws InterruptedException {
        return said(
                client.stopWithSavepoint(JobID.fromHexString(id), false, folder, SavepointFormatType.CANONICAL),
                STOPPING,
                "makes no savepoint");
    }

    /** Ends a job as it is, its last checkpoint stays. */
    void cancel(String id) throws InterruptedException {
        said(client.cancel(JobID.fromHexString(id)), ENDING, "does not cancel");
        awaitEnd(id);
    }

    /** Waits until it is gone: its slots are free then and its consumers have left. */
    void awaitEnd(String id) throws InterruptedException {
        Instant until = Instant.now().plus(ENDING);
        while (!gone(id)) {
            if (Instant.now().isAfter(until)) {
                throw new PartUnavailable(
                        "job " + id + " does not end; look at it with 'quorate jobs' or on Flink's page");
            }
            Thread.sleep(PAUSE.toMillis());
        }
    }

    /** Also when the cluster has forgotten it; not while no JobManager answers: another one is about to lead. */
    private boolean gone(String id) throws InterruptedException {
        try {
            return rest.jobs().stream().noneMatch(job -> job.id().equals(id) && !job.ended());
        } catch (PartUnavailable notNow) {
            return false;
        }
    }

    /** Empty also while no JobManager answers. */
    private Optional<FlinkRest.Job> look(String id) throws InterruptedException {
        try {
            return rest.jobs().stream().filter(job -> job.id().equals(id)).findFirst();
        } catch (PartUnavailable notNow) {
            return Optional.empty();
        }
    }

    /**
     * Waits until the job runs, which is: all its tasks, and it has completed a checkpoint.
     *
     * @return why it does not; empty when it does
     */
    Optional<String> awaitRunning(String id, Duration within) throws InterruptedException {
        Instant until = Instant.now().plus(within);
        while (true) {
            Optional<FlinkRest.Job> job = look(id);
            if (job.isPresent() && job.get().ended()) {
                return Optional.of("it has " + job.get().state().toLowerCase(Locale.ROOT) + ": " + problem(id));
            }
            if (job.isPresent() && job.get().runs() && checkpoints(id) > 0) {
                return Optional.empty();
            }
            if (Instant.now().isAfter(until)) {
                return Optional.of("it does not run after " + within.toSeconds() + " s: " + problem(id));
            }
            Thread.sleep(PAUSE.toMillis());
        }
    }

    private int checkpoints(String id) throws InterruptedException {
        return rest.ask("/jobs/" + id + "/checkpoints")
                .orElse(MissingNode.getInstance())
                .path("counts")
                .path("completed")
                .asInt();
    }

    private String problem(String id) throws InterruptedException {
        String told = rest.ask("/jobs/" + id + "/exceptions?maxExceptions=1")
                .orElse(MissingNode.getInstance())
                .path("exceptionHistory")
                .path("entries")
                .path(0)
                .path("stacktrace")
                .asText();
        return told.isEmpty() ? "Flink tells no exception; look at its page" : FlinkRun.reason(told);
    }

    private <T> T said(CompletableFuture<T> answer, Duration within, String complaint) throws InterruptedException {
        try {
            return answer.get(within.toMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException e) {
            throw new PartUnavailable(
                    "Flink " + complaint + ": "
                            + FlinkRun.reason(String.valueOf(
                                    ExceptionUtils.stripExecutionException(e).getMessage())),
                    e);
        } catch (TimeoutException e) {
            throw new PartUnavailable("Flink " + complaint + " within " + within.toSeconds() + " s", e);
        }
    }

    @Override
    public void close() {
        client.close();
    }
}
