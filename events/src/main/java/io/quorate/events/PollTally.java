package io.quorate.events;

import java.time.Instant;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What became of the polls of one target that were due in one minute. A minute may be told in several parts, which add up:
 * when its target moved within it, when the ingest job began anew within it, or when a poll of it came very late. The same
 * part may be told again after a restart; whichever was counted last counts.
 *
 * @param source {@code prometheus}, {@code metrics} or {@code etcd}
 * @param target id of what was polled: a cluster, a member or a server
 * @param cluster name, when the target is of one
 * @param minute its start
 * @param countedFrom from when on it was counted, the minute's start at the earliest; tells the parts of a minute apart
 * @param countedAt as of when
 * @param countedSeconds how much of the minute the target was polled for from then on, 0 to 60
 * @param expected polls that were due by the clock
 * @param answered polls that brought what they asked for
 * @param leftOut polls that were not begun: too much waited for downstream, the one before was still under way, or the target
 *     had failed too often
 * @param failed polls that brought nothing, by reason; what is in none of the three had not ended when the count was closed
 */
public record PollTally(
        String source,
        String target,
        @Nullable String cluster,
        Instant minute,
        Instant countedFrom,
        Instant countedAt,
        double countedSeconds,
        long expected,
        long answered,
        long leftOut,
        List<Failed> failed) {

    public PollTally {
        Objects.requireNonNull(source, "source");
        Objects.requireNonNull(target, "target");
        Objects.requireNonNull(minute, "minute");
        Objects.requireNonNull(countedAt, "countedAt");
        // Builds before this one did not tell.
        countedFrom = countedFrom == null ? minute : countedFrom;
        failed = failed == null ? List.of() : failed;
    }

    /**
     * Polls that failed alike.
     *
     * @param reason class of the failure, such as {@code timeout}, {@code refused}, {@code tls}, {@code http-status}
     */
    public record Failed(String reason, long count) {

        public Failed {
            Objects.requireNonNull(reason, "reason");
        }
    }
}
