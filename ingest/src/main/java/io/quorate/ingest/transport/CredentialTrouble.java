package io.quorate.ingest.transport;

import java.io.IOException;

/** Files that hold no usable credentials: a class for machines, words for people. No secret is in the words. */
public final class CredentialTrouble extends IOException {

    private static final long serialVersionUID = 1;

    private final String reason;

    /**
     * @param reason {@code tls} or {@code auth}
     */
    CredentialTrouble(String reason, String detail) {
        super(detail);
        this.reason = reason;
    }

    public String reason() {
        return reason;
    }
}
