package io.quorate.jobs.percentiles;

import io.quorate.events.ClusterRoster;
import io.quorate.events.DeadLetter;
import io.quorate.events.MemberScrape;
import io.quorate.events.MemberWindow;
import io.quorate.events.ScopeWindow;
import io.quorate.jobs.settings.WindowSettings;
import java.time.Duration;
import org.apache.flink.api.common.state.StateTtlConfig;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.datastream.SingleOutputStreamOperator;
import org.jspecify.annotations.Nullable;

/**
 * Scrapes in, windows out.
 *
 * <pre>
 * scrapes --key by member--> member-windows --key by cluster--> named-by-roster --+--> windows()
 *                                 |                 rosters -----------^          +--key by cluster--> cluster-sums --+--> scopes()
 *                                 v                                                                                   +--> share-sums --> fleet-sum --> scopes()
 *                              late()
 * </pre>
 *
 * Each wider scope is the integer sum of the level below; the fleet is summed in two stages, so that it is no hot key.
 */
public final class PercentilesPipeline {

    /** What a member or cluster that is no more has left behind. */
    static final StateTtlConfig FORGOTTEN_AFTER_A_DAY =
            StateTtlConfig.newBuilder(Duration.ofDays(1)).build();

    private final DataStream<MemberWindow> windows;
    private final DataStream<ScopeWindow> scopes;
    private final DataStream<DeadLetter> late;

    private PercentilesPipeline(
            DataStream<MemberWindow> windows, DataStream<ScopeWindow> scopes, DataStream<DeadLetter> late) {
        this.windows = windows;
        this.scopes = scopes;
        this.late = late;
    }

    /**
     * The pipeline on these streams.
     *
     * @param scrapes with event time and watermarks
     * @param rosters that hold back nobody's time; null where there are none, as in recordings
     */
    public static PercentilesPipeline of(
            DataStream<MemberScrape> scrapes, @Nullable DataStream<ClusterRoster> rosters, WindowSettings settings) {
        SingleOutputStreamOperator<MemberWindow> closed = scrapes.keyBy(
                        scrape -> scrape.cluster() + '/' + scrape.member())
                .process(new MemberWindows(settings))
                .uid("member-windows")
                .name("member-windows");
        DataStream<MemberWindow> windows = rosters == null ? closed : named(closed, rosters);
        DataStream<Part> clusters =
                sum("cluster-sums", windows.map(Part::ofCluster), settings, Sum.Level.MEMBERS_TO_CLUSTER);
        DataStream<Part> shares = sum("share-sums", clusters.map(Part::ofShare), settings, Sum.Level.CLUSTERS_TO_FLEET);
        DataStream<Part> fleet = sum("fleet-sum", shares.map(Part::ofFleet), settings, Sum.Level.CLUSTERS_TO_FLEET);
        DataStream<ScopeWindow> scopes = clusters.map(part -> part.window(ScopeWindow.Scope.CLUSTER))
                .union(fleet.map(part -> part.window(ScopeWindow.Scope.FLEET)));
        return new PercentilesPipeline(windows, scopes, closed.getSideOutput(MemberWindows.LATE));
    }

    private static DataStream<MemberWindow> named(DataStream<MemberWindow> windows, DataStream<ClusterRoster> rosters) {
        return windows.keyBy(MemberWindow::cluster)
                .connect(rosters.keyBy(ClusterRoster::cluster))
                .process(new NamedByRoster())
                .uid("named-by-roster")
                .name("named-by-roster");
    }

    /** One per member and window. */
    public DataStream<MemberWindow> windows() {
        return windows;
    }

    /** One per cluster and window, and one for the fleet. */
    public DataStream<ScopeWindow> scopes() {
        return scopes;
    }

    /** Scrapes that came after the horizon. */
    public DataStream<DeadLetter> late() {
        return late;
    }

    private static DataStream<Part> sum(String uid, DataStream<Part> parts, WindowSettings settings, Sum.Level level) {
        return parts.keyBy(Part::whole)
                .process(new Sums(settings, level))
                .uid(uid)
                .name(uid);
    }
}
