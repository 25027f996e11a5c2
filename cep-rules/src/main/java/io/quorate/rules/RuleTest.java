package io.quorate.rules;

import io.quorate.events.Alert;
import java.io.Serializable;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One test out of a rule's file: what happens, and which alerts must come of it; no others may.
 *
 * @param claim what is claimed, after "it"
 * @param profile under which
 * @param members of the cluster
 * @param until how long the test watches, from its own zero
 */
public record RuleTest(
        String claim, String profile, int members, List<Given> given, Duration until, List<Expected> expect)
        implements Serializable {

    /** Something that happens: what the rule reads. */
    public sealed interface Given extends Serializable permits Move, Window {}

    /**
     * A leader change.
     *
     * @param after the test's own zero
     */
    public record Move(Duration after, String from, String to, long raftTerm, boolean isPlanned) implements Given {}

    /**
     * A window of one member.
     *
     * @param end after the test's own zero
     */
    public record Window(Duration end, String member, boolean gap, List<Operations> operations) implements Given {

        /** How long each of a test's windows is. */
        public static final Duration SIZE = Duration.ofSeconds(10);
    }

    /** So many, each of which took so long. */
    public record Operations(long count, Duration took) implements Serializable {}

    /**
     * One alert transition.
     *
     * @param count of what the rule counts; 0 where it counts nothing
     * @param member that the alert names; null when it is about the cluster
     */
    public record Expected(
            Duration after,
            Alert.Status status,
            Alert.Severity severity,
            int count,
            @Nullable String member) implements Serializable {}
}
