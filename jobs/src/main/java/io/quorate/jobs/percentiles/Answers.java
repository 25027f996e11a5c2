package io.quorate.jobs.percentiles;

import io.quorate.events.ClusterEvent;
import io.quorate.events.MemberStatus;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What the members of one cluster answered so far of their versions and of the alarms that etcd raised; a Flink POJO, as it
 * is keyed state.
 *
 * <p>Every member tells all alarms of the cluster, as of what it has applied: one that lags behind tells old ones. So alarms
 * are only judged by an answer that has applied more than the one that last told them.
 */
public class Answers {

    /** A member that did not answer for so long is no more. */
    private static final Duration FORGOTTEN_AFTER = Duration.ofDays(1);

    /** Nobody has applied as much for so long: the cluster was set back, by a backup for instance. */
    private static final Duration SET_BACK_AFTER = Duration.ofMinutes(1);

    /** As etcd words its alarms; whatever else stands among the errors of a status is none. */
    private static final Pattern ALARM = Pattern.compile("(?:memberID:(\\d{1,20})\\s+)?alarm:\\s*([A-Z_]+)");

    /** Another id under the same name is another cluster. */
    public @Nullable String clusterId;

    /** By id, or by name where that is unknown. */
    public Map<String, Answered> members = new HashMap<>();

    /** Etcd's words for what it said, by {@code memberId WORD}. */
    public Map<String, String> alarms = new HashMap<>();

    /** What the answer had applied that told the alarms. */
    public long alarmsIndex;

    /** When an answer last had applied as much; null until one told alarms, or that there are none. */
    public @Nullable Instant alarmsAt;

    /** One member; a Flink POJO. */
    public static class Answered {
        public String name = "";
        public @Nullable String version;
        public Instant at = Instant.EPOCH;
    }

    /** Takes in one answer, in order of time; what happened since the last ones. A poll without an answer says nothing. */
    List<ClusterEvent> observe(MemberStatus status, Membership membership) {
        if (!status.answered()) {
            return List.of();
        }
        if (status.clusterId() != null && !status.clusterId().equals(clusterId)) {
            begin(status.clusterId());
        }
        members.values()
                .removeIf(member -> member.at.isBefore(status.observedAt().minus(FORGOTTEN_AFTER)));
        List<ClusterEvent> events = new ArrayList<>();
        version(status, membership, events);
        alarms(status, membership, events);
        return events;
    }

    private void begin(String newClusterId) {
        clusterId = newClusterId;
        members.clear();
        alarms.clear();
        alarmsIndex = 0;
        alarmsAt = null;
    }

    private void version(MemberStatus status, Membership membership, List<ClusterEvent> events) {
        Answered member = members.computeIfAbsent(
                Objects.requireNonNullElse(status.memberId(), status.member()), unseen -> new Answered());
        member.name = status.member();
        member.at = status.observedAt();
        String now = status.version();
        if (now == null || now.isEmpty()) {
            return;
        }
        if (member.version != null && !member.version.equals(now)) {
            events.add(new ClusterEvent(
                    status.cluster(),
                    clusterId,
                    nameOf(status.memberId(), membership, status.member()),
                    status.memberId(),
                    ClusterEvent.VERSION_CHANGED,
                    status.observedAt(),
                    member.version,
                    now,
                    null));
        }
        member.version = now;
    }

    private void alarms(MemberStatus status, Membership membership, List<ClusterEvent> events) {
        long index = status.raftAppliedIndex() > 0 ? status.raftAppliedIndex() : status.raftIndex();
        if (alarmsAt != null) {
            boolean setBack = alarmsAt.plus(SET_BACK_AFTER).isBefore(status.observedAt());
            if (index == alarmsIndex && !setBack) {
                alarmsAt = status.observedAt();
                return;
            }
            if (index < alarmsIndex && !setBack) {
                return;
            }
        }
        SortedMap<String, String> now = alarmsOf(status);
        if (alarmsAt != null) {
            now.forEach((alarm, words) -> {
                if (!alarms.containsKey(alarm)) {
                    events.add(event(status, membership, ClusterEvent.ALARM_RAISED, alarm, words));
                }
            });
            new TreeMap<>(alarms).forEach((alarm, words) -> {
                if (!now.containsKey(alarm)) {
                    events.add(event(status, membership, ClusterEvent.ALARM_CLEARED, alarm, words));
                }
            });
        }
        alarms = new HashMap<>(now);
        alarmsIndex = index;
        alarmsAt = status.observedAt();
    }

    private ClusterEvent event(MemberStatus status, Membership membership, String kind, String alarm, String words) {
        String id = alarm.substring(0, alarm.indexOf(' '));
        String word = alarm.substring(id.length() + 1);
        boolean raised = kind.equals(ClusterEvent.ALARM_RAISED);
        Answered answered = members.get(id);
        return new ClusterEvent(
                status.cluster(),
                clusterId,
                id.isEmpty() ? null : nameOf(id, membership, answered == null ? id : answered.name),
                id.isEmpty() ? null : id,
                kind,
                status.observedAt(),
                raised ? null : word,
                raised ? word : null,
                words + (raised ? ", as " : ", no more as ") + status.member() + " answered");
    }

    private static SortedMap<String, String> alarmsOf(MemberStatus status) {
        SortedMap<String, String> alarms = new TreeMap<>();
        for (String error : status.errors()) {
            Matcher alarm = ALARM.matcher(error);
            while (alarm.find()) {
                String id = memberId(alarm.group(1));
                if (id != null && !alarm.group(2).equals("NONE")) {
                    alarms.put(id + ' ' + alarm.group(2), alarm.group());
                }
            }
        }
        return alarms;
    }

    /** As everywhere: lower-case hex. Empty where etcd names no member, null where it is no id. */
    private static @Nullable String memberId(@Nullable String decimal) {
        try {
            return decimal == null ? "" : Long.toHexString(Long.parseUnsignedLong(decimal));
        } catch (NumberFormatException tooLarge) {
            return null;
        }
    }

    private static String nameOf(@Nullable String memberId, Membership membership, String otherwise) {
        return Objects.requireNonNullElse(membership.nameOf(memberId), otherwise);
    }
}
