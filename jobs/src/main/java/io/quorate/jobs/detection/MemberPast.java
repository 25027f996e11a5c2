package io.quorate.jobs.detection;

import io.quorate.events.BucketVector;
import io.quorate.events.MemberWindow;
import io.quorate.rules.Rule;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What one member's operations were like, and how its windows have compared with that lately; a Flink POJO, as it is keyed
 * state.
 */
public class MemberPast {

    /** Below this a past is too thin to compare with. */
    private static final long LEAST_OPERATIONS = 100;

    private static final int LEAST_WINDOWS = 2;

    /** An hour is kept in so many slices, and forgotten slice by slice: a member's state stays small. */
    private static final int SLICES = 60;

    /** The windows of one stretch of time, summed. */
    public record Slice(long number, int windows, long millis, BucketVector operations) {}

    public @Nullable String memberId;
    public List<Slice> slices = new ArrayList<>();

    /** Windows that were slow, and too few in operations to judge: they wait to be summed with the next. */
    public @Nullable BucketVector waiting;

    public int waitingWindows;
    public boolean waitingGap;
    public @Nullable Instant waitingSince;

    public int breached;
    public @Nullable Instant breachedSince;

    /** The window that the first verdict of the run was given at: later than its beginning where windows were summed. */
    public @Nullable Instant breachedAt;

    public int calm;

    /** Since enough windows in a row were breached, and until as many were calm. */
    public boolean inRegression;

    /** In regression, and by an alert that names this member; else it is one of the cluster's. */
    public boolean named;

    public @Nullable Instant heardAt;

    /** Compares this window with the past, and takes it in; null when it says nothing. */
    @Nullable
    Slowness judge(Rule.Regression rule, MemberWindow window, BucketVector operations) {
        if (operations.total() == 0) {
            return null;
        }
        memberId = window.memberId() == null ? memberId : window.memberId();
        heardAt = window.windowEnd();
        forgetWhatIsTooLongAgo(rule.baseline(), window.windowEnd());
        BucketVector summed = waiting == null ? operations : waiting.plus(operations);
        BucketVector past = past();
        if (past == null) {
            waitForNone();
            learn(rule.baseline(), window, operations, window.gap());
            return null;
        }
        Slowness slowness = Slowness.of(rule, past, summed);
        Instant since = waitingSince == null ? window.windowEnd() : waitingSince;
        int windows = waitingWindows + 1;
        boolean gap = waitingGap || window.gap();
        switch (slowness.verdict()) {
            case TOO_FEW -> {
                waiting = summed;
                waitingWindows = windows;
                waitingGap = gap;
                waitingSince = since;
                return slowness;
            }
            case BREACHED -> {
                if (breached == 0) {
                    breachedSince = since;
                    breachedAt = window.windowEnd();
                }
                breached += windows;
                calm = 0;
            }
            default -> {
                beginRunAnew();
                calm++;
                if (!inRegression) {
                    learn(rule.baseline(), window, summed, gap);
                }
            }
        }
        waitForNone();
        return slowness;
    }

    private void waitForNone() {
        waiting = null;
        waitingWindows = 0;
        waitingGap = false;
        waitingSince = null;
    }

    private @Nullable BucketVector past() {
        int windows = 0;
        BucketVector sum = null;
        for (Slice slice : slices) {
            windows += slice.windows();
            sum = sum == null ? slice.operations() : sum.plus(slice.operations());
        }
        return sum == null || windows < LEAST_WINDOWS || sum.total() < LEAST_OPERATIONS ? null : sum;
    }

    /** Windows in which something was missed are not the measure of others. */
    private void learn(Rule.Baseline baseline, MemberWindow window, BucketVector operations, boolean gap) {
        if (gap || isComplete(baseline)) {
            return;
        }
        long number = window.windowEnd().toEpochMilli() / sliceMillis(baseline);
        long millis = Duration.between(window.windowStart(), window.windowEnd()).toMillis();
        Slice last = slices.isEmpty() ? null : slices.get(slices.size() - 1);
        if (last != null && last.number() == number) {
            slices.set(
                    slices.size() - 1,
                    new Slice(
                            number,
                            last.windows() + 1,
                            last.millis() + millis,
                            last.operations().plus(operations)));
        } else {
            slices.add(new Slice(number, 1, millis, operations));
        }
    }

    /** Of the first so many seconds, once there are so many of windows that could be learnt from, and enough in them. */
    private boolean isComplete(Rule.Baseline baseline) {
        return baseline.kind() == Rule.Baseline.Kind.FIRST
                && past() != null
                && slices.stream().mapToLong(Slice::millis).sum()
                        >= baseline.span().toMillis();
    }

    /** Not during a regression: a past that ran out in the middle of one could never call it over. */
    private void forgetWhatIsTooLongAgo(Rule.Baseline baseline, Instant now) {
        if (baseline.kind() == Rule.Baseline.Kind.TRAILING && !inRegression) {
            long slice = sliceMillis(baseline);
            long before = now.minus(baseline.span()).toEpochMilli();
            slices.removeIf(old -> (old.number() + 1) * slice <= before);
        }
    }

    private static long sliceMillis(Rule.Baseline baseline) {
        return Math.max(1, baseline.span().toMillis() / SLICES);
    }

    void begin(boolean byName) {
        inRegression = true;
        named = byName;
        calm = 0;
    }

    void end() {
        inRegression = false;
        named = false;
    }

    /** Whatever it was like before, what it is like now is the measure from here on. */
    void beginAnew() {
        end();
        slices.clear();
        waitForNone();
        beginRunAnew();
        calm = 0;
    }

    private void beginRunAnew() {
        breached = 0;
        breachedSince = null;
        breachedAt = null;
    }
}
