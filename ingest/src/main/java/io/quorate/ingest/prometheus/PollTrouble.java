package io.quorate.ingest.prometheus;

import io.quorate.ingest.transport.CredentialTrouble;
import io.quorate.ingest.transport.TlsTrouble;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.ConnectException;
import java.net.SocketException;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import okhttp3.HttpUrl;
import org.jspecify.annotations.Nullable;

/** Why a poll of a Prometheus or a page of metrics brought nothing: a class for machines, words for people. */
public final class PollTrouble extends IOException {

    private static final long serialVersionUID = 1;

    private final String reason;

    public PollTrouble(String reason, String detail) {
        super(detail);
        this.reason = reason;
    }

    /**
     * Of what went wrong while an answer was waited for.
     *
     * @param timeout how long that was at most
     * @param everAnswered whether this address ever did
     */
    public static PollTrouble of(IOException e, Duration timeout, HttpUrl address, boolean everAnswered) {
        if (e instanceof PollTrouble trouble) {
            return trouble;
        }
        if (e instanceof CredentialTrouble credentials) {
            return new PollTrouble(credentials.reason(), String.valueOf(e.getMessage()));
        }
        String message = String.valueOf(e.getMessage());
        if (e instanceof InterruptedIOException) {
            return new PollTrouble("timeout", "no whole answer within " + timeout.toMillis() + "ms");
        }
        String where = address.host() + ":" + address.port();
        Optional<String> tls = TlsTrouble.of(e, where);
        if (tls.isPresent()) {
            return new PollTrouble("tls", tls.get());
        }
        // A peer that ends hangs up too, but that one answered before.
        if (address.isHttps() && !everAnswered && hungUp(e)) {
            return new PollTrouble(
                    "tls",
                    "certificate refused: " + where
                            + " hangs up right after the handshake, as those do who want another certificate, or one at"
                            + " all (" + message
                            + "); set tls.certificate and tls.key to ones that the CA it trusts has"
                            + " signed");
        }
        if (e instanceof ConnectException && refused(e)) {
            return new PollTrouble("refused", message + "; nobody listens there: check the address");
        }
        if (e instanceof ConnectException || e instanceof UnknownHostException) {
            return new PollTrouble("unreachable", message);
        }
        return new PollTrouble("error", e.getClass().getSimpleName() + ": " + message);
    }

    private static boolean hungUp(IOException e) {
        return (e instanceof SocketException && !(e instanceof ConnectException))
                || String.valueOf(e.getMessage()).startsWith("unexpected end of stream");
    }

    private static boolean refused(IOException e) {
        for (@Nullable Throwable cause = e; cause != null; cause = cause.getCause()) {
            if (String.valueOf(cause.getMessage()).toLowerCase(Locale.ROOT).contains("refused")) {
                return true;
            }
        }
        return false;
    }

    /** A class of failures, one of few. */
    public String reason() {
        return reason;
    }

    /** What to do, for people, where the message does not say it; else blank. */
    public String next() {
        if (String.valueOf(getMessage()).contains("; ")) {
            return "";
        }
        return switch (reason) {
            case "timeout" -> "check whether it hangs, and the way to it";
            case "http-status" -> "look at the log of whoever answers there";
            case "not-metrics", "not-json", "not-prometheus" -> "check the address";
            case "unreachable", "error" -> "check the address and that it is up";
            default -> "";
        };
    }
}
