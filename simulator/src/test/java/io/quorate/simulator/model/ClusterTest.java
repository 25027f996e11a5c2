package io.quorate.simulator.model;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** One cluster under one cause after another, beside what etcd does. */
class ClusterTest {

    private static final long BEGIN = 10 * Time.SECOND;

    @Test
    void electsItsFirstLeaderInTermTwo() {
        Cluster cluster = cluster(Release.V3_4, 3, 7);

        assertThat(cluster.elections())
                .singleElement()
                .satisfies(election -> assertThat(election.term()).isEqualTo(2));
        assertThat(cluster.members()).allMatch(member -> value(cluster, member, "etcd_server_has_leader") == 1);
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void isWithoutLeaderForOneToTwoTimeoutsAfterAKill(long seed) {
        Cluster cluster = cluster(Release.V3_4, 3, seed);
        cluster.kill(leader(cluster));
        cluster.advanceTo(BEGIN + 20 * Time.SECOND);

        Election elected = cluster.elections().get(1);
        // The last heartbeat came up to one interval before the kill; a split vote costs another timeout.
        long splits = elected.term() - 3;
        assertThat(elected.at() - BEGIN)
                .isBetween(900 * Time.MILLISECOND, (2 + 2 * splits) * Time.SECOND + 50 * Time.MILLISECOND);
    }

    @Test
    void believesInADeadLeaderUntilTheTimeout() {
        Cluster cluster = cluster(Release.V3_4, 3, 7);
        Member dead = leader(cluster);
        cluster.kill(dead);
        cluster.advanceTo(BEGIN + 500 * Time.MILLISECOND);

        assertThat(cluster.members())
                .allMatch(member -> member == dead || cluster.status(member).leader() == dead.id());
    }

    @Test
    void handsLeadershipOverWithoutAGapWhenItsLeaderIsTerminated() {
        Cluster cluster = cluster(Release.V3_4, 3, 7);
        cluster.terminate(leader(cluster));
        cluster.advanceTo(BEGIN + 10 * Time.SECOND);

        assertThat(cluster.elections()).hasSize(2);
        assertThat(cluster.elections().get(1).at() - BEGIN).isLessThan(50 * Time.MILLISECOND);
    }

    @Test
    void losesItsLeaderAtTheHealOfAPartitionWithoutPreVoteAndJumpsManyTerms() {
        Cluster cluster = partitionedFollower(Release.V3_4);

        List<Election> elections = cluster.elections();
        assertThat(elections).hasSize(2);
        assertThat(elections.get(1).at()).isBetween(BEGIN + 25 * Time.SECOND, BEGIN + 31 * Time.SECOND);
        assertThat(elections.get(1).term() - elections.get(0).term()).isBetween(10L, 25L);
    }

    @Test
    void keepsItsLeaderAtTheHealOfAPartitionWithPreVote() {
        assertThat(partitionedFollower(Release.V3_5).elections()).hasSize(1);
    }

    @Test
    void anIsolatedMemberTellsTheTermOfItsLastAppliedEntry() {
        Cluster cluster = cluster(Release.V3_4, 3, 7);
        Member follower = follower(cluster);
        isolate(cluster, follower, true);
        cluster.advanceTo(BEGIN + 25 * Time.SECOND);

        StatusAnswer answer = cluster.status(follower);
        assertThat(answer.leader()).isZero();
        assertThat(answer.raftTerm()).isEqualTo(2);
        assertThat(answer.headerTerm()).isGreaterThan(10);
    }

    @Test
    void aLeaderWithoutAQuorumStepsDown() {
        Cluster cluster = cluster(Release.V3_5, 3, 7);
        Member leader = leader(cluster);
        isolate(cluster, leader, true);
        cluster.advanceTo(BEGIN + 10 * Time.SECOND);

        assertThat(leader.role).isNotEqualTo(Role.LEADER);
        assertThat(cluster.status(leader).leader()).isZero();
        assertThat(leader(cluster)).isNotEqualTo(leader);
    }

    @Test
    void aHungDiskShowsNoFsyncAtAllUntilItReturns() {
        Cluster cluster = cluster(Release.V3_5, 3, 7);
        Member hung = leader(cluster);
        cluster.hangDisk(hung);
        long before = hung.counters.walFsync.total();
        cluster.advanceTo(BEGIN + 12 * Time.SECOND);

        assertThat(hung.counters.walFsync.total()).isEqualTo(before);
        assertThat(value(cluster, hung, "etcd_server_is_leader")).isEqualTo(1);
        assertThat(cluster.elections()).hasSize(2);

        cluster.releaseDisk(hung);
        cluster.advanceTo(BEGIN + 13 * Time.SECOND);
        assertThat(hung.counters.walFsync.count(Edges.DISK.length)).isEqualTo(1);
        assertThat(value(cluster, hung, "etcd_server_is_leader")).isZero();
    }

    @Test
    void aSlowDiskOfTheLeaderFailsHeartbeatsAndSlowsAppliesForAll() {
        Cluster cluster = cluster(Release.V3_4, 3, 7);
        Member leader = leader(cluster);
        Member follower = follower(cluster);
        long puts = follower.counters.puts;
        cluster.diskWrites(leader, 60);
        cluster.advanceTo(BEGIN + 20 * Time.SECOND);

        assertThat(leader.counters.heartbeatSendFailures).isGreaterThan(10);
        assertThat(leader.counters.slowApplies).isGreaterThan(10);
        assertThat(follower.counters.heartbeatSendFailures).isZero();
        assertThat((follower.counters.puts - puts) / 20.0).isLessThan(20);
    }

    @Test
    void countersBeginAnewWithTheProcessButIndexesDoNot() {
        Cluster cluster = cluster(Release.V3_4, 3, 7);
        Member follower = follower(cluster);
        double started = cluster.startedAt(follower);
        double committed = value(cluster, follower, "etcd_server_proposals_committed_total");
        double puts = value(cluster, follower, "etcd_mvcc_put_total");
        cluster.kill(follower);
        cluster.start(follower);
        cluster.advanceTo(BEGIN + 3 * Time.SECOND);

        assertThat(follower.process()).isEqualTo(Process.RUNNING);
        assertThat(cluster.startedAt(follower) - started).isGreaterThanOrEqualTo(10 * Time.SECOND);
        assertThat(value(cluster, follower, "etcd_mvcc_put_total")).isLessThan(puts);
        assertThat(value(cluster, follower, "etcd_server_proposals_committed_total"))
                .isGreaterThan(committed);
        assertThat(value(cluster, follower, "etcd_server_leader_changes_seen_total"))
                .isEqualTo(1);
    }

    @Test
    void theAlarmListIsAProposalAndHangsWithoutAQuorum() {
        Cluster cluster = cluster(Release.V3_4, 3, 7, new Load(0, 1, 1, 1, 0, 0, 0));
        cluster.advanceTo(BEGIN + 2 * Time.SECOND);
        Member asked = follower(cluster);
        double before = value(cluster, asked, "etcd_server_proposals_committed_total");
        for (int i = 0; i < 20; i++) {
            assertThat(cluster.listAlarms(asked)).isTrue();
            cluster.status(asked);
        }
        cluster.advanceTo(BEGIN + 4 * Time.SECOND);
        assertThat(value(cluster, asked, "etcd_server_proposals_committed_total"))
                .isEqualTo(before + 20);

        cluster.members().stream().filter(member -> member != asked).forEach(cluster::kill);
        cluster.advanceTo(BEGIN + 4 * Time.SECOND + 1);
        assertThat(cluster.listAlarms(asked)).isFalse();
    }

    @Test
    void noSpaceRefusesPutsUntilItIsDisarmedWhateverIsCompacted() {
        Load large = new Load(60, 3, 16 << 10, 200, 0, 0.5, 0);
        ClusterShape shape = shape(Release.V3_4, 3, large, 32 << 20);
        Cluster cluster = new Cluster("c", Map.of(), shape, new RandomStream(7));
        cluster.advanceTo(60 * Time.SECOND);

        Member member = cluster.members().get(0);
        StatusAnswer full = cluster.status(member);
        double puts = value(cluster, member, "etcd_mvcc_put_total");
        assertThat(full.errors()).isNotEmpty().allMatch(error -> error.contains("alarm:NOSPACE"));
        assertThat(full.dbSize()).isBetween(31L << 20, 34L << 20);

        cluster.compact();
        cluster.members().forEach(cluster::defragment);
        cluster.advanceTo(65 * Time.SECOND);
        assertThat(cluster.status(member).errors()).isNotEmpty();
        assertThat(cluster.status(member).dbSize()).isLessThan(8 << 20);
        assertThat(value(cluster, member, "etcd_mvcc_put_total")).isEqualTo(puts);
        assertThat(value(cluster, member, "etcd_server_proposals_failed_total")).isZero();

        cluster.disarm();
        cluster.advanceTo(70 * Time.SECOND);
        assertThat(cluster.status(member).errors()).isEmpty();
        assertThat(value(cluster, member, "etcd_mvcc_put_total")).isGreaterThan(puts);
    }

    @Test
    void aDelayedLinkShowsLateInTheSmoothedRoundTripTime() {
        Cluster cluster = cluster(Release.V3_4, 3, 7);
        Member member = cluster.members().get(0);
        Tally roundTrip = member.counters.peerRoundTrip[1];
        cluster.advanceTo(BEGIN + 25 * Time.SECOND);
        assertThat(roundTrip.total()).isEqualTo(2);
        cluster.delay(member, cluster.members().get(1), 60 * Time.MILLISECOND);
        cluster.advanceTo(BEGIN + 65 * Time.SECOND);

        assertThat(roundTrip.total()).isEqualTo(4);
        assertThat(roundTrip.sum()).isGreaterThan(2 * 0.03);
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12})
    void aTermHasOneLeaderWhateverHappens(long seed) {
        RandomStream random = new RandomStream(seed).split(99);
        Cluster cluster = cluster(seed % 2 == 0 ? Release.V3_4 : Release.V3_5, seed % 3 == 0 ? 5 : 3, seed);
        for (long at = BEGIN; at < BEGIN + 600 * Time.SECOND; at += random.below(3 * Time.SECOND)) {
            cluster.advanceTo(at);
            Member member =
                    cluster.members().get((int) random.below(cluster.members().size()));
            Member other =
                    cluster.members().get((int) random.below(cluster.members().size()));
            switch ((int) random.below(12)) {
                case 0 -> cluster.kill(member);
                case 1, 2 -> cluster.start(member);
                case 3 -> cluster.pause(member);
                case 4, 5 -> cluster.resume(member);
                case 6 -> cluster.cut(member, other, member != other);
                case 7 -> isolate(cluster, member, false);
                case 8 -> cluster.diskWrites(member, random.chance(0.3) ? 12 : 0);
                case 9 -> cluster.terminate(member);
                case 10 -> cluster.hangDisk(member);
                default -> cluster.releaseDisk(member);
            }
        }

        Set<Long> terms = new HashSet<>();
        assertThat(cluster.elections()).hasSizeGreaterThan(1).allMatch(election -> terms.add(election.term()));
        for (Member member : cluster.members()) {
            cluster.releaseDisk(member);
            cluster.diskWrites(member, 0);
            isolate(cluster, member, false);
            cluster.resume(member);
            cluster.start(member);
        }
        cluster.advanceTo(BEGIN + 660 * Time.SECOND);
        assertThat(cluster.leader()).as("once all is well again").isNotNull();
    }

    @Test
    void whoHearsALeaderDoesNotListenToACandidateThatHearsNone() {
        Cluster cluster = cluster(Release.V3_4, 3, 7);
        Member deaf = follower(cluster);
        cluster.members().stream().filter(member -> member != deaf).forEach(member -> cluster.cut(member, deaf, true));
        cluster.advanceTo(BEGIN + 20 * Time.SECOND);

        assertThat(deaf.term).as("it campaigns again and again").isGreaterThan(8);
        assertThat(cluster.elections()).hasSize(1);
    }

    @Test
    void splitsVotesOverSlowLinksAndStillNeverElectsTwoInATerm() {
        Cluster cluster = cluster(Release.V3_4, 5, 7);
        for (Member from : cluster.members()) {
            for (Member to : cluster.members()) {
                cluster.delay(from, to, 400 * Time.MILLISECOND);
            }
        }
        for (int round = 1; round <= 40; round++) {
            Member leader = cluster.leader();
            if (leader != null) {
                cluster.pause(leader);
            }
            cluster.advanceTo(BEGIN + round * 20 * Time.SECOND);
            cluster.members().forEach(cluster::resume);
            cluster.advanceTo(BEGIN + round * 20 * Time.SECOND + 5 * Time.SECOND);
        }

        List<Election> elections = cluster.elections();
        assertThat(elections).extracting(Election::term).doesNotHaveDuplicates();
        long gained = elections.get(elections.size() - 1).term() - 2;
        assertThat(gained).as("terms, some of them without a leader").isGreaterThan(elections.size());
    }

    @Test
    void neitherEndSendsOverALinkOfWhichOneDirectionIsCut() {
        Cluster cluster = cluster(Release.V3_5, 3, 7);
        Member leader = leader(cluster);
        Member follower = follower(cluster);
        cluster.cut(follower, leader, true);
        cluster.advanceTo(BEGIN + 30 * Time.SECOND);

        assertThat(leader.counters.peerSendFailures[follower.index]).isGreaterThan(100);
        assertThat(follower.counters.peerSendFailures[leader.index]).isPositive();
    }

    @Test
    void failsToSendVotesWhileItIsCutOff() {
        Cluster cluster = cluster(Release.V3_5, 3, 7);
        Member alone = follower(cluster);
        isolate(cluster, alone, true);
        cluster.advanceTo(BEGIN + 60 * Time.SECOND);

        // One round of votes in one to two timeouts, once the streams are known to be broken.
        for (Member peer : cluster.members()) {
            if (peer != alone) {
                assertThat(alone.counters.peerSendFailures[peer.index]).isBetween(15L, 60L);
            }
        }
    }

    @Test
    void appliesNothingWhileItsBackendIsRewritten() {
        Cluster cluster = cluster(Release.V3_5, 3, 7, new Load(40, 3, 64 << 10, 1000, 10, 0.5, 10));
        cluster.advanceTo(BEGIN + 120 * Time.SECOND);
        Member member = follower(cluster);
        long before = cluster.status(member).raftAppliedIndex();
        cluster.defragment(member);
        cluster.advanceTo(BEGIN + 121 * Time.SECOND);
        assertThat(cluster.status(member).raftAppliedIndex()).isEqualTo(before);
        assertThat(cluster.status(member).raftIndex()).isGreaterThan(before + 10);

        cluster.advanceTo(BEGIN + 130 * Time.SECOND);
        assertThat(cluster.status(member).raftAppliedIndex())
                .isEqualTo(cluster.status(member).raftIndex());
    }

    @Test
    void catchesUpWithFarFewerFsyncsThanItMissedEntries() {
        Cluster cluster = cluster(Release.V3_5, 3, 7);
        Member member = follower(cluster);
        cluster.kill(member);
        cluster.advanceTo(BEGIN + 120 * Time.SECOND);
        cluster.start(member);
        cluster.advanceTo(BEGIN + 122 * Time.SECOND);

        assertThat(member.counters.entries).isGreaterThan(2000);
        assertThat(member.counters.walFsync.total()).isLessThan(300);
    }

    private static Cluster partitionedFollower(Release release) {
        Cluster cluster = cluster(release, 3, 7);
        Member follower = follower(cluster);
        isolate(cluster, follower, true);
        cluster.advanceTo(BEGIN + 25 * Time.SECOND);
        isolate(cluster, follower, false);
        cluster.advanceTo(BEGIN + 40 * Time.SECOND);
        return cluster;
    }

    private static void isolate(Cluster cluster, Member member, boolean cut) {
        for (Member other : cluster.members()) {
            if (other != member) {
                cluster.cut(member, other, cut);
                cluster.cut(other, member, cut);
            }
        }
    }

    private static Member leader(Cluster cluster) {
        return Objects.requireNonNull(cluster.leader());
    }

    private static Member follower(Cluster cluster) {
        return cluster.members().stream()
                .filter(member -> member != cluster.leader())
                .findFirst()
                .orElseThrow();
    }

    private static double value(Cluster cluster, Member member, String metric) {
        return Objects.requireNonNull(Readings.value(metric)).of(cluster, member, 0);
    }

    private static Cluster cluster(Release release, int members, long seed) {
        return cluster(release, members, seed, Load.DEFAULT);
    }

    private static Cluster cluster(Release release, int members, long seed, Load load) {
        Cluster cluster = new Cluster("c", Map.of(), shape(release, members, load, 2L << 30), new RandomStream(seed));
        cluster.advanceTo(BEGIN);
        return cluster;
    }

    private static ClusterShape shape(Release release, int members, Load load, long quota) {
        return new ClusterShape(
                members,
                release,
                release.preVote(),
                Time.SECOND,
                100 * Time.MILLISECOND,
                quota,
                0,
                load,
                ClusterShape.FSYNC,
                ClusterShape.COMMIT);
    }
}
