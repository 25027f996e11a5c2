package io.quorate.cli.cluster.etcd;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What one member says of itself when it is asked now.
 *
 * @param id in lower-case hex; null where it did not answer
 * @param leaderId whom it believes to lead; null for nobody
 * @param errors as etcd words them, alarms among them; or why it did not answer
 */
record MemberState(
        String member,
        String endpoint,
        long pid,
        @Nullable String id,
        String version,
        long dbSizeBytes,
        long raftTerm,
        long raftIndex,
        @Nullable String leaderId,
        boolean learner,
        boolean healthy,
        List<String> errors) {

    MemberState {
        errors = List.copyOf(errors);
    }

    static MemberState of(Running.Member member, String endpoint, Calls.Said status, Calls.Said health) {
        List<String> errors = new ArrayList<>();
        if (status.failure() != null) {
            errors.add(status.failure());
            return new MemberState(
                    member.name(), endpoint, member.pid(), null, "", 0, 0, 0, null, false, false, errors);
        }
        JsonNode told = status.told();
        told.path("errors").forEach(error -> errors.add(error.asText()));
        boolean healthy = health.body() != null && health.body().path("health").asBoolean();
        if (!healthy) {
            errors.add("unhealthy: " + unhealthy(health));
        }
        return new MemberState(
                member.name(),
                endpoint,
                member.pid(),
                hex(told.path("header").path("member_id")),
                told.path("version").asText(),
                told.path("dbSize").asLong(),
                told.path("raftTerm").asLong(),
                told.path("raftIndex").asLong(),
                hex(told.path("leader")),
                told.path("isLearner").asBoolean(),
                healthy,
                errors);
    }

    private static String unhealthy(Calls.Said health) {
        return health.failure() != null
                ? health.failure()
                : health.told().path("reason").asText("it cannot read, as without a quorum");
    }

    /** The gateway writes 64-bit numbers as strings and leaves zeros out. */
    private static @Nullable String hex(JsonNode number) {
        String decimal = number.asText("0");
        return decimal.equals("0") || decimal.isEmpty() ? null : Long.toHexString(Long.parseUnsignedLong(decimal));
    }

    boolean answers() {
        return id != null;
    }

    String role() {
        if (id == null) {
            return "unknown";
        }
        if (learner) {
            return "learner";
        }
        return id.equals(leaderId) ? "leader" : leaderId == null ? "no leader" : "follower";
    }
}
