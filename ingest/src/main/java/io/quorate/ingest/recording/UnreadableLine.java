package io.quorate.ingest.recording;

/** A line of a recording that cannot be used, with what is wrong and what was expected. */
final class UnreadableLine extends Exception {

    private static final long serialVersionUID = 1;

    UnreadableLine(String message) {
        super(message);
    }
}
