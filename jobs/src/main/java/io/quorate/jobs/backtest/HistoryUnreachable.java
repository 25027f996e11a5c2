package io.quorate.jobs.backtest;

import java.io.IOException;

/** Where a history is kept does not answer, or not with a history; the message is for people. */
public final class HistoryUnreachable extends IOException {

    private static final long serialVersionUID = 1;

    HistoryUnreachable(IOException cause) {
        super(cause.getMessage(), cause);
    }
}
