package io.quorate.jobs.detection;

import io.quorate.events.Alert.Evidence;
import io.quorate.events.Alert.Severity;
import io.quorate.events.Alert.Status;
import io.quorate.rules.Threshold.Limit;
import io.quorate.rules.Verdict;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Where one threshold stands with one member or cluster: how long each of its limits has been passed, and the episode that
 * this makes; a Flink POJO, as it is keyed state. Undecided moments neither begin, nor count towards, nor end anything.
 */
public class Standing {

    /** How one limit stands. */
    public static class AtLimit {
        public Severity severity = Severity.INFO;
        public @Nullable Instant breachedSince;
        /** How much of the time since was certainly beyond it. */
        public long heldMillis;

        public boolean firing;
        public @Nullable Instant okSince;
        public long okMillis;
        public Verdict last = Verdict.UNDECIDED;
    }

    public List<AtLimit> limits = new ArrayList<>();
    public @Nullable Instant judgedAt;

    /** Null while nothing was said. */
    public @Nullable Status said;

    /** Whether it was said to those who are notified. */
    public boolean notified;

    public Severity severity = Severity.INFO;
    public Instant startedAt = Instant.EPOCH;
    public String id = "";
    public String summary = "";
    public List<Evidence> evidence = new ArrayList<>();
    public @Nullable String cluster;
    public @Nullable String clusterId;
    public @Nullable String member;
    public @Nullable String memberId;

    /** Since when patterns were told of it; null when they are not. */
    public @Nullable Instant symptomSince;

    /** Nothing would be lost with it. */
    boolean isIdle() {
        if (said != null || symptomSince != null) {
            return false;
        }
        for (AtLimit limit : limits) {
            if (limit.breachedSince != null || limit.firing) {
                return false;
            }
        }
        return true;
    }

    /** Whether this limit's episode goes on, so that its bound to clear counts. */
    boolean isFiring(int limit) {
        return limit < limits.size() && limits.get(limit).firing;
    }

    /** Makes room for these limits; what is known of one of the same severity stays. */
    void fit(List<Limit> asked) {
        if (fits(asked)) {
            return;
        }
        List<AtLimit> fitted = new ArrayList<>();
        for (Limit limit : asked) {
            fitted.add(limits.stream()
                    .filter(known -> known.severity == limit.severity())
                    .findFirst()
                    .orElseGet(() -> {
                        AtLimit fresh = new AtLimit();
                        fresh.severity = limit.severity();
                        return fresh;
                    }));
        }
        limits = fitted;
    }

    private boolean fits(List<Limit> asked) {
        boolean fits = limits.size() == asked.size();
        for (int i = 0; fits && i < asked.size(); i++) {
            fits = limits.get(i).severity == asked.get(i).severity();
        }
        return fits;
    }

    /**
     * Takes in the verdicts on each limit, worst first, at this moment.
     *
     * @return what must be said now; null for nothing
     */
    @Nullable
    Status judge(List<Verdict> verdicts, List<Limit> asked, Duration clearFor, Instant now) {
        long passed = judgedAt == null || !now.isAfter(judgedAt)
                ? 0
                : Duration.between(judgedAt, now).toMillis();
        judgedAt = now;
        boolean worseFires = false;
        for (int i = 0; i < limits.size(); i++) {
            AtLimit limit = limits.get(i);
            judge(limit, verdicts.get(i), asked.get(i).duration().toMillis(), clearFor.toMillis(), passed, now);
            // Who fires for the worse fires for the lesser: it does not begin anew when the worse is over.
            limit.firing |= worseFires && limit.breachedSince != null;
            worseFires |= limit.firing;
        }
        return says();
    }

    private static void judge(AtLimit limit, Verdict verdict, long duration, long clearFor, long passed, Instant now) {
        switch (verdict) {
            case BREACH -> {
                if (limit.breachedSince == null) {
                    limit.breachedSince = now;
                    limit.heldMillis = 0;
                } else if (limit.last == Verdict.BREACH) {
                    limit.heldMillis += passed;
                }
                limit.okSince = null;
                limit.firing |= limit.heldMillis >= duration;
            }
            case OK -> {
                if (limit.okSince == null) {
                    limit.okSince = now;
                    limit.okMillis = 0;
                } else if (limit.last == Verdict.OK) {
                    limit.okMillis += passed;
                }
                if (!limit.firing || limit.okMillis >= clearFor) {
                    limit.firing = false;
                    limit.breachedSince = null;
                    limit.heldMillis = 0;
                }
            }
            default -> {
                // What cannot be known changes nothing.
            }
        }
        limit.last = verdict;
    }

    private @Nullable Status says() {
        AtLimit firing =
                limits.stream().filter(limit -> limit.firing).findFirst().orElse(null);
        AtLimit breached = limits.stream()
                .filter(limit -> limit.breachedSince != null)
                .findFirst()
                .orElse(null);
        if (firing != null) {
            boolean begins = said != Status.FIRING;
            if (begins || severity != firing.severity) {
                severity = firing.severity;
                if (said == null) {
                    startedAt = since();
                }
                said = Status.FIRING;
                return begins ? Status.FIRING : Status.UPDATED;
            }
            return null;
        }
        if (said == Status.FIRING) {
            said = null;
            return Status.RESOLVED;
        }
        if (breached != null && said == null) {
            said = Status.PENDING;
            severity = breached.severity;
            startedAt = since();
            return Status.PENDING;
        }
        if (breached == null) {
            said = null;
        }
        return null;
    }

    private Instant since() {
        return limits.stream()
                .map(limit -> limit.breachedSince)
                .filter(since -> since != null)
                .min(Instant::compareTo)
                .orElse(Instant.EPOCH);
    }
}
