package io.quorate.desk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import io.quorate.desk.EtcdCluster.Member;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class SlowDiskTest {
    private static final Duration DELAY = Duration.ofMillis(300);

    /** Every edge below the delay ends a bucket that a delayed fsync cannot be in. */
    private static final String BELOW_THE_DELAY = "etcd_disk_wal_fsync_duration_seconds_bucket{le=\"0.256\"}";

    private static final String ALL = "etcd_disk_wal_fsync_duration_seconds_count";

    @TempDir
    Path folder;

    @Test
    void delaysEveryFsyncUntilItIsClosedOrItsTracerDies() {
        Home home = TestHome.in(folder);
        try (EtcdCluster cluster = EtcdCluster.start(home, "etcd", "slow-disk-test", 1);
                EtcdLoad load = EtcdLoad.start(cluster.endpoints(), 40)) {
            Member member = cluster.members().get(0);
            awaitQuick(member, 20);

            SlowDisk slow = slowIfAllowed(home, member);
            assertThat(slow.isSlow()).isTrue();
            assertThatThrownBy(() -> SlowDisk.under(home, member, DELAY))
                    .as("a process has one tracer")
                    .isInstanceOf(PartUnavailable.class)
                    .hasMessageContaining("the disk of m1 cannot be slowed")
                    .hasMessageContaining("Operation not permitted")
                    .hasMessageContaining("allow it");
            awaitSlow(member, 5);

            slow.close();
            assertThat(slow.isSlow()).isFalse();
            assertThat(TestHome.runs(slow.pid())).isFalse();
            awaitQuick(member, 20);

            SlowDisk again = SlowDisk.under(home, member, DELAY);
            awaitSlow(member, 3);
            ProcessId.of(again.pid()).orElseThrow().signal(LibC.SIGKILL);
            await().until(() -> !again.isSlow());
            awaitQuick(member, 20);
            again.close();

            assertThat(cluster.alive(member)).isTrue();
            assertThat(cluster.members()).containsExactly(member);
            long served = load.succeeded();
            await().until(() -> load.succeeded() > served + 10);
        }
    }

    @Test
    void saysWhyAMemberThatIsNoMoreHasNoDisk() {
        Home home = TestHome.in(folder);
        Child ended = Processes.spawn(home, "ended", List.of("true"), home.log("ended"), Map.of());
        await().until(() -> !ended.alive());
        ended.close();
        Member gone = new Member("m9", "http://127.0.0.1:1", ended.pid(), home.log("ended"));
        assertThatThrownBy(() -> SlowDisk.under(home, gone, DELAY))
                .isInstanceOf(PartUnavailable.class)
                .hasMessageContaining("the disk of m9 cannot be slowed")
                .hasMessageContaining("No such process");
    }

    @Test
    void namesTheLineThatWouldAllowIt() {
        String refused = "strace: attach: ptrace(PTRACE_SEIZE, 7): Operation not permitted";
        assertThat(SlowDisk.wayOut(refused, Optional.of("1"))).endsWith("sudo sysctl kernel.yama.ptrace_scope=0");
        assertThat(SlowDisk.wayOut(refused, Optional.of("0"))).endsWith("--cap-add=SYS_PTRACE");
        assertThat(SlowDisk.wayOut(refused, Optional.empty())).endsWith("--cap-add=SYS_PTRACE");
        assertThat(SlowDisk.wayOut("strace: error while loading shared libraries", Optional.of("1")))
                .endsWith("apt-get install strace");
    }

    /** A kernel that forbids tracing is told as a test that was not run, as the demo tells it as a step skipped. */
    private static SlowDisk slowIfAllowed(Home home, Member member) {
        try {
            return SlowDisk.under(home, member, DELAY);
        } catch (PartUnavailable e) {
            assumeFalse(String.valueOf(e.getMessage()).contains("not permitted"), e.getMessage());
            throw e;
        }
    }

    /** So many more fsyncs, each of them delayed. */
    private static void awaitSlow(Member member, int more) {
        // One may be on its way while the tracer attaches.
        Fsyncs before = awaitMore(member, Fsyncs.of(member), 2);
        Fsyncs after = awaitMore(member, before, more);
        assertThat(after.quick()).as("quick ones among %s", after).isEqualTo(before.quick());
    }

    /** So many more quick ones than there are. */
    private static void awaitQuick(Member member, int more) {
        Fsyncs before = Fsyncs.of(member);
        await().atMost(Duration.ofSeconds(30)).until(() -> Fsyncs.of(member).quick() >= before.quick() + more);
    }

    private static Fsyncs awaitMore(Member member, Fsyncs than, int more) {
        return await().atMost(Duration.ofSeconds(30))
                .until(() -> Fsyncs.of(member), now -> now.all() >= than.all() + more);
    }

    /** What the member has counted since it started. */
    private record Fsyncs(long quick, long all) {

        static Fsyncs of(Member member) {
            String metrics = Readiness.get(member.clientUrl() + "/metrics").orElse("");
            return new Fsyncs(value(metrics, BELOW_THE_DELAY), value(metrics, ALL));
        }

        private static long value(String metrics, String series) {
            return metrics.lines()
                    .filter(line -> line.startsWith(series + " "))
                    .map(line -> (long) Double.parseDouble(line.substring(series.length() + 1)))
                    .findFirst()
                    .orElse(0L);
        }
    }
}
