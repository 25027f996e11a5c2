package io.quorate.ingest.poll;

import java.util.List;

/**
 * What a discovery found.
 *
 * @param problems what it could not make use of, in words for people; the rest stands
 */
public record Found(List<Target> targets, List<String> problems) {

    public Found {
        targets = List.copyOf(targets);
        problems = List.copyOf(problems);
    }
}
