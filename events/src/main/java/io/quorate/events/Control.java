package io.quorate.events;

import java.time.Instant;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What a person wants to be otherwise while the jobs run. Of one kind and id the newest counts that is no shadow, and a shadow
 * that is newer still.
 *
 * @param kind what it is about: {@link #RULE}, {@link #OVERRIDE}, {@link #SILENCE} or {@link #ACK}; a later version may know more
 * @param id of what it is about: a rule's name, an override's or a silence's own, the alert or the group that was taken on
 * @param at when it was said
 * @param by who said it, for people
 * @param mode {@link #SHADOW}: evaluate and do not notify; {@link #ACTIVE}; {@link #REMOVED}: as if it had never been said
 * @param text YAML, as a file of that kind holds it; null when removed
 */
public record Control(
        String kind,
        String id,
        Instant at,
        String by,
        String mode,
        @Nullable String text) {

    /** A rule, whole; it takes the place of the one of that name. */
    public static final String RULE = "rule";

    /** Other numbers of one rule for some clusters or members. */
    public static final String OVERRIDE = "override";

    /** For a while nobody is told of some alerts. */
    public static final String SILENCE = "silence";

    /** Somebody has taken an alert, or a group of them, on. */
    public static final String ACK = "ack";

    public static final String SHADOW = "shadow";
    public static final String ACTIVE = "active";
    public static final String REMOVED = "removed";

    public Control {
        Objects.requireNonNull(kind, "kind");
        Objects.requireNonNull(id, "id");
        Objects.requireNonNull(at, "at");
        by = by == null ? "" : by;
        Objects.requireNonNull(mode, "mode");
    }

    /** What a compacted topic keeps the newest of: what is tried in shadow must not drop what is active meanwhile. */
    public String key() {
        return kind + '/' + id + (mode.equals(SHADOW) ? "/shadow" : "");
    }

    /**
     * Whether nothing is left of that one: the same was spoken of later. What is said in shadow leaves what is active; to
     * activate or to remove ends what was tried. By time, as the two may be read in any order.
     */
    public boolean supersedes(Control other) {
        return kind.equals(other.kind)
                && id.equals(other.id)
                && at.isAfter(other.at)
                && (!mode.equals(SHADOW) || other.mode.equals(SHADOW));
    }
}
