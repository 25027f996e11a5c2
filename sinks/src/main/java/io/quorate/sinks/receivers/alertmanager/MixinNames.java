package io.quorate.sinks.receivers.alertmanager;

import java.util.HashMap;
import java.util.Map;

/** What etcd's own alerts call the things that our rules see, so that routes written for those go on working. */
final class MixinNames {

    private static final Map<String, String> BY_RULE = new HashMap<>();

    static {
        name("etcdMembersDown", "EtcdMemberDown", "EtcdMemberHangs", "EtcdMemberIsolated", "EtcdPeerSendsFail");
        name("etcdInsufficientMembers", "EtcdQuorumLost");
        name("etcdNoLeader", "EtcdMemberLeaderless", "EtcdClusterLeaderless");
        name("etcdHighNumberOfLeaderChanges", "EtcdElectionStorm", "EtcdLeaderFlapping");
        name("etcdHighNumberOfFailedGRPCRequests", "EtcdRequestsFail");
        name("etcdGRPCRequestsSlow", "EtcdRequestsSlow");
        name("etcdMemberCommunicationSlow", "EtcdPeerRoundTripSlow", "EtcdPeerRoundTripTail");
        name("etcdHighNumberOfFailedProposals", "EtcdProposalsFail");
        name("etcdHighFsyncDurations", "EtcdWalFsyncSlow", "EtcdWalFsyncVerySlow");
        name("etcdHighCommitDurations", "EtcdBackendCommitSlow", "EtcdBackendCommitVerySlow");
        name("etcdDatabaseQuotaLowSpace", "EtcdDatabaseNearQuota");
        name("etcdExcessiveDatabaseGrowth", "EtcdQuotaRunwayShort", "EtcdQuotaRunwayLow");
        name("etcdDatabaseHighFragmentationRatio", "EtcdDatabaseFragmented");
    }

    private MixinNames() {}

    /** The rule's own name where they have none. */
    static String of(String rule) {
        return BY_RULE.getOrDefault(rule, rule);
    }

    private static void name(String theirs, String... ours) {
        for (String rule : ours) {
            BY_RULE.put(rule, theirs);
        }
    }
}
