package io.quorate.jobs.percentiles;

import io.quorate.events.ClusterRoster;
import io.quorate.events.DeadLetter;
import io.quorate.events.MemberScrape;
import io.quorate.events.MemberWindow;
import io.quorate.events.ScopeWindow;
import io.quorate.jobs.settings.WindowSettings;
import java.time.Duration;
import java.util.Objects;
import org.apache.flink.api.common.state.StateTtlConfig;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.datastream.SingleOutputStreamOperator;
import org.jspecify.annotations.Nullable;

/**
 * Scrapes in, windows out.
 *
 * <pre>
 * scrapes --key by member--> member-windows --+--------------------> named-by-roster --+--> windows()
 *                                 |           +--> roll-ups ---------------^    ^      |
 *                                 v                                             |      |
 *                              late()                                  rosters -+      |
 *                                                                               v      v
 *                           scopes() <--+-- wide-sums <-- share-sums <-- groups <-- cluster-sums
 *                                       +--------------------------------------------------+
 * </pre>
 *
 * Longer windows are made at the member, and summed over members as the base windows are. Each wider scope is the sum of the
 * level below; groups and the fleet are summed in two stages, so that none is a hot key. Open windows go the same way as
 * closed ones, with version 0, and leave by {@link #earlyWindows} and {@link #earlyScopes}.
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
        SingleOutputStreamOperator<MemberWindow> base = scrapes.keyBy(
                        scrape -> scrape.cluster() + '/' + scrape.member())
                .process(new MemberWindows(settings))
                .uid("member-windows")
                .name("member-windows");
        DataStream<MemberWindow> longer = base.filter(window -> !window.isEarly())
                // By its id: another member may take the name.
                .keyBy(window ->
                        window.cluster() + '/' + Objects.requireNonNullElse(window.memberId(), window.member()))
                .process(new RollUps(settings))
                .uid("roll-ups")
                .name("roll-ups");
        DataStream<MemberWindow> windows = base.union(longer);
        windows = rosters == null ? windows : named(windows, rosters);
        DataStream<Part> clusters = sum(
                "cluster-sums",
                windows.map(Part::ofCluster),
                new Sums(settings, Sum.Level.MEMBERS_TO_CLUSTER, Early.Level.CLUSTER));
        DataStream<Part> inGroups = rosters == null
                ? clusters.map(cluster -> cluster.ofShareOf(Part.FLEET))
                : clusters.keyBy(Part::whole)
                        .connect(rosters.keyBy(ClusterRoster::cluster))
                        .process(new Groups(settings))
                        .uid("groups")
                        .name("groups");
        DataStream<Part> shares =
                sum("share-sums", inGroups, new Sums(settings, Sum.Level.CLUSTERS, Early.Level.SHARE));
        DataStream<Part> wide =
                sum("wide-sums", shares.map(Part::ofGroup), new Sums(settings, Sum.Level.CLUSTERS, Early.Level.WHOLE));
        DataStream<ScopeWindow> scopes = clusters.map(Part::ofCluster).union(wide.map(Part::ofClusters));
        return new PercentilesPipeline(windows, scopes, base.getSideOutput(MemberWindows.LATE));
    }

    private static DataStream<MemberWindow> named(DataStream<MemberWindow> windows, DataStream<ClusterRoster> rosters) {
        return windows.keyBy(MemberWindow::cluster)
                .connect(rosters.keyBy(ClusterRoster::cluster))
                .process(new NamedByRoster())
                .uid("named-by-roster")
                .name("named-by-roster");
    }

    /** One per member and closed window, of every size. */
    public DataStream<MemberWindow> windows() {
        return windows.filter(window -> !window.isEarly());
    }

    /** Members' base windows that are still open. */
    public DataStream<MemberWindow> earlyWindows() {
        return windows.filter(MemberWindow::isEarly);
    }

    /** One per cluster, group and closed window, of every size, and one for the fleet. */
    public DataStream<ScopeWindow> scopes() {
        return scopes.filter(window -> !window.isEarly());
    }

    /** Base windows that are still open, of clusters, groups and the fleet, as far as their members told. */
    public DataStream<ScopeWindow> earlyScopes() {
        return scopes.filter(ScopeWindow::isEarly);
    }

    /** Scrapes that came after the horizon. */
    public DataStream<DeadLetter> late() {
        return late;
    }

    private static DataStream<Part> sum(String uid, DataStream<Part> parts, Sums sums) {
        return parts.keyBy(Part::whole).process(sums).uid(uid).name(uid);
    }
}
