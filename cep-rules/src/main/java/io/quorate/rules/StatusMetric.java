package io.quorate.rules;

import java.util.Arrays;
import java.util.Optional;

/** What one answer of a member tells, as a condition on statuses names it; each is a gauge. */
public enum StatusMetric {
    /** 1 when the last poll was answered, 0 when it was not. */
    UP("up"),
    /** 1 when the member believes that there is a leader, 0 when not. */
    HAS_LEADER("has_leader"),
    IS_LEADER("is_leader"),
    IS_LEARNER("is_learner"),
    DB_SIZE("db_size_bytes"),
    DB_SIZE_IN_USE("db_size_in_use_bytes"),
    RAFT_TERM("raft_term"),
    RAFT_INDEX("raft_index"),
    RAFT_APPLIED_INDEX("raft_applied_index"),
    /** 1 for each alarm that the member names; label {@code alarm} says which, such as NOSPACE. */
    ALARM("alarm");

    private final String text;

    StatusMetric(String text) {
        this.text = text;
    }

    /** Its name in a rule. */
    public String text() {
        return text;
    }

    /** The one of this name. */
    public static Optional<StatusMetric> of(String text) {
        return Arrays.stream(values())
                .filter(metric -> metric.text.equals(text))
                .findFirst();
    }
}
