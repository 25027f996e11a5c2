package io.quorate.cli.demo;

import io.quorate.desk.EtcdCluster;
import io.quorate.desk.EtcdCluster.Member;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;

/** Stalls the leader again and again, each time until the others have elected another: SIGSTOP, then SIGCONT. */
final class Stalls implements Runnable {

    static final Duration QUIET = Duration.ofSeconds(20);

    /** From one stall to the next: at least six in three minutes, the last early enough to see the alert resolve. */
    private static final Duration EVERY = Duration.ofSeconds(18);

    private static final Duration QUIET_END = Duration.ofSeconds(40);
    private static final Duration LONGEST = Duration.ofSeconds(8);
    private static final Duration LOOK = Duration.ofMillis(200);

    private final EtcdCluster cluster;
    private final Instant readyAt;
    private final Instant endsAt;
    private final List<Stall> stalls = new CopyOnWriteArrayList<>();

    /** One of them. */
    record Stall(Instant injectedAt, String member) {}

    Stalls(EtcdCluster cluster, Instant readyAt, Instant endsAt) {
        this.cluster = cluster;
        this.readyAt = readyAt;
        this.endsAt = endsAt;
    }

    List<Stall> soFar() {
        return List.copyOf(stalls);
    }

    @Override
    public void run() {
        try {
            Instant next = readyAt.plus(QUIET);
            while (next.isBefore(lastStall())) {
                sleepUntil(next);
                stallTheLeader();
                next = next.plus(EVERY);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** A short demo would have none otherwise. */
    private Instant lastStall() {
        Duration length = Duration.between(readyAt, endsAt);
        return length.compareTo(QUIET.plus(QUIET_END).plus(EVERY)) > 0 ? endsAt.minus(QUIET_END) : endsAt;
    }

    private void stallTheLeader() throws InterruptedException {
        Optional<Member> leader = cluster.leader();
        if (leader.isEmpty()) {
            return;
        }
        Member stalled = leader.get();
        Instant since = Instant.now();
        cluster.stall(stalled);
        stalls.add(new Stall(since, stalled.name()));
        try {
            while (Instant.now().isBefore(since.plus(LONGEST)) && !anotherLeads(stalled)) {
                Thread.sleep(LOOK.toMillis());
            }
            // Long enough for the new leader to be settled when the old one comes back.
            Thread.sleep(Duration.ofSeconds(2).toMillis());
        } finally {
            cluster.resume(stalled);
        }
    }

    private boolean anotherLeads(Member stalled) {
        return cluster.leader()
                .filter(leader -> !leader.name().equals(stalled.name()))
                .isPresent();
    }

    private static void sleepUntil(Instant time) throws InterruptedException {
        long millis = Duration.between(Instant.now(), time).toMillis();
        if (millis > 0) {
            Thread.sleep(millis);
        }
    }
}
