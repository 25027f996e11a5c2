package io.quorate.rules.compile;

import io.quorate.events.LeaderChange;
import io.quorate.events.LeaderChange.Planned;
import io.quorate.events.Symptom;
import io.quorate.rules.Rule.CausalRank;
import java.time.Instant;
import java.util.Comparator;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What patterns read: a window in which a symptom is true, or a leader change.
 *
 * @param name the rule whose symptom it is, or {@link #LEADER_CHANGE}
 * @param member name; of a leader change the leader before; null when it is about the cluster
 * @param at when, as exactly as it is known; of a symptom the beginning of its window
 * @param slot beginning of the base window that it is taken to lie in, in epoch milliseconds
 * @param rank which of two comes first in one slot: what one window shows at once has no order of time
 * @param planned null of a symptom
 * @param clusterSize voting members; 0 when not known
 * @param value in words, for people
 */
public record PatternEvent(
        String cluster,
        @Nullable String clusterId,
        String name,
        @Nullable String member,
        @Nullable String memberId,
        Instant at,
        long slot,
        CausalRank rank,
        @Nullable Planned planned,
        int clusterSize,
        String value) {

    /** No rule's name: those begin with a capital letter. */
    public static final String LEADER_CHANGE = "leader-change";

    /** From cause to effect; total, so that shuffled input gives the same matches. */
    public static final Comparator<PatternEvent> ORDER = Comparator.comparingLong(PatternEvent::slot)
            .thenComparing(PatternEvent::rank)
            .thenComparing(PatternEvent::at)
            .thenComparing(PatternEvent::member, Comparator.nullsFirst(Comparator.naturalOrder()))
            .thenComparing(PatternEvent::name)
            .thenComparing(PatternEvent::value);

    public PatternEvent {
        Objects.requireNonNull(cluster, "cluster");
        Objects.requireNonNull(name, "name");
        Objects.requireNonNull(at, "at");
        Objects.requireNonNull(rank, "rank");
        value = value == null ? "" : value;
    }

    /** A window in which a symptom is true. */
    public static PatternEvent of(Symptom symptom, long slot, CausalRank rank) {
        return new PatternEvent(
                symptom.cluster(),
                symptom.clusterId(),
                symptom.rule(),
                symptom.member(),
                symptom.memberId(),
                symptom.from(),
                slot,
                rank,
                null,
                symptom.clusterSize(),
                symptom.value());
    }

    /** A leader change. */
    public static PatternEvent of(LeaderChange change, long slot) {
        return new PatternEvent(
                change.cluster(),
                change.clusterId(),
                LEADER_CHANGE,
                change.from(),
                change.fromId(),
                change.observedAt(),
                slot,
                CausalRank.LEADER_CHANGE,
                change.planned(),
                change.clusterSize(),
                change.from() + " -> " + change.to() + ", term " + change.raftTerm());
    }
}
