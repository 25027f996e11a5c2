package io.quorate.rules;

import io.quorate.events.Alert;
import java.io.Serializable;
import java.time.Duration;
import java.util.List;

/**
 * One test out of a rule's file: what happens, and which alerts must come of it; no others may.
 *
 * @param claim what is claimed, after "it"
 * @param profile under which
 * @param members of the cluster
 * @param until how long the test watches, from its own zero
 */
public record RuleTest(
        String claim, String profile, int members, List<Move> given, Duration until, List<Expected> expect)
        implements Serializable {

    /**
     * A leader change.
     *
     * @param after the test's own zero
     */
    public record Move(Duration after, String from, String to, long raftTerm, boolean isPlanned)
            implements Serializable {}

    /** One alert transition. */
    public record Expected(Duration after, Alert.Status status, Alert.Severity severity, int count)
            implements Serializable {}
}
