package io.quorate.simulator.model;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** A line of etcd's versions: what it does by itself, and what it shows. */
public enum Release {
    V3_4("3.4", "3.4.23", false),
    V3_5("3.5", "3.5.16", true),
    V3_6("3.6", "3.6.0", true);

    private final String line;
    private final String version;
    private final boolean preVote;

    Release(String line, String version, boolean preVote) {
        this.line = line;
        this.version = version;
        this.preVote = preVote;
    }

    /** Such as {@code 3.4}. */
    public String line() {
        return line;
    }

    /** Such as {@code 3.4.23}. */
    public String version() {
        return version;
    }

    /** Whether it asks, unless told otherwise, if it could win before it campaigns. */
    public boolean preVote() {
        return preVote;
    }

    public boolean atLeast(Release other) {
        return compareTo(other) >= 0;
    }

    /** The release of this line or version; null when it is not modelled. */
    public static @Nullable Release of(String text) {
        return Arrays.stream(values())
                .filter(release -> text.equals(release.line) || text.equals(release.version))
                .findFirst()
                .orElse(null);
    }
}
