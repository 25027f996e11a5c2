package io.quorate.sinks.receivers.http;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** Nothing is connected there. The message says why and what to do, and names no address. */
public final class DestinationRefused extends IOException {

    private static final long serialVersionUID = 1L;

    DestinationRefused(String message) {
        super(message);
    }

    /** The one among what made something fail; null when there is none. */
    public static @Nullable DestinationRefused in(Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof DestinationRefused refused) {
                return refused;
            }
            // Of several addresses of a name, the others' failures.
            for (Throwable other : cause.getSuppressed()) {
                if (other instanceof DestinationRefused refused) {
                    return refused;
                }
            }
        }
        return null;
    }
}
