package io.quorate.ingest.recording;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A recorded answer of etcd's status call, from etcdctl or the HTTP gateway: fields that are zero are left out there. */
record StatusAnswer(
        String endpoint,
        @Nullable String clusterId,
        @Nullable String memberId,
        @Nullable String version,
        long dbSizeBytes,
        long dbSizeInUseBytes,
        @Nullable String leaderId,
        long raftTerm,
        long raftIndex,
        long raftAppliedIndex,
        boolean learner,
        List<String> errors) {

    static StatusAnswer read(String endpoint, JsonNode status) throws UnreadableLine {
        JsonNode header = status.path("header");
        if (!header.isObject()) {
            throw new UnreadableLine("body is no answer of etcd's status call, expected one with a header");
        }
        List<String> errors = new ArrayList<>();
        status.path("errors").forEach(error -> errors.add(error.asText()));
        return new StatusAnswer(
                endpoint,
                id(header, "cluster_id"),
                id(header, "member_id"),
                status.hasNonNull("version") ? status.get("version").asText() : null,
                number(status, "dbSize"),
                number(status, "dbSizeInUse"),
                id(status, "leader"),
                number(status, "raftTerm"),
                number(status, "raftIndex"),
                number(status, "raftAppliedIndex"),
                status.path("isLearner").asBoolean(),
                errors);
    }

    private static @Nullable String id(JsonNode node, String key) throws UnreadableLine {
        long id = number(node, key);
        return id == 0 ? null : Long.toHexString(id);
    }

    /** Strings from the gateway, bare numbers above 2^53 from etcdctl: unsigned both. */
    private static long number(JsonNode node, String key) throws UnreadableLine {
        String text = node.path(key).asText("0");
        try {
            return Long.parseUnsignedLong(text);
        } catch (NumberFormatException e) {
            throw new UnreadableLine(key + " is " + text + ", expected an unsigned number");
        }
    }
}
