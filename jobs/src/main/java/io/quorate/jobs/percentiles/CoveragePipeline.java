package io.quorate.jobs.percentiles;

import io.quorate.events.ClusterRoster;
import io.quorate.events.Coverage;
import io.quorate.events.MemberScrape;
import io.quorate.events.MemberStatus;
import org.apache.flink.streaming.api.datastream.DataStream;

/**
 * Who there is and what was scraped of them in, what each member shows and lacks out.
 *
 * <pre>
 * scrapes ---.
 * statuses --+--key by cluster--> member-coverage --> coverage
 * rosters ---'
 * </pre>
 */
public final class CoveragePipeline {

    private CoveragePipeline() {}

    /**
     * The pipeline on these streams.
     *
     * @param scrapes with event time and watermarks
     * @param statuses likewise: they go on when no scrape comes
     * @param rosters that hold back nobody's time
     */
    public static DataStream<Coverage> of(
            DataStream<MemberScrape> scrapes, DataStream<MemberStatus> statuses, DataStream<ClusterRoster> rosters) {
        return scrapes.map(scrape -> Sighting.of(scrape))
                .returns(Sighting.class)
                .union(
                        statuses.map(status -> Sighting.of(status)).returns(Sighting.class),
                        rosters.map(roster -> Sighting.of(roster)).returns(Sighting.class))
                .keyBy(Sighting::cluster)
                .process(new MemberCoverage())
                .uid("member-coverage")
                .name("member-coverage");
    }
}
