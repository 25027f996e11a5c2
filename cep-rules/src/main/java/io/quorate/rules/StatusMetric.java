package io.quorate.rules;

import java.util.Arrays;
import java.util.Optional;

/**
 * What the answers of a cluster's members tell of one of them, as a condition on statuses names it; each is a gauge, at the
 * end of each second in which the member was polled.
 */
public enum StatusMetric {
    /** 1 when the last poll was answered, 0 when it was not. */
    UP("up", true),
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
    ALARM("alarm"),
    /** How many polls failed in a row, 0 after an answer; with label {@code class}, how many of the last ones failed so. */
    FAILED_POLLS("failed_polls", true),
    /** 1 for the class of failure of the last poll, which label {@code class} says. */
    FAILURE("failure", true),
    /** How long ago it answered last, or was first asked. */
    SILENT_SECONDS("silent_seconds", true),
    /** How many members, this one included, claim by two polls to lead in the same term; 0 for who does not claim. */
    RIVAL_LEADERS("rival_leaders"),
    /** 1 when it claims by two polls to lead in a term older than one that another member accepted by two polls. */
    STALE_LEADER("stale_leader"),
    /** How long its raft index has stood still while another member's advanced, though it answers and names a leader. */
    STALLED_SECONDS("stalled_seconds"),
    /** How long it has answered and known no leader while a quorum of others followed one. */
    ISOLATED_SECONDS("isolated_seconds"),
    /** How many raft entries it is behind the furthest member, at the same moment. */
    INDEX_BEHIND("index_behind"),
    /** How many voting members there are; label {@code advised} is {@code no} when they are even, one, or more than seven. */
    VOTERS("voters", true),
    /** How many more voters answer than make a quorum, below 0 when it is lost; absent with fewer than three voters. */
    SPARE_VOTERS("spare_voters", true),
    /** 1 when as many voters answer as make a quorum, 0 when not. */
    HAS_QUORUM("has_quorum", true),
    /** How many versions of etcd its members answered with in the last minute. */
    VERSIONS("versions");

    private final String text;
    private final boolean toldOfTheSilent;

    StatusMetric(String text) {
        this(text, false);
    }

    StatusMetric(String text, boolean toldOfTheSilent) {
        this.text = text;
        this.toldOfTheSilent = toldOfTheSilent;
    }

    /** Its name in a rule. */
    public String text() {
        return text;
    }

    /** Whether a poll that failed tells it as well. */
    public boolean isToldOfTheSilent() {
        return toldOfTheSilent;
    }

    /** The one of this name. */
    public static Optional<StatusMetric> of(String text) {
        return Arrays.stream(values())
                .filter(metric -> metric.text.equals(text))
                .findFirst();
    }
}
