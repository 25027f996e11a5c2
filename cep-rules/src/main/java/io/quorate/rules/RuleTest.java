package io.quorate.rules;

import io.quorate.events.Alert;
import io.quorate.events.Measures;
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
 * @param order in which what happens is told
 * @param until how long the test watches, from its own zero
 */
public record RuleTest(
        String claim,
        String profile,
        int members,
        Order order,
        List<Given> given,
        Duration until,
        List<Expected> expect)
        implements Serializable {

    /** What comes of it must not depend on this. */
    public enum Order {
        /** As it happens. */
        OF_TIME,
        /** As far out of order as the watermark allows; the same way every time. */
        SHUFFLED
    }

    /** Something that happens: what the rule reads. */
    public sealed interface Given extends Serializable permits Move, Window, Answer, Shown {}

    /**
     * A leader change.
     *
     * @param after the test's own zero
     */
    public record Move(Duration after, String from, String to, long raftTerm, boolean isPlanned) implements Given {}

    /**
     * A window of one member. One with a gap and nothing in it is of polls that all failed.
     *
     * @param end after the test's own zero
     */
    public record Window(Duration end, String member, boolean gap, Measures measures) implements Given {

        /** How long each of a test's windows is. */
        public static final Duration SIZE = Duration.ofSeconds(10);

        /** Whether no poll in it was answered. */
        public boolean isSilent() {
            return gap && measures.isEmpty();
        }
    }

    /**
     * What one poll of a member brought.
     *
     * @param after the test's own zero
     * @param failure why there was no answer; null when there was one
     * @param leader name of the member that it believes to lead; null for none
     * @param version of etcd; null where it is not told
     */
    public record Answer(
            Duration after,
            String member,
            @Nullable String failure,
            @Nullable String leader,
            long raftTerm,
            long raftIndex,
            long raftAppliedIndex,
            long dbSizeBytes,
            long dbSizeInUseBytes,
            boolean learner,
            List<String> alarms,
            @Nullable String version)
            implements Given {}

    /**
     * The symptom of a rule, true from window to window.
     *
     * @param from the beginning of its first window, after the test's own zero
     * @param to the end of its last window
     * @param member null when it is true of the cluster
     */
    public record Shown(
            Duration from, Duration to, @Nullable String member, String rule) implements Given {}

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
