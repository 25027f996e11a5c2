package io.quorate.events;

import java.time.Instant;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What became of the polls of one target that were due in one minute. A minute may be told in several parts, which add up:
 * when its target moved within it, or when a poll of it came very late.
 *
 * @param source {@code prometheus}, {@code metrics} or {@code etcd}
 * @param target id of what was polled: a cluster, a member or a server
 * @param cluster name, when the target is of one
 * @param minute its start
 * @param countedAt when the count was closed; tells the parts of a minute apart
 * @param countedSeconds how much of the minute the target was polled for, 0 to 60
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
