package io.quorate.ingest.poll;

import java.util.ArrayList;
import java.util.List;
import org.apache.flink.api.connector.source.SourceEvent;

/**
 * What a reader is told of the splits that it has.
 *
 * @param changed to be polled elsewhere or under other labels from now on
 * @param gone ids of those to be let go
 */
record TargetsChanged(List<Target> changed, List<String> gone) implements SourceEvent {

    private static final long serialVersionUID = 1;

    TargetsChanged {
        // Copies that Java can serialise, whatever came in.
        changed = new ArrayList<>(changed);
        gone = new ArrayList<>(gone);
    }
}
