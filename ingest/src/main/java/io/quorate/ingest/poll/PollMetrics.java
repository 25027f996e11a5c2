package io.quorate.ingest.poll;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.flink.metrics.Counter;
import org.apache.flink.metrics.Gauge;
import org.apache.flink.metrics.MetricGroup;
import org.apache.flink.metrics.ThreadSafeSimpleCounter;

/** What one reader tells of itself. Safe from any thread. */
final class PollMetrics {

    private static final double NANOS = 1e9;

    /** So many targets are named by each reason; a fleet that is down must not make a series for each of its members. */
    static final int NAMED = 100;

    private static final Target OTHERS = new Target("others", "", List.of(), Map.of());

    private final MetricGroup group;
    private final Counter polls;
    private final Counter answers;
    private final Counter failures;
    private final Counter leftOut;
    private final Counter samples;
    private final Map<String, Counter> failuresByReason = new ConcurrentHashMap<>();
    private final Map<String, Map<String, Counter>> failuresByTarget = new ConcurrentHashMap<>();
    private final Lags pollLag = new Lags();
    private final Lags handOverLag = new Lags();
    private volatile int targets;

    PollMetrics(MetricGroup group) {
        this.group = group;
        this.polls = counter(group, "polls");
        this.answers = counter(group, "answers");
        this.failures = counter(group, "failures");
        this.leftOut = counter(group, "leftOut");
        this.samples = counter(group, "samples");
        group.gauge("targets", (Gauge<Integer>) () -> targets);
        group.gauge("pollLagP99Seconds", (Gauge<Double>) () -> pollLag.p99(System.nanoTime()) / NANOS);
        group.gauge("handOverLagP99Seconds", (Gauge<Double>) () -> handOverLag.p99(System.nanoTime()) / NANOS);
    }

    private static Counter counter(MetricGroup group, String name) {
        return group.counter(name, new ThreadSafeSimpleCounter());
    }

    void targets(int now) {
        targets = now;
    }

    /** How late a poll's timer was. */
    void wasLate(long nanos) {
        pollLag.add(nanos, System.nanoTime());
    }

    /** How long something that came waited to go downstream. */
    void waited(long nanos) {
        handOverLag.add(nanos, System.nanoTime());
    }

    /** The same poll of that target, counted here too. */
    Poll counted(Target target, Poll poll) {
        return new Poll() {
            @Override
            public void leftOut() {
                leftOut.inc();
                poll.leftOut();
            }

            @Override
            public void begun() {
                polls.inc();
                poll.begun();
            }

            @Override
            public void answered(long brought) {
                answers.inc();
                samples.inc(brought);
                poll.answered(brought);
            }

            @Override
            public void failed(String reason) {
                failures.inc();
                failuresByReason
                        .computeIfAbsent(
                                reason, unseen -> counter(group.addGroup("reason", reason), "failuresByReason"))
                        .inc();
                failuresOf(target, reason).inc();
                poll.failed(reason);
            }
        };
    }

    /** Targets that come after the first many share one. */
    private Counter failuresOf(Target target, String reason) {
        Map<String, Counter> named = failuresByTarget.computeIfAbsent(reason, unseen -> new HashMap<>());
        synchronized (named) {
            Counter known = named.get(target.id());
            if (known != null) {
                return known;
            }
            Target shown = named.size() < NAMED ? target : OTHERS;
            return named.computeIfAbsent(shown.id(), unseen -> failures(shown, reason));
        }
    }

    private Counter failures(Target target, String reason) {
        return counter(
                group.addGroup("cluster", target.labels().getOrDefault("cluster", ""))
                        .addGroup("target", target.id())
                        .addGroup("reason", reason),
                "failuresByTarget");
    }
}
