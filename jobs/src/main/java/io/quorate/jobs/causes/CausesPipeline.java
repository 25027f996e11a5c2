package io.quorate.jobs.causes;

import io.quorate.events.Alert;
import java.time.Duration;
import org.apache.flink.streaming.api.datastream.DataStream;

/**
 * Alerts and clues in, alerts with their cause out.
 *
 * <pre>
 * alerts --key by cluster--> causes --> alerts
 * clues  --key by cluster------^
 * </pre>
 */
public final class CausesPipeline {

    private CausesPipeline() {}

    /** Both streams must carry event time and watermarks; see {@link Causes} for the times. */
    public static DataStream<Alert> of(
            DataStream<Alert> alerts, DataStream<Clue> clues, Chains chains, Duration window, Duration settledAfter) {
        return alerts.keyBy(Alert::cluster)
                .connect(clues.keyBy(Clue::cluster))
                .process(new Causes(chains, window, settledAfter))
                .uid("causes")
                .name("causes");
    }
}
