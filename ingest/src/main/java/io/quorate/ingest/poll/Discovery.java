package io.quorate.ingest.poll;

import java.io.IOException;
import java.time.Duration;
import java.util.List;

/** Finds who is to be polled, again and again. Called on a thread that may wait; never twice at once. */
public interface Discovery {

    /** Which one, stable over restarts and different from all others of its source. */
    String name();

    /** From one look to the next; zero for one that never changes. */
    Duration interval();

    /**
     * Everybody who is to be polled now.
     *
     * @throws IOException when it cannot tell, with a message for people; then those found last are polled on
     */
    Found find() throws IOException;

    /** Those that the settings name. */
    static Discovery of(List<Target> targets) {
        Found named = new Found(targets, List.of());
        return new Discovery() {

            @Override
            public String name() {
                return "settings";
            }

            @Override
            public Duration interval() {
                return Duration.ZERO;
            }

            @Override
            public Found find() {
                return named;
            }
        };
    }
}
