package io.quorate.jobs.percentiles;

import io.quorate.events.ClusterEvent;
import io.quorate.events.ClusterRoster;
import io.quorate.events.MemberScrape;
import io.quorate.events.MemberStatus;
import org.apache.flink.streaming.api.datastream.DataStream;

/**
 * What members show and answer in, what happened to their clusters out.
 *
 * <pre>
 * statuses --key by cluster--> status-events --+--> events
 *                                   ^          |
 * rosters  --key by cluster---------+          |
 *                                   v          |
 * scrapes  --key by cluster--> restart-events -'
 * </pre>
 *
 * Members that come, leave or begin to vote, versions and alarms are put in order of time first; a restart is told at once.
 */
final class ClusterEventsPipeline {

    private ClusterEventsPipeline() {}

    /**
     * The pipeline on these streams.
     *
     * @param scrapes in any order
     * @param statuses with event time and watermarks
     * @param rosters that hold back nobody's time
     */
    static DataStream<ClusterEvent> of(
            DataStream<MemberScrape> scrapes, DataStream<MemberStatus> statuses, DataStream<ClusterRoster> rosters) {
        return statuses.keyBy(MemberStatus::cluster)
                .connect(rosters.keyBy(ClusterRoster::cluster))
                .process(new StatusEvents())
                .uid("status-events")
                .name("status-events")
                .union(scrapes.keyBy(MemberScrape::cluster)
                        .connect(rosters.keyBy(ClusterRoster::cluster))
                        .process(new RestartEvents())
                        .uid("restart-events")
                        .name("restart-events"));
    }
}
