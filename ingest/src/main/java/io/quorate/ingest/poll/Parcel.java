package io.quorate.ingest.poll;

import io.quorate.ingest.Observation;
import org.jspecify.annotations.Nullable;

/**
 * An observation on its way downstream.
 *
 * @param target whose mark moves when it is delivered; null for what has none
 */
public record Parcel(Observation observation, @Nullable String target) {

    /** An observation that a restart must not repeat. */
    public static Parcel marked(Observation observation, String target) {
        return new Parcel(observation, target);
    }

    /** An observation that needs no mark: it is of the moment. */
    public static Parcel plain(Observation observation) {
        return new Parcel(observation, null);
    }
}
