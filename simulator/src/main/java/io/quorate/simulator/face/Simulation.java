package io.quorate.simulator.face;

import io.quorate.simulator.model.Cluster;
import io.quorate.simulator.model.Time;
import io.quorate.simulator.plan.Plan;
import io.quorate.simulator.plan.Script;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.Predicate;

/** A whole fleet and those who watch it, second by second. The same plan and seed see the same, on however many threads. */
public final class Simulation {

    /** Before the recording begins, clusters have this long to find their first leader and fill their counters. */
    static final long WARM_UP = 10 * Time.SECOND;

    private static final long SLICE = Time.SECOND;
    private static final Comparator<Observation> ORDER = Comparator.comparingDouble(Observation::arrivesAt)
            .thenComparing(Observation::cluster)
            .thenComparing(Observation::member)
            .thenComparing(Observation::kind)
            .thenComparingInt(Observation::source);

    /** Takes what is seen. */
    public interface Taker {
        void take(Observation observation) throws IOException;
    }

    /** Told after each slice of simulated time; may wait, so that time does not run faster than wanted. */
    public interface Pace {
        void reached(double simulatedSeconds);
    }

    private final Plan plan;
    private final Instant begin;
    private final List<Watched> fleet = new ArrayList<>();

    /** One cluster, what is done to it, and who looks. */
    private record Watched(Cluster cluster, Script script, Watch watch) {}

    public Simulation(Plan plan, long seed, Instant begin) {
        this(plan, seed, begin, metric -> true);
    }

    /** Of members that show only these metrics, which costs less where nobody reads the others. */
    public Simulation(Plan plan, long seed, Instant begin, Predicate<String> shown) {
        this.plan = plan;
        this.begin = begin;
        Page page = Page.of(
                        plan.shape().release(), plan.extensive(), plan.shape().members())
                .only(shown);
        for (Fleet.Scripted one : Fleet.of(plan, seed, WARM_UP)) {
            Watch watch = new Watch(
                    one.cluster(), one.script(), plan.collector(), page, this::epoch, false, WARM_UP, one.random());
            fleet.add(new Watched(one.cluster(), one.script(), watch));
        }
    }

    private double epoch(long micros) {
        return begin.getEpochSecond() + Time.seconds(micros - WARM_UP);
    }

    public List<Cluster> clusters() {
        return fleet.stream().map(Watched::cluster).toList();
    }

    /** Runs so long, and hands out everything in the order in which it arrives. */
    public void run(double seconds, Taker taker, Pace pace) throws IOException {
        long end = WARM_UP + Time.micros(seconds);
        List<Observation> waiting = new ArrayList<>();
        for (long at = WARM_UP; at < end; ) {
            long until = Math.min(end, at + SLICE);
            List<List<Observation>> seen = fleet.parallelStream()
                    .map(watched -> watched.watch().until(until))
                    .toList();
            seen.forEach(waiting::addAll);
            waiting.sort(ORDER);
            double now = until >= end ? Double.POSITIVE_INFINITY : epoch(until);
            int ready = 0;
            while (ready < waiting.size() && waiting.get(ready).arrivesAt() < now) {
                taker.take(waiting.get(ready++));
            }
            waiting.subList(0, ready).clear();
            at = until;
            pace.reached(Time.seconds(at - WARM_UP));
        }
    }

    /** What truly happened so far. */
    public TruthFile truth(long seed, double seconds) {
        List<TruthFile.OfCluster> clusters = fleet.stream()
                .map(watched -> new TruthFile.OfCluster(
                        watched.cluster(), watched.script().truth()))
                .toList();
        return new TruthFile(plan, seed, epoch(WARM_UP), epoch(WARM_UP + Time.micros(seconds)), WARM_UP, clusters);
    }
}
