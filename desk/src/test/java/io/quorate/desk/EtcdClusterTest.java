package io.quorate.desk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class EtcdClusterTest {
    @TempDir
    Path folder;

    @Test
    void itsLogsNameTheLeaderThatTookOverFromAStalledOne() {
        List<EtcdCluster.Member> members;
        try (EtcdCluster cluster = EtcdCluster.start(TestHome.in(folder), "etcd", "desk-test", 3);
                EtcdLoad load = EtcdLoad.start(cluster.endpoints(), 40)) {
            members = cluster.members();
            await().until(() -> cluster.leader().isPresent());
            EtcdCluster.Member first = cluster.leader().orElseThrow();
            Election before = last(cluster.elections());
            assertThat(before.member()).isEqualTo(first.name());
            assertThat(before.memberId()).isEqualTo(cluster.id(first));

            cluster.stall(first);
            await().atMost(Duration.ofSeconds(10))
                    .until(() -> cluster.leader()
                            .filter(leader -> !leader.name().equals(first.name()))
                            .isPresent());
            EtcdCluster.Member second = cluster.leader().orElseThrow();
            Election after = last(cluster.elections());
            assertThat(after.member()).isEqualTo(second.name());
            assertThat(after.memberId()).isEqualTo(cluster.id(second));
            assertThat(after.term()).isGreaterThan(before.term());
            assertThat(after.at()).isAfter(before.at());

            cluster.resume(first);
            cluster.kill(second);
            assertThat(cluster.alive(second)).isFalse();
            EtcdCluster.Member again = cluster.restart(second);
            assertThat(again.pid()).isNotEqualTo(second.pid());
            assertThat(again.clientUrl()).isEqualTo(second.clientUrl());
            members = cluster.members();
            long served = load.succeeded();
            await().until(() -> load.succeeded() > served + 10);
        }
        assertThat(members).noneMatch(member -> TestHome.runs(member.pid()));
        assertThat(members).allSatisfy(member -> assertThat(member.logFile()).isNotEmptyFile());
    }

    @Test
    void goesOnWithItsDataOnPortsThatItWasGiven() throws Exception {
        Home home = TestHome.in(folder);
        EtcdCluster.Options options = EtcdCluster.Options.standard().at(freeBase());
        EtcdCluster.Member before;
        long term;
        try (EtcdCluster cluster = EtcdCluster.start(home, "etcd", "kept-test", 1, options)) {
            before = cluster.members().get(0);
            term = last(cluster.elections()).term();
            assertThat(before.clientUrl()).isEqualTo("http://127.0.0.1:" + options.basePort());
            assertThatThrownBy(() -> EtcdCluster.start(home, "another", "kept-too", 1, options))
                    .isInstanceOf(PortBusy.class)
                    .hasMessageContainingAll(
                            "port " + options.basePort(),
                            "member m1 of etcd cluster kept-too",
                            "etcd (pid " + before.pid() + ")",
                            "set another base port");
        }
        try (EtcdCluster cluster = EtcdCluster.start(home, "etcd", "kept-test", 1, options)) {
            assertThat(cluster.members().get(0).clientUrl()).isEqualTo(before.clientUrl());
            assertThat(last(cluster.elections()).term()).isGreaterThan(term);
        }
        EtcdCluster.removeData(home, "etcd");
        assertThat(home.data().resolve("etcd")).doesNotExist();
        assertThat(before.logFile()).isNotEmptyFile();
        EtcdCluster.removeLogs(home, "etcd");
        assertThat(before.logFile()).doesNotExist();
    }

    /** Of three ports in a row. */
    private static int freeBase() {
        return Stream.generate(FreePorts::next)
                .filter(port -> FreePorts.free(port + 1) && FreePorts.free(port + 2))
                .findFirst()
                .orElseThrow();
    }

    private static Election last(List<Election> elections) {
        return elections.get(elections.size() - 1);
    }
}
