package io.quorate.ingest.prometheus;

import java.io.IOException;

/** Why a poll of Prometheus brought nothing: a class for machines, words for people. */
final class PollTrouble extends IOException {

    private static final long serialVersionUID = 1;

    private final String reason;

    PollTrouble(String reason, String detail) {
        super(detail);
        this.reason = reason;
    }

    String reason() {
        return reason;
    }
}
