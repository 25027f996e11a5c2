package io.quorate.events.codec;

/** Bytes that are not the event they should be; the message says what was wrong and what was expected. */
public final class UnreadableEvent extends Exception {

    public UnreadableEvent(String message) {
        super(message);
    }

    UnreadableEvent(String message, Throwable cause) {
        super(message, cause);
    }
}
