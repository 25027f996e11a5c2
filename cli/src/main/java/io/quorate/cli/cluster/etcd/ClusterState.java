package io.quorate.cli.cluster.etcd;

import io.quorate.ingest.transport.CredentialTrouble;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;

/** A cluster as its members tell it, all asked at once. */
record ClusterState(Running running, List<MemberState> members) {

    ClusterState {
        members = List.copyOf(members);
    }

    static ClusterState ask(KeptEtcd cluster, Running running) throws CredentialTrouble {
        return ask(Calls.of(cluster, running.layout()), running);
    }

    static ClusterState ask(Calls calls, Running running) {
        Map<String, CompletableFuture<MemberState>> asked = new LinkedHashMap<>();
        running.layout().endpoints().forEach((name, endpoint) -> {
            // One after the other: the second call takes the first one's connection, and handshakes are dear.
            asked.put(
                    name,
                    calls.post(endpoint, "/v3/maintenance/status", Map.of())
                            .thenCompose(status -> health(calls, endpoint, status)
                                    .thenApply(
                                            health -> MemberState.of(running.member(name), endpoint, status, health))));
        });
        return new ClusterState(
                running, asked.values().stream().map(CompletableFuture::join).toList());
    }

    private static CompletableFuture<Calls.Said> health(Calls calls, String endpoint, Calls.Said status) {
        return status.failure() == null ? calls.get(endpoint, "/health") : CompletableFuture.completedFuture(status);
    }

    MemberState member(String name) {
        return members.stream()
                .filter(state -> state.member().equals(name))
                .findFirst()
                .orElseThrow();
    }

    List<MemberState> unhealthy() {
        return members.stream().filter(state -> !state.healthy()).toList();
    }

    /** The name of the member with that id; the id itself for one that did not answer. */
    String nameOf(String id) {
        return members.stream()
                .filter(state -> id.equals(state.id()))
                .map(MemberState::member)
                .findFirst()
                .orElse(id);
    }

    /** The leader, if all members that answer see the same one in the same term. */
    Optional<String> leader() {
        List<MemberState> answering =
                members.stream().filter(MemberState::answers).toList();
        boolean agreed = answering.stream()
                        .map(state -> state.leaderId() + " in " + state.raftTerm())
                        .distinct()
                        .count()
                == 1;
        return agreed
                ? answering.stream()
                        .map(MemberState::leaderId)
                        .filter(Objects::nonNull)
                        .map(this::nameOf)
                        .findFirst()
                : Optional.empty();
    }

    long term() {
        return members.stream().mapToLong(MemberState::raftTerm).max().orElse(0);
    }

    /** Whom each member believes to lead. */
    String beliefs() {
        return members.stream()
                .map(state -> state.member() + " "
                        + (!state.answers()
                                ? "does not answer"
                                : state.leaderId() == null
                                        ? "sees no leader in term " + state.raftTerm()
                                        : "sees " + nameOf(state.leaderId()) + " in term " + state.raftTerm()))
                .collect(Collectors.joining(", "));
    }
}
