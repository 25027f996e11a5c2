package io.quorate.jobs.kafka;

import io.quorate.events.Alert;
import io.quorate.events.DeadLetter;
import io.quorate.events.codec.Topic;
import java.time.Instant;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.apache.flink.types.Either;

/** What was told of alerts: topic {@code alert}. A job that was restarted tells some of it again, in the same words. */
public final class AlertTopic {

    /** Told by the clock and not by what happened: no replay can say it. */
    private static final Set<String> BY_THE_CLOCK = Set.of("QuorateIngestSilent", "QuoratePipelineBehind");

    private AlertTopic() {}

    /** In [since, until], each transition once. */
    public static List<Alert> told(KafkaSettings kafka, Instant since, Instant until) {
        EventReader<Alert> reader = EventReader.of(Topic.ALERT);
        Set<Alert> told = new LinkedHashSet<>();
        KafkaTopics.each(kafka, Topic.ALERT, record -> {
            Either<DeadLetter, Alert> alert = reader.read(record);
            if (alert.isRight()
                    && !alert.right().at().isBefore(since)
                    && !alert.right().at().isAfter(until)
                    && !BY_THE_CLOCK.contains(alert.right().rule())) {
                told.add(alert.right());
            }
        });
        return List.copyOf(told);
    }
}
