package io.quorate.cli.stack;

import io.quorate.jobs.JobEnvironment;
import io.quorate.jobs.alerting.AlertingJob;
import io.quorate.jobs.detection.DetectionJob;
import io.quorate.jobs.history.HistoryJob;
import io.quorate.jobs.ingest.IngestJob;
import io.quorate.jobs.percentiles.PercentilesJob;
import io.quorate.jobs.settings.Settings;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.function.BiConsumer;
import java.util.stream.Collectors;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;

/** The jobs, in the order in which they are started: whoever reads a topic stands ready before anybody writes to it. */
public enum QuorateJob {
    HISTORY(HistoryJob.class, HistoryJob::define),
    ALERTING(AlertingJob.class, AlertingJob::define),
    DETECTION(DetectionJob.class, DetectionJob::define),
    PERCENTILES(PercentilesJob.class, PercentilesJob::define),
    INGEST(IngestJob.class, IngestJob::define);

    private final Class<?> entryPoint;
    private final BiConsumer<StreamExecutionEnvironment, Settings> defined;

    QuorateJob(Class<?> entryPoint, BiConsumer<StreamExecutionEnvironment, Settings> defined) {
        this.entryPoint = entryPoint;
        this.defined = defined;
    }

    /** Those that have something to do with these settings: without a receiver there is nobody to tell. */
    public static List<QuorateJob> of(Settings settings) {
        return Arrays.stream(values())
                .filter(job ->
                        job != ALERTING || !settings.alerting().receivers().isEmpty())
                .toList();
    }

    /**
     * The job of that name.
     *
     * @throws IllegalArgumentException when there is none, with those that there are
     */
    public static QuorateJob named(String word) {
        return Arrays.stream(values())
                .filter(job -> job.word().equals(word))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("no job " + word + ", expected one of "
                        + Arrays.stream(values()).map(QuorateJob::word).collect(Collectors.joining(", "))));
    }

    /** As people and commands call it. */
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    public String nameInFlink() {
        return JobEnvironment.nameOf(word());
    }

    /** The class whose main a cluster runs. */
    public String entryPoint() {
        return entryPoint.getName();
    }

    public void define(StreamExecutionEnvironment env, Settings settings) {
        defined.accept(env, settings);
    }
}
