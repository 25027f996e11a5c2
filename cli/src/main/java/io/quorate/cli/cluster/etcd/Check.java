package io.quorate.cli.cluster.etcd;

import com.fasterxml.jackson.databind.JsonNode;
import io.quorate.ingest.transport.CredentialTrouble;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;

/** One thing that a cluster must do, and whether it did. */
record Check(String name, boolean held, String what) {

    private static final String KEY = "quorate/cluster-test/";

    /** All that is asked of a cluster: healthy members, one leader, and a put that is read back everywhere. */
    static List<Check> of(KeptEtcd cluster, ClusterState state) throws CredentialTrouble {
        return List.of(
                members(state),
                leader(state),
                readBack(state, Calls.of(cluster, state.running().layout())));
    }

    static Check members(ClusterState state) {
        List<MemberState> unhealthy = state.unhealthy();
        int all = state.members().size();
        return new Check(
                "members",
                unhealthy.isEmpty(),
                (all - unhealthy.size()) + " of " + Layout.count(all) + " healthy"
                        + unhealthy.stream()
                                .map(member -> "; " + member.member() + ": " + String.join(", ", member.errors()))
                                .collect(Collectors.joining()));
    }

    static Check leader(ClusterState state) {
        boolean allAnswer = state.members().stream().allMatch(MemberState::answers);
        return state.leader()
                .filter(leader -> allAnswer)
                .map(leader -> new Check("leader", true, "all see " + leader + ", in term " + state.term()))
                .orElseGet(() -> new Check("leader", false, state.beliefs()));
    }

    private static Check readBack(ClusterState state, Calls calls) {
        MemberState writer = state.members().stream()
                .filter(MemberState::healthy)
                .findFirst()
                .orElse(state.members().get(0));
        String key = base64(KEY + UUID.randomUUID());
        String value = base64("read me back");
        Calls.Said put = calls.post(writer.endpoint(), "/v3/kv/put", Map.of("key", key, "value", value))
                .join();
        if (put.failure() != null) {
            return new Check("read back", false, "a put through " + writer.member() + " failed: " + put.failure());
        }
        Map<String, CompletableFuture<Calls.Said>> reads = new LinkedHashMap<>();
        for (MemberState reader : state.members()) {
            reads.put(reader.member(), calls.post(reader.endpoint(), "/v3/kv/range", Map.of("key", key)));
        }
        List<String> missed = new ArrayList<>();
        reads.forEach((reader, read) -> {
            Calls.Said said = read.join();
            if (said.failure() != null) {
                missed.add(reader + ": " + said.failure());
            } else if (!value(said.told()).equals(value)) {
                missed.add(reader + ": it does not have it");
            }
        });
        calls.post(writer.endpoint(), "/v3/kv/deleterange", Map.of("key", key)).join();
        String what = "a put through " + writer.member() + " was read back through ";
        return missed.isEmpty()
                ? new Check("read back", true, what + String.join(", ", reads.keySet()))
                : new Check(
                        "read back",
                        false,
                        what + (reads.size() - missed.size()) + " of " + Layout.count(reads.size()) + "; "
                                + String.join("; ", missed));
    }

    private static String value(JsonNode range) {
        return range.path("kvs").path(0).path("value").asText();
    }

    private static String base64(String text) {
        return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
    }
}
