package io.quorate.simulator.face;

import io.quorate.simulator.model.StatusAnswer;
import java.util.stream.Collectors;

/** Answers as etcd's HTTP gateway writes them: ids as unsigned decimal strings, fields that are zero left out. */
final class GatewayJson {

    private GatewayJson() {}

    static String status(StatusAnswer status) {
        StringBuilder json = new StringBuilder(300);
        json.append("{\"header\":{\"cluster_id\":\"")
                .append(Long.toUnsignedString(status.clusterId()))
                .append("\",\"member_id\":\"")
                .append(Long.toUnsignedString(status.memberId()))
                .append('"');
        field(json, "revision", status.revision());
        field(json, "raft_term", status.headerTerm());
        json.append("},\"version\":\"").append(status.version()).append('"');
        field(json, "dbSize", status.dbSize());
        field(json, "leader", status.leader());
        field(json, "raftIndex", status.raftIndex());
        field(json, "raftTerm", status.raftTerm());
        field(json, "raftAppliedIndex", status.raftAppliedIndex());
        if (!status.errors().isEmpty()) {
            json.append(",\"errors\":[")
                    .append(status.errors().stream()
                            .map(error -> '"' + error + '"')
                            .collect(Collectors.joining(",")))
                    .append(']');
        }
        field(json, "dbSizeInUse", status.dbSizeInUse());
        return json.append('}').toString();
    }

    private static void field(StringBuilder json, String name, long value) {
        if (value != 0) {
            json.append(",\"")
                    .append(name)
                    .append("\":\"")
                    .append(Long.toUnsignedString(value))
                    .append('"');
        }
    }
}
