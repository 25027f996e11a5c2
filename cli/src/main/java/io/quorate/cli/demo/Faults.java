package io.quorate.cli.demo;

import io.quorate.desk.EtcdCluster;
import io.quorate.desk.EtcdCluster.Member;
import io.quorate.desk.Home;
import io.quorate.desk.PartUnavailable;
import io.quorate.desk.SlowDisk;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Hurts the cluster by the plan, one fault after the other, on a thread of its own; closing ends the one that lasts. */
final class Faults implements AutoCloseable {

    /** Far beyond any bucket that fsyncs of a healthy disk fall into, and too short to keep heartbeats waiting. */
    static final Duration DELAY = Duration.ofMillis(300);

    private static final Duration LONGEST_STALL = Duration.ofSeconds(8);
    private static final Duration LOOK = Duration.ofMillis(200);

    private final Home home;
    private final EtcdCluster cluster;
    private final Plan plan;
    private final Instant readyAt;
    private final List<Fault> faults = new ArrayList<>();
    private final Map<String, String> skipped;
    private final Thread thread = new Thread(this::run, "faults");

    Faults(Home home, EtcdCluster cluster, Plan plan, Instant readyAt) {
        this.home = home;
        this.cluster = cluster;
        this.plan = plan;
        this.readyAt = readyAt;
        this.skipped = new LinkedHashMap<>(plan.skipped());
    }

    Faults start() {
        thread.setDaemon(true);
        thread.start();
        return this;
    }

    /** In order of time. */
    synchronized List<Fault> soFar() {
        return List.copyOf(faults);
    }

    /** What is not done, with the reason. */
    synchronized Map<String, String> skipped() {
        return new LinkedHashMap<>(skipped);
    }

    private void run() {
        try {
            for (Duration stall : plan.stalls()) {
                sleepUntil(readyAt.plus(stall));
                stallTheLeader();
            }
            if (plan.slowDisk() != null) {
                sleepUntil(readyAt.plus(plan.slowDisk()));
                slowAFollower();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Until the others have elected another. */
    private void stallTheLeader() throws InterruptedException {
        Optional<Member> leader = cluster.leader();
        if (leader.isEmpty()) {
            return;
        }
        Member stalled = leader.get();
        Instant since = Instant.now();
        cluster.stall(stalled);
        begin(Fault.begun(Fault.Kind.STALLED_LEADER, stalled.name(), since));
        try {
            while (Instant.now().isBefore(since.plus(LONGEST_STALL)) && !anotherLeads(stalled)) {
                Thread.sleep(LOOK.toMillis());
            }
            // Long enough for the new leader to be settled when the old one comes back.
            Thread.sleep(Duration.ofSeconds(2).toMillis());
        } finally {
            cluster.resume(stalled);
            end();
        }
    }

    private boolean anotherLeads(Member stalled) {
        return cluster.leader()
                .filter(leader -> !leader.name().equals(stalled.name()))
                .isPresent();
    }

    /** A slow leader would make every client wait, and might lose its leadership. */
    private void slowAFollower() throws InterruptedException {
        Optional<Member> leader = cluster.leader();
        Optional<Member> follower = cluster.members().stream()
                .filter(member -> leader.isPresent() && !member.equals(leader.get()))
                .findFirst();
        if (follower.isEmpty()) {
            skip("the cluster had no leader, so nobody was a follower");
            return;
        }
        try (SlowDisk disk = SlowDisk.under(home, follower.get(), DELAY)) {
            Instant since = Instant.now();
            begin(Fault.begun(Fault.Kind.SLOW_DISK, follower.get().name(), since));
            while (Instant.now().isBefore(since.plus(Plan.SLOW)) && disk.isSlow()) {
                Thread.sleep(LOOK.toMillis());
            }
            if (!disk.isSlow()) {
                skip("strace, which made the disk of " + follower.get().name() + " slow, ended before its time");
            }
        } catch (PartUnavailable e) {
            skip(String.valueOf(e.getMessage()));
        } finally {
            end();
        }
    }

    private synchronized void begin(Fault fault) {
        faults.add(fault);
    }

    private synchronized void end() {
        Instant now = Instant.now();
        faults.replaceAll(fault -> fault.lasts() ? fault.ended(now) : fault);
    }

    private synchronized void skip(String reason) {
        skipped.put(Plan.SLOW_DISK, reason);
    }

    private static void sleepUntil(Instant time) throws InterruptedException {
        long millis = Duration.between(Instant.now(), time).toMillis();
        if (millis > 0) {
            Thread.sleep(millis);
        }
    }

    @Override
    public void close() {
        thread.interrupt();
        try {
            thread.join(Duration.ofSeconds(10).toMillis());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
