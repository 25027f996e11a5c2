package io.quorate.cli.flink;

import io.quorate.cli.stack.QuorateJob;
import io.quorate.jobs.settings.Settings;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import picocli.CommandLine.Parameters;

/** Which jobs are meant. */
final class WhichJobs {

    private static final String ALL = "all";

    @Parameters(
            paramLabel = "JOB|all",
            description = "ingest, percentiles, detection, alerting, history; or all of them.")
    private String word = ALL;

    boolean all() {
        return word.equals(ALL);
    }

    /** Readers before writers. */
    List<QuorateJob> of(Settings settings) {
        List<QuorateJob> useful = QuorateJob.of(settings);
        if (all()) {
            return useful;
        }
        QuorateJob job = QuorateJob.named(word);
        if (!useful.contains(job)) {
            throw new IllegalArgumentException(
                    "job " + word + " has nothing to do: the settings name no receiver; expected alerting.receivers");
        }
        return List.of(job);
    }

    /** Writers before readers, so that nothing is left in a topic that nobody reads. */
    List<QuorateJob> toStop() {
        List<QuorateJob> jobs =
                new ArrayList<>(all() ? Arrays.asList(QuorateJob.values()) : List.of(QuorateJob.named(word)));
        Collections.reverse(jobs);
        return jobs;
    }
}
