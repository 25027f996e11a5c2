package io.quorate.events.codec;

import io.quorate.events.Alert;
import io.quorate.events.ClusterEvent;
import io.quorate.events.ClusterRoster;
import io.quorate.events.Control;
import io.quorate.events.Coverage;
import io.quorate.events.DeadLetter;
import io.quorate.events.LeaderChange;
import io.quorate.events.MemberScrape;
import io.quorate.events.MemberStatus;
import io.quorate.events.MemberWindow;
import io.quorate.events.Notification;
import io.quorate.events.PollTally;
import io.quorate.events.RuleCoverage;
import io.quorate.events.ScopeWindow;
import java.io.Serializable;
import java.time.Instant;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A topic: its name, the one event type that lies in it, what it is keyed by, and which time is the event's own.
 *
 * @param compacted only the newest record of a key is kept
 */
public record Topic<T>(
        String name, Class<T> type, Key<T, @Nullable String> key, Key<T, Instant> time, boolean compacted)
        implements Serializable {

    /** A question asked of an event; serializable, as it travels with jobs. */
    public interface Key<T, R extends @Nullable Object> extends Function<T, R>, Serializable {}

    public static final Topic<MemberScrape> MEMBER_SCRAPE =
            new Topic<>("member-scrape", MemberScrape.class, MemberScrape::cluster, MemberScrape::observedAt, false);
    public static final Topic<MemberStatus> MEMBER_STATUS =
            new Topic<>("member-status", MemberStatus.class, MemberStatus::cluster, MemberStatus::observedAt, false);
    public static final Topic<ClusterRoster> CLUSTER_ROSTER =
            new Topic<>("cluster-roster", ClusterRoster.class, ClusterRoster::cluster, ClusterRoster::observedAt, true);
    public static final Topic<MemberWindow> MEMBER_WINDOW =
            new Topic<>("member-window", MemberWindow.class, MemberWindow::cluster, MemberWindow::windowEnd, false);
    public static final Topic<ScopeWindow> SCOPE_WINDOW =
            new Topic<>("scope-window", ScopeWindow.class, ScopeWindow::cluster, ScopeWindow::windowEnd, false);
    /** Windows that are still open; nothing but pages that people look at should rest on them. */
    public static final Topic<MemberWindow> EARLY_MEMBER_WINDOW = new Topic<>(
            "early-member-window", MemberWindow.class, MemberWindow::cluster, MemberWindow::windowEnd, false);

    public static final Topic<ScopeWindow> EARLY_SCOPE_WINDOW =
            new Topic<>("early-scope-window", ScopeWindow.class, ScopeWindow::cluster, ScopeWindow::windowEnd, false);
    public static final Topic<Coverage> COVERAGE =
            new Topic<>("coverage", Coverage.class, Coverage::cluster, Coverage::observedAt, false);
    public static final Topic<PollTally> POLL_TALLY =
            new Topic<>("poll-tally", PollTally.class, PollTally::cluster, PollTally::minute, false);
    public static final Topic<LeaderChange> LEADER_CHANGE =
            new Topic<>("leader-change", LeaderChange.class, LeaderChange::cluster, LeaderChange::observedAt, false);
    public static final Topic<ClusterEvent> CLUSTER_EVENT =
            new Topic<>("cluster-event", ClusterEvent.class, ClusterEvent::cluster, ClusterEvent::observedAt, false);
    public static final Topic<Alert> ALERT = new Topic<>("alert", Alert.class, Alert::cluster, Alert::at, false);
    /** What rules say that do not notify: those in shadow, and those that are not stable yet. */
    public static final Topic<Alert> SHADOW_ALERT =
            new Topic<>("shadow-alert", Alert.class, Alert::cluster, Alert::at, false);

    public static final Topic<RuleCoverage> RULE_COVERAGE =
            new Topic<>("rule-coverage", RuleCoverage.class, RuleCoverage::cluster, RuleCoverage::observedAt, false);
    public static final Topic<Control> CONTROL = new Topic<>("control", Control.class, Control::key, Control::at, true);
    public static final Topic<Notification> NOTIFICATION =
            new Topic<>("notification", Notification.class, Notification::cluster, Notification::attemptedAt, false);
    public static final Topic<DeadLetter> DEAD_LETTER =
            new Topic<>("dead-letter", DeadLetter.class, letter -> null, DeadLetter::observedAt, false);

    public static final List<Topic<?>> ALL = List.of(
            MEMBER_SCRAPE,
            MEMBER_STATUS,
            CLUSTER_ROSTER,
            MEMBER_WINDOW,
            SCOPE_WINDOW,
            EARLY_MEMBER_WINDOW,
            EARLY_SCOPE_WINDOW,
            COVERAGE,
            POLL_TALLY,
            LEADER_CHANGE,
            CLUSTER_EVENT,
            ALERT,
            SHADOW_ALERT,
            RULE_COVERAGE,
            CONTROL,
            NOTIFICATION,
            DEAD_LETTER);
}
