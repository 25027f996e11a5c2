package io.quorate.cli.demo;

import io.quorate.events.BucketVector;
import io.quorate.events.Histogram;
import io.quorate.events.Measures;
import io.quorate.events.MemberWindow;
import io.quorate.events.ScopeWindow;
import io.quorate.events.ScopeWindow.Scope;
import java.time.Instant;
import java.util.List;

/** Windows of 10 s, with 100 operations per member. */
final class Windows {

    private Windows() {}

    /** A whole one: these members and their sums. */
    static void all(View view, Instant end, String... members) {
        for (String member : members) {
            view.see(member(member, end, 0));
        }
        view.see(scope(Scope.CLUSTER, end, members.length));
        view.see(scope(Scope.FLEET, end, members.length));
    }

    static MemberWindow member(String member, Instant end, int version) {
        return new MemberWindow("demo", null, member, null, end.minusSeconds(10), end, false, version, measures(100));
    }

    static MemberWindow withGap(String member, Instant end, long operations) {
        return new MemberWindow("demo", null, member, null, end.minusSeconds(10), end, true, 0, measures(operations));
    }

    static ScopeWindow scope(Scope scope, Instant end, int members) {
        String cluster = scope == Scope.CLUSTER ? "demo" : null;
        return new ScopeWindow(
                scope, cluster, null, null, end.minusSeconds(10), end, members, false, 0, measures(100L * members));
    }

    private static Measures measures(long operations) {
        BucketVector vector = new BucketVector(
                new double[] {0.128, 0.256, 0.512}, new long[] {0, 0, operations, 0}, operations * 0.3);
        return new Measures(
                List.of(
                        new Histogram("etcd_disk_wal_fsync_duration_seconds", "", vector),
                        new Histogram("etcd_disk_backend_commit_duration_seconds", "", vector)),
                List.of(),
                List.of());
    }
}
