package io.quorate.desk;

import org.jspecify.annotations.Nullable;

/** A part could not be had or did not come up; the message names the part, why, and the next thing to do. */
public class PartUnavailable extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public PartUnavailable(String message) {
        super(message);
    }

    public PartUnavailable(String message, @Nullable Throwable cause) {
        super(message, cause);
    }

    /** Whether the part found its port taken, so that another port may do. */
    boolean portTaken() {
        return String.valueOf(getMessage()).contains("address already in use");
    }

    static PartUnavailable interrupted(String what, InterruptedException cause) {
        Thread.currentThread().interrupt();
        return new PartUnavailable(what + ": interrupted while waiting for it", cause);
    }
}
