package io.quorate.jobs.detection;

import io.quorate.events.MemberStatus;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Members of one cluster that restart one after the other, as when somebody rolls it; a Flink POJO, as it is keyed state.
 * In a roll a hand-over that lies between two polls is told from a crash by its company.
 */
public class Roll {

    /** From one member to the next lie minutes. */
    static final Duration SPAN = Duration.ofMinutes(10);

    /** Who refuses, and since when. */
    public Map<String, Instant> away = new HashMap<>();

    /** Who answered again after it had refused, and when. */
    public Map<String, Instant> back = new HashMap<>();

    public Map<String, String> versions = new HashMap<>();

    /** When something last proved that somebody meant it: a hand-over, a member that came back with another version. */
    public @Nullable Instant meantAt;

    /** When something last happened that no roll brings: a poll that hung, a leader that was lost. */
    public @Nullable Instant disturbedAt;

    /** Takes in one answer or failed poll. */
    void observe(MemberStatus status, int members) {
        Instant now = status.observedAt();
        String member = status.member();
        if (!status.answered()) {
            if (Reign.refuses(status)) {
                away.putIfAbsent(member, now);
            } else if (!Reign.breaksOff(status)) {
                disturbedAt = now;
            }
            return;
        }
        if (away.remove(member) != null) {
            back.put(member, now);
        }
        if (status.version() != null) {
            String before = versions.put(member, status.version());
            if (before != null && !before.equals(status.version())) {
                meantAt = now;
            }
        }
        back.values().removeIf(at -> at.plus(SPAN).isBefore(now));
        if (back.size() >= members) {
            // It went round; the next restart begins another one.
            back.clear();
            meantAt = null;
        }
    }

    /** A hand-over was proven. */
    void wasMeant(Instant at) {
        meantAt = at;
    }

    /** A leader was lost. */
    void wasDisturbed(Instant at) {
        disturbedAt = at;
    }

    /** Whether this member is the next one in a roll: others were restarted and are back, each once. */
    boolean reaches(String member, Instant now) {
        boolean othersAreThere = away.keySet().stream().allMatch(member::equals);
        boolean isKnown = !back.isEmpty() && isRecent(meantAt, now);
        return othersAreThere
                && !back.containsKey(member)
                && !isRecent(disturbedAt, now)
                && (isKnown || back.size() > 1);
    }

    private static boolean isRecent(@Nullable Instant at, Instant now) {
        return at != null && !at.plus(SPAN).isBefore(now);
    }
}
