package io.quorate.cli.demo;

import io.quorate.desk.Election;
import io.quorate.events.LeaderChange;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Each leader change from its cause to its sighting: injected by the demo, elected by etcd's own logs, observed by Quorate.
 *
 * @param injectedAt null when nobody had just stalled the leader
 * @param electedAt null when etcd's logs know of no such election
 * @param observedAt null when Quorate did not see it
 */
record Story(
        @Nullable Instant injectedAt,
        @Nullable Instant electedAt,
        @Nullable Instant observedAt,
        @Nullable String from,
        String to,
        long term) {

    /** Elected to observed. */
    @Nullable
    Double seconds() {
        return electedAt == null || observedAt == null
                ? null
                : Duration.between(electedAt, observedAt).toMillis() / 1000.0;
    }

    /**
     * All of them, in order of term: every election of the logs since the demo was ready, and every change that Quorate
     * told.
     */
    static List<Story> of(Instant readyAt, List<Fault> faults, List<Election> elections, List<LeaderChange> changes) {
        List<Story> stories = new ArrayList<>();
        List<Election> inOrder = elections.stream()
                .sorted(Comparator.comparingLong(Election::term))
                .toList();
        for (int i = 0; i < inOrder.size(); i++) {
            Election election = inOrder.get(i);
            Optional<LeaderChange> change = changes.stream()
                    .filter(seen -> seen.raftTerm() == election.term()
                            && election.memberId().equals(seen.toId()))
                    .findFirst();
            if (change.isEmpty() && election.at().isBefore(readyAt)) {
                continue;
            }
            stories.add(new Story(
                    injectedBefore(faults, election.at()),
                    election.at(),
                    change.map(LeaderChange::observedAt).orElse(null),
                    change.map(LeaderChange::from)
                            .orElse(i == 0 ? null : inOrder.get(i - 1).member()),
                    election.member(),
                    election.term()));
        }
        for (LeaderChange change : changes) {
            boolean elected = inOrder.stream()
                    .anyMatch(election -> election.term() == change.raftTerm()
                            && election.memberId().equals(change.toId()));
            if (!elected) {
                stories.add(new Story(
                        injectedBefore(faults, change.observedAt()),
                        null,
                        change.observedAt(),
                        change.from(),
                        change.to(),
                        change.raftTerm()));
            }
        }
        stories.sort(Comparator.comparingLong(Story::term));
        return stories;
    }

    private static @Nullable Instant injectedBefore(List<Fault> faults, Instant time) {
        return faults.stream()
                .filter(fault -> fault.explains(time))
                .map(Fault::from)
                .max(Comparator.naturalOrder())
                .orElse(null);
    }
}
