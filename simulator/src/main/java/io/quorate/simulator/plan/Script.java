package io.quorate.simulator.plan;

import io.quorate.simulator.model.Cluster;
import io.quorate.simulator.model.Load;
import io.quorate.simulator.model.Member;
import io.quorate.simulator.model.Time;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** A plan as it is followed in one cluster. */
public final class Script {

    private final Cluster cluster;
    private final long beginning;
    private final Truth truth = new Truth();
    /** Members that the collector cannot reach, though others can. */
    private final Set<Member> unreachable = new HashSet<>();

    /** Enters the plan in the cluster's agenda; its times count from {@code beginning}. */
    public Script(Plan plan, Cluster cluster, long beginning) {
        this.cluster = cluster;
        this.beginning = beginning;
        for (Fault fault : plan.faults()) {
            if (fault.target().hits(cluster)) {
                cluster.at(beginning + fault.at(), () -> begin(fault));
            }
        }
    }

    public Truth truth() {
        return truth;
    }

    public boolean reachable(Member member) {
        return !unreachable.contains(member);
    }

    public static String zone(Member member) {
        return Target.zone(member);
    }

    private void begin(Fault fault) {
        switch (fault.kind()) {
            case DISK_SLOW ->
                each(fault, member -> slowDisk(member, fault), member -> {
                    cluster.disk(member, 1);
                    cluster.diskWrites(member, 0);
                });
            case DISK_HANG -> each(fault, cluster::hangDisk, cluster::releaseDisk);
            case KILL -> each(fault, cluster::kill, cluster::start);
            case PAUSE -> each(fault, cluster::pause, cluster::resume);
            case TERMINATE -> each(fault, cluster::terminate, cluster::start);
            case ROLLING_RESTART -> roll(fault);
            case PARTITION -> each(fault, member -> part(fault, member, true), member -> part(fault, member, false));
            case LINK_FLAP ->
                each(fault, member -> flap(fault, member, cluster.now() + fault.lasts()), member -> {
                    part(fault, member, false);
                });
            case NETWORK_DELAY ->
                each(fault, member -> delay(member, fault.number("delay", 0.06)), member -> delay(member, 0));
            case CPU_STARVED ->
                each(
                        fault,
                        member -> cluster.processor(member, Math.max(0.001, fault.number("share", 0.05))),
                        member -> cluster.processor(member, 1));
            case REQUEST_STORM -> whole(fault, cluster.load().times(fault.number("times", 10)));
            case QUOTA_GROWTH -> whole(fault, grown(fault, cluster.load()));
            case EXPENSIVE_READS -> {
                cluster.expensiveReads(fault.number("per-second", 2), fault.number("each", 0.5));
                over(fault, List.of(), () -> cluster.expensiveReads(0, 0.5));
            }
            case WATCH_STARVED ->
                each(
                        fault,
                        member -> cluster.slowWatchers(
                                member, (long) fault.number("watchers", 5), (long) fault.number("events", 10_000)),
                        member -> cluster.slowWatchers(member, 0, 0));
            case COMPACT -> {
                cluster.compact();
                moment(fault, List.of());
            }
            case DEFRAGMENT -> moments(fault, cluster::defragment);
            case DISARM -> {
                cluster.disarm();
                moment(fault, List.of());
            }
            case CLOCK_SKEW ->
                each(
                        fault,
                        member -> cluster.clock(member, Time.micros(fault.number("offset", 30))),
                        member -> cluster.clock(member, 0));
            case COUNTER_RESET ->
                moments(fault, member -> {
                    cluster.kill(member);
                    cluster.start(member);
                });
            case SCRAPE_GAP -> each(fault, unreachable::add, unreachable::remove);
        }
    }

    private interface Act {
        void on(Member member);
    }

    private void each(Fault fault, Act begins, Act ends) {
        List<Member> hit = fault.target().members(cluster);
        hit.forEach(begins::on);
        over(fault, hit, () -> hit.forEach(ends::on));
    }

    private void over(Fault fault, List<Member> hit, Runnable ends) {
        List<String> names = hit.stream().map(Member::name).toList();
        truth.add(cluster.now() - beginning, "fault_start", fault.kind(), names);
        cluster.at(cluster.now() + fault.lasts(), () -> {
            ends.run();
            truth.add(cluster.now() - beginning, "fault_end", fault.kind(), names);
        });
    }

    private void whole(Fault fault, Load load) {
        Load before = cluster.load();
        cluster.load(load);
        over(fault, List.of(), () -> cluster.load(before));
    }

    private void moments(Fault fault, Act act) {
        List<Member> hit = fault.target().members(cluster);
        hit.forEach(act::on);
        moment(fault, hit);
    }

    private void moment(Fault fault, List<Member> hit) {
        truth.add(
                cluster.now() - beginning,
                "fault",
                fault.kind(),
                hit.stream().map(Member::name).toList());
    }

    private void slowDisk(Member member, Fault fault) {
        cluster.disk(member, fault.number("times", 1));
        cluster.diskWrites(member, fault.number("writes-per-second", 0));
    }

    private static Load grown(Fault fault, Load load) {
        return new Load(
                fault.number("puts", load.puts()),
                load.workers(),
                (int) fault.number("value", 16 << 10),
                (long) fault.number("keys", 1e9),
                load.ranges(),
                load.others(),
                load.watchers());
    }

    private void part(Fault fault, Member member, boolean lost) {
        for (Member other : cluster.members()) {
            if (other != member) {
                if (!fault.direction().equals("in")) {
                    cluster.cut(member, other, lost);
                }
                if (!fault.direction().equals("out")) {
                    cluster.cut(other, member, lost);
                }
            }
        }
    }

    private void flap(Fault fault, Member member, long until) {
        long half = Time.micros(fault.number("every", 4) / 2);
        part(fault, member, true);
        cluster.at(cluster.now() + half, () -> part(fault, member, false));
        if (cluster.now() + 2 * half < until) {
            cluster.at(cluster.now() + 2 * half, () -> flap(fault, member, until));
        }
    }

    private void delay(Member member, double seconds) {
        for (Member other : cluster.members()) {
            if (other != member) {
                cluster.delay(member, other, Time.micros(seconds));
            }
        }
    }

    private void roll(Fault fault) {
        long every = Time.micros(fault.number("every", 15));
        long down = Time.micros(fault.number("down", 2));
        List<Member> hit = fault.target().members(cluster);
        truth.add(
                cluster.now() - beginning,
                "fault_start",
                fault.kind(),
                hit.stream().map(Member::name).toList());
        for (int i = 0; i < hit.size(); i++) {
            Member member = hit.get(i);
            cluster.at(cluster.now() + i * every, () -> cluster.terminate(member));
            cluster.at(cluster.now() + i * every + down, () -> cluster.start(member));
        }
        cluster.at(
                cluster.now() + (hit.size() - 1) * every + down,
                () -> truth.add(
                        cluster.now() - beginning,
                        "fault_end",
                        fault.kind(),
                        hit.stream().map(Member::name).toList()));
    }
}
