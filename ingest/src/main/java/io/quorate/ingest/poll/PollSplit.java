package io.quorate.ingest.poll;

import io.quorate.events.PollTally;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.apache.flink.api.connector.source.SourceSplit;
import org.jspecify.annotations.Nullable;

/**
 * One target that is polled. How it is polled (intervals, secrets) is not part of it, so that a restart takes new settings.
 *
 * @param delivered by what is marked, the time of the newest observation that went downstream, in milliseconds since the epoch
 * @param counted what became of its polls so far, as far as nobody was told for good
 */
public record PollSplit(Target target, Map<String, Long> delivered, List<PollTally> counted) implements SourceSplit {

    public PollSplit {
        Objects.requireNonNull(target, "target");
        delivered = Map.copyOf(delivered);
        counted = List.copyOf(counted);
    }

    /** One that was never polled. */
    public static PollSplit of(Target target) {
        return new PollSplit(target, Map.of(), List.of());
    }

    /** Until when it is known what became of its polls; null when it was never polled. */
    public @Nullable Instant knownUntil() {
        return counted.stream()
                .map(PollTally::countedAt)
                .max(Comparator.naturalOrder())
                .orElse(null);
    }

    /** The same, now there. */
    PollSplit at(Target now) {
        return new PollSplit(now, delivered, counted);
    }

    @Override
    public String splitId() {
        return target.id();
    }
}
