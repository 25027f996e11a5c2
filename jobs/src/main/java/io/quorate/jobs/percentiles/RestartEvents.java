package io.quorate.jobs.percentiles;

import io.quorate.events.ClusterEvent;
import io.quorate.events.ClusterRoster;
import io.quorate.events.MemberScrape;
import java.time.Instant;
import java.util.Objects;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.state.MapState;
import org.apache.flink.api.common.state.MapStateDescriptor;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.streaming.api.functions.co.KeyedCoProcessFunction;
import org.apache.flink.util.Collector;
import org.jspecify.annotations.Nullable;

/**
 * The restarts of each cluster's members, told by the first scrape that shows a process of a later start, and named as the
 * member list names them. A scrape that is older than one before tells nothing: what it shows is past.
 */
final class RestartEvents extends KeyedCoProcessFunction<String, MemberScrape, ClusterRoster, ClusterEvent> {

    private static final long serialVersionUID = 1;

    private static final double MOST_SECONDS =
            Instant.parse("2299-12-31T00:00:00Z").getEpochSecond();

    private transient MapState<String, Running> processes;
    private transient ValueState<ClusterRoster> roster;

    /**
     * Of a member, what the newest scrape showed.
     *
     * @param startSeconds since the epoch
     */
    public record Running(@Nullable String memberId, double startSeconds, Instant observedAt) {

        public Running {
            Objects.requireNonNull(observedAt, "observedAt");
        }
    }

    @Override
    public void open(OpenContext context) {
        MapStateDescriptor<String, Running> known = new MapStateDescriptor<>("processes", String.class, Running.class);
        known.enableTimeToLive(PercentilesPipeline.FORGOTTEN_AFTER_A_DAY);
        processes = getRuntimeContext().getMapState(known);
        ValueStateDescriptor<ClusterRoster> newest = new ValueStateDescriptor<>("roster", ClusterRoster.class);
        newest.enableTimeToLive(PercentilesPipeline.FORGOTTEN_AFTER_A_DAY);
        roster = getRuntimeContext().getState(newest);
    }

    @Override
    public void processElement1(MemberScrape scrape, Context context, Collector<ClusterEvent> out) throws Exception {
        Double start = scrape.processStartSeconds();
        if (start == null || !(start > 0 && start < MOST_SECONDS)) {
            return;
        }
        Running known = processes.get(scrape.member());
        if (known != null && !scrape.observedAt().isAfter(known.observedAt())) {
            return;
        }
        String memberId = scrape.memberId();
        if (known != null
                // One that moves back is a stepped clock too: no process begins before the last.
                && start - known.startSeconds() > Readings.RESTART_SECONDS
                // Another member that took the name is no restart of this one.
                && (memberId == null || known.memberId() == null || memberId.equals(known.memberId()))) {
            out.collect(restarted(scrape, known.startSeconds(), start));
        }
        String lastId = known == null ? null : known.memberId();
        processes.put(scrape.member(), new Running(memberId == null ? lastId : memberId, start, scrape.observedAt()));
    }

    @Override
    public void processElement2(ClusterRoster newest, Context context, Collector<ClusterEvent> out) throws Exception {
        if (newest.tellsMembers()) {
            roster.update(newest);
        }
    }

    private ClusterEvent restarted(MemberScrape scrape, double before, double after) throws Exception {
        ClusterRoster members = roster.value();
        String name = members == null || scrape.memberId() == null ? null : members.nameOf(scrape.memberId());
        return new ClusterEvent(
                scrape.cluster(),
                scrape.clusterId() == null && members != null ? members.clusterId() : scrape.clusterId(),
                name == null ? scrape.member() : name,
                scrape.memberId(),
                ClusterEvent.RESTARTED,
                instant(after),
                instant(before).toString(),
                instant(after).toString(),
                null);
    }

    private static Instant instant(double seconds) {
        return Instant.ofEpochMilli(Math.round(seconds * 1000));
    }
}
