package io.quorate.jobs.detection;

import io.quorate.events.Labels;
import io.quorate.events.Measures;
import io.quorate.events.Measures.GaugeRange;
import io.quorate.events.MemberStatus;
import io.quorate.events.MemberWindow;
import io.quorate.rules.StatusMetric;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** An answer of a member as a window of a second, so that conditions judge both in one way. */
final class StatusWindows {

    static final Duration SIZE = Duration.ofSeconds(1);

    /** As etcd writes it into a status: {@code memberID:15187456872136391085 alarm:NOSPACE}. */
    private static final Pattern ALARM = Pattern.compile("alarm:\\s*([A-Z_]+)");

    private StatusWindows() {}

    static MemberWindow of(MemberStatus status) {
        long millis = SIZE.toMillis();
        Instant end =
                Instant.ofEpochMilli(Math.floorDiv(status.observedAt().toEpochMilli() + millis - 1, millis) * millis);
        return new MemberWindow(
                status.cluster(),
                status.clusterId(),
                status.member(),
                status.memberId(),
                end.minus(SIZE),
                end,
                !status.answered(),
                1,
                new Measures(List.of(), List.of(), status.answered() ? answered(status) : failed()));
    }

    private static List<GaugeRange> failed() {
        return List.of(gauge(StatusMetric.UP, Labels.NONE, 0));
    }

    private static List<GaugeRange> answered(MemberStatus status) {
        List<GaugeRange> gauges = new ArrayList<>();
        gauges.add(gauge(StatusMetric.UP, Labels.NONE, 1));
        gauges.add(gauge(StatusMetric.HAS_LEADER, Labels.NONE, status.hasLeader() ? 1 : 0));
        gauges.add(gauge(StatusMetric.IS_LEADER, Labels.NONE, status.isLeader() ? 1 : 0));
        gauges.add(gauge(StatusMetric.IS_LEARNER, Labels.NONE, status.learner() ? 1 : 0));
        gauges.add(gauge(StatusMetric.DB_SIZE, Labels.NONE, status.dbSizeBytes()));
        gauges.add(gauge(StatusMetric.DB_SIZE_IN_USE, Labels.NONE, status.dbSizeInUseBytes()));
        gauges.add(gauge(StatusMetric.RAFT_TERM, Labels.NONE, status.raftTerm()));
        gauges.add(gauge(StatusMetric.RAFT_INDEX, Labels.NONE, status.raftIndex()));
        gauges.add(gauge(StatusMetric.RAFT_APPLIED_INDEX, Labels.NONE, status.raftAppliedIndex()));
        // The gauge itself is always there: an alarm that nobody raised is not one that nobody can see.
        gauges.add(gauge(StatusMetric.ALARM, Labels.NONE, 0));
        for (String error : status.errors()) {
            Matcher alarm = ALARM.matcher(error);
            if (alarm.find()) {
                gauges.add(gauge(StatusMetric.ALARM, Labels.of(Map.of("alarm", alarm.group(1))), 1));
            }
        }
        return gauges;
    }

    private static GaugeRange gauge(StatusMetric metric, String labels, double value) {
        return new GaugeRange(metric.text(), labels, value, value, 1, value, value);
    }
}
