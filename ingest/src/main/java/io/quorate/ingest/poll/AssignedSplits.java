package io.quorate.ingest.poll;

import java.util.Set;

/** The splits that readers have: theirs to keep over a restart. */
public record AssignedSplits(Set<String> ids) {

    public AssignedSplits {
        ids = Set.copyOf(ids);
    }
}
