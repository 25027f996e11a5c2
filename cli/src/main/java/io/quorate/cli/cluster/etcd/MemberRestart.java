package io.quorate.cli.cluster.etcd;

import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** The restart of one member: it is ended, and its keeper starts it again as it does any that ends. */
record MemberRestart(KeptEtcd cluster, String member) {

    static final Duration PATIENCE = Duration.ofSeconds(60);

    /** One that hangs does not hear that it should end. */
    private static final Duration GRACE = Duration.ofSeconds(10);

    private static final long LOOK_MILLIS = 100;
    private static final double NANOS = 1e9;

    /** Waits until it is healthy again; false when it is not in time. */
    boolean run() throws Exception {
        long before = cluster.running().member(member).pid();
        long begun = System.nanoTime();
        Optional<ProcessHandle> process = ProcessHandle.of(before);
        process.ifPresent(ProcessHandle::destroy);
        boolean forced = false;
        Calls calls = Calls.of(cluster, cluster.running().layout());
        while (System.nanoTime() - begun < PATIENCE.toNanos()) {
            Running running = cluster.running();
            long now = running.member(member).pid();
            if (now != before && ClusterState.ask(calls, running).member(member).healthy()) {
                System.out.println(member + " is healthy again after "
                        + String.format(Locale.ROOT, "%.1f s", (System.nanoTime() - begun) / NANOS) + ", pid " + before
                        + " -> " + now + (forced ? "; it hung and was killed" : ""));
                return true;
            }
            if (now == before && !forced && System.nanoTime() - begun > GRACE.toNanos()) {
                forced = process.map(ProcessHandle::destroyForcibly).orElse(false);
            }
            TimeUnit.MILLISECONDS.sleep(LOOK_MILLIS);
        }
        return false;
    }
}
