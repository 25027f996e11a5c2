package io.quorate.simulator.model;

import java.util.ArrayList;
import java.util.List;

/**
 * What a member answers to etcd's status call.
 *
 * @param leader id that it believes in; 0 for none
 * @param headerTerm the term that raft is in
 * @param raftTerm the term of the last applied entry: it lags
 * @param alarmed ids of the members that raised NOSPACE
 */
public record StatusAnswer(
        long clusterId,
        long memberId,
        long revision,
        String version,
        long dbSize,
        long dbSizeInUse,
        long leader,
        long headerTerm,
        long raftIndex,
        long raftTerm,
        long raftAppliedIndex,
        List<Long> alarmed) {

    /** In etcd's own words: that there is no leader, and the alarms. */
    public List<String> errors() {
        List<String> errors = new ArrayList<>();
        if (leader == 0) {
            errors.add("etcdserver: no leader");
        }
        alarmed.forEach(member -> errors.add("memberID:" + Long.toUnsignedString(member) + " alarm:NOSPACE "));
        return errors;
    }
}
