package io.quorate.ingest.prometheus;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.ConnectException;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.Locale;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/** Why a poll of a Prometheus or a page of metrics brought nothing: a class for machines, words for people. */
final class PollTrouble extends IOException {

    private static final long serialVersionUID = 1;

    private final String reason;

    PollTrouble(String reason, String detail) {
        super(detail);
        this.reason = reason;
    }

    /** Of what went wrong while an answer was waited for, so long at most. */
    static PollTrouble of(IOException e, Duration timeout) {
        if (e instanceof PollTrouble trouble) {
            return trouble;
        }
        String message = String.valueOf(e.getMessage());
        if (e instanceof InterruptedIOException) {
            return new PollTrouble("timeout", "no whole answer within " + timeout.toMillis() + "ms");
        }
        if (e instanceof SSLException) {
            return new PollTrouble("tls", message);
        }
        if (e instanceof ConnectException && refused(e)) {
            return new PollTrouble("refused", message + "; expected somebody who listens there");
        }
        if (e instanceof ConnectException || e instanceof UnknownHostException) {
            return new PollTrouble("unreachable", message);
        }
        return new PollTrouble("error", e.getClass().getSimpleName() + ": " + message);
    }

    private static boolean refused(IOException e) {
        for (@Nullable Throwable cause = e; cause != null; cause = cause.getCause()) {
            if (String.valueOf(cause.getMessage()).toLowerCase(Locale.ROOT).contains("refused")) {
                return true;
            }
        }
        return false;
    }

    String reason() {
        return reason;
    }
}
