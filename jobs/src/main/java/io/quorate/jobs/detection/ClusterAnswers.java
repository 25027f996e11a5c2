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
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What the members of one cluster answer, and what that tells of each of them beside the others; a Flink POJO, as it is
 * keyed state. It grows with the members that are polled, not with time.
 */
public class ClusterAnswers {

    /** As etcd writes it into a status: {@code memberID:15187456872136391085 alarm:NOSPACE}. */
    private static final Pattern ALARM = Pattern.compile("alarm:\\s*([A-Z_]+)");

    /** Who is not polled for so long belongs no more. */
    private static final Duration REMEMBERED = Duration.ofMinutes(10);

    private static final Duration VERSION_STANDS = Duration.ofMinutes(1);

    /** A member this near to its peers is abreast of them: polls are at different moments, and a follower lags. */
    private static final long NEAR = 10;

    /** Likewise one that is no further behind than what came in so many polls. */
    private static final long POLLS_NEAR = 3;

    /** By name. */
    public Map<String, MemberAnswers> members = new HashMap<>();

    public @Nullable String clusterId;

    /** By the last member list; 0 while none is known. */
    public int voters;

    /** Takes in one poll, in order of time. */
    void observe(MemberStatus status) {
        if (status.clusterId() != null && !status.clusterId().equals(clusterId)) {
            if (clusterId != null) {
                // Another cluster under the same name counts its terms and indexes from the start.
                members.clear();
            }
            clusterId = status.clusterId();
        }
        voters = status.voters() > 0 ? status.voters() : voters;
        forget(status);
        MemberAnswers member = members.computeIfAbsent(status.member(), name -> new MemberAnswers());
        member.poll(status);
        if (!status.answered()) {
            return;
        }
        long advance = member.advance();
        compareWithPeers(member, status, advance);
        member.gain = advance;
    }

    /** A member is known by its address until its name is, and not at all when it is no longer polled. */
    private void forget(MemberStatus status) {
        members.entrySet()
                .removeIf(other -> !other.getKey().equals(status.member())
                        && ((status.memberId() != null && status.memberId().equals(other.getValue().memberId))
                                || !isPolledSince(
                                        other.getValue(), status.observedAt().minus(REMEMBERED))));
    }

    private static boolean isPolledSince(MemberAnswers member, Instant then) {
        return member.last != null && member.last.observedAt().isAfter(then);
    }

    private void compareWithPeers(MemberAnswers member, MemberStatus answer, long advance) {
        Standstill known = member.standstill;
        if (!answer.hasLeader()) {
            member.standstill = null;
        } else if (known != null && known.goesOn(answer)) {
            known.count(Objects.requireNonNull(member.before, "it answered so before"), answer);
        } else {
            member.standstill = Standstill.begin(answer, isAbreast(member, answer), advance + member.gain);
        }
        if (advance > 0) {
            members.values().stream()
                    .filter(other -> other != member && other.standstill != null)
                    .forEach(other ->
                            Objects.requireNonNull(other.standstill).overtake(answer.raftIndex(), answer.observedAt()));
        }
    }

    private boolean isAbreast(MemberAnswers member, MemberStatus answer) {
        long fastest = members.values().stream()
                .mapToLong(MemberAnswers::advance)
                .max()
                .orElse(0);
        return behind(member, answer) <= NEAR + POLLS_NEAR * fastest;
    }

    /** How many entries this answer is behind the furthest other member at that moment. */
    private long behind(MemberAnswers member, MemberStatus answer) {
        long furthest = members.values().stream()
                .filter(other -> other != member && other.isUp(answer.observedAt()))
                .mapToLong(other -> other.indexAt(answer.observedAt()))
                .max()
                .orElse(-1);
        return Math.max(0, furthest - answer.raftIndex());
    }

    /** One window for each member that was polled in the second that ends here, in order of their names. */
    List<MemberWindow> windows(Instant end) {
        Instant start = end.minus(ClusterFacts.SIZE);
        List<MemberWindow> windows = new ArrayList<>();
        new TreeMap<>(members).forEach((name, member) -> {
            MemberStatus last = member.last;
            if (last != null && last.observedAt().isAfter(start)) {
                windows.add(new MemberWindow(
                        last.cluster(),
                        clusterId,
                        name,
                        member.memberId,
                        start,
                        end,
                        !last.answered(),
                        1,
                        new Measures(List.of(), List.of(), gauges(member, last, end))));
            }
        });
        return windows;
    }

    private List<GaugeRange> gauges(MemberAnswers member, MemberStatus last, Instant now) {
        Gauges gauges = new Gauges();
        gauges.add(StatusMetric.UP, last.answered() ? 1 : 0);
        gauges.add(StatusMetric.FAILED_POLLS, member.failedPolls);
        gauges.add(StatusMetric.FAILURE, 0);
        if (last.failure() != null) {
            gauges.add(StatusMetric.FAILED_POLLS, "class", last.failure(), member.failedAlike);
            gauges.add(StatusMetric.FAILURE, "class", last.failure(), 1);
        }
        Instant heard = member.answeredAt == null ? member.firstPolledAt : member.answeredAt;
        gauges.add(StatusMetric.SILENT_SECONDS, seconds(heard, last.observedAt()));
        addOfTheCluster(gauges, now);
        if (last.answered()) {
            addAnswered(gauges, last);
            addBesideOthers(gauges, member, last, now);
        } else {
            member.isolatedSince = null;
        }
        return gauges.all;
    }

    private void addOfTheCluster(Gauges gauges, Instant now) {
        long answering = members.values().stream()
                .filter(member -> member.isUp(now) && !member.learner)
                .count();
        int all = votersNow(now);
        gauges.add(StatusMetric.VOTERS, all);
        // Before the member list is known, who was asked so far is no advice.
        if (voters > 0 && (voters % 2 == 0 || voters == 1 || voters > 7)) {
            gauges.add(StatusMetric.VOTERS, "advised", "no", voters);
        }
        long spare = answering - quorum(now);
        gauges.add(StatusMetric.HAS_QUORUM, spare >= 0 ? 1 : 0);
        if (all >= 3) {
            gauges.add(StatusMetric.SPARE_VOTERS, spare);
        }
        gauges.add(
                StatusMetric.VERSIONS,
                members.values().stream()
                        .filter(member -> member.version != null
                                && member.answeredAt != null
                                && member.answeredAt.plus(VERSION_STANDS).isAfter(now))
                        .map(member -> member.version)
                        .distinct()
                        .count());
    }

    private int votersNow(Instant now) {
        return voters > 0
                ? voters
                : (int) members.values().stream()
                        .filter(member -> member.isPolled(now) && !member.learner)
                        .count();
    }

    private int quorum(Instant now) {
        return votersNow(now) / 2 + 1;
    }

    private static void addAnswered(Gauges gauges, MemberStatus status) {
        gauges.add(StatusMetric.HAS_LEADER, status.hasLeader() ? 1 : 0);
        gauges.add(StatusMetric.IS_LEADER, status.isLeader() ? 1 : 0);
        gauges.add(StatusMetric.IS_LEARNER, status.learner() ? 1 : 0);
        gauges.add(StatusMetric.DB_SIZE, status.dbSizeBytes());
        gauges.add(StatusMetric.DB_SIZE_IN_USE, status.dbSizeInUseBytes());
        gauges.add(StatusMetric.RAFT_TERM, status.raftTerm());
        gauges.add(StatusMetric.RAFT_INDEX, status.raftIndex());
        gauges.add(StatusMetric.RAFT_APPLIED_INDEX, status.raftAppliedIndex());
        // The gauge itself is always there: an alarm that nobody raised is not one that nobody can see.
        gauges.add(StatusMetric.ALARM, 0);
        Set<String> alarms = new TreeSet<>();
        for (String error : status.errors()) {
            Matcher alarm = ALARM.matcher(error);
            if (alarm.find()) {
                alarms.add(alarm.group(1));
            }
        }
        alarms.forEach(alarm -> gauges.add(StatusMetric.ALARM, "alarm", alarm, 1));
    }

    private void addBesideOthers(Gauges gauges, MemberAnswers member, MemberStatus last, Instant now) {
        long claimed = member.claims(now);
        gauges.add(
                StatusMetric.RIVAL_LEADERS,
                claimed < 0
                        ? 0
                        : members.values().stream()
                                .filter(other -> other.claims(now) == claimed)
                                .count());
        boolean stale = claimed >= 0 && members.values().stream().anyMatch(other -> other.accepts(now) > claimed);
        gauges.add(StatusMetric.STALE_LEADER, stale ? 1 : 0);
        Standstill standstill = member.standstill;
        gauges.add(StatusMetric.STALLED_SECONDS, standstill == null ? 0 : standstill.seconds(last));
        if (last.hasLeader() || !othersFollowOne(member, now)) {
            member.isolatedSince = null;
        } else if (member.isolatedSince == null) {
            member.isolatedSince = last.observedAt();
        }
        gauges.add(
                StatusMetric.ISOLATED_SECONDS,
                member.isolatedSince == null ? 0 : seconds(member.isolatedSince, last.observedAt()));
        gauges.add(StatusMetric.INDEX_BEHIND, behind(member, last));
    }

    /** Whether as many others as make a quorum name the same leader. */
    private boolean othersFollowOne(MemberAnswers member, Instant now) {
        Map<String, Integer> followers = new HashMap<>();
        members.values().stream()
                .filter(other -> other != member && other.isUp(now) && !other.learner)
                .map(other -> Objects.requireNonNull(other.last).leaderId())
                .filter(Objects::nonNull)
                .forEach(leader -> followers.merge(leader, 1, Integer::sum));
        return followers.values().stream().anyMatch(number -> number >= quorum(now));
    }

    private static long seconds(Instant from, Instant to) {
        return Math.round(Duration.between(from, to).toMillis() / 1000.0);
    }

    /** The gauges of one window. */
    private static final class Gauges {

        private final List<GaugeRange> all = new ArrayList<>();

        void add(StatusMetric metric, long value) {
            add(metric, Labels.NONE, (double) value);
        }

        void add(StatusMetric metric, String label, String labelValue, long value) {
            add(metric, Labels.of(Map.of(label, labelValue)), (double) value);
        }

        private void add(StatusMetric metric, String labels, double value) {
            all.add(new GaugeRange(metric.text(), labels, value, value, 1, value, value));
        }
    }
}
