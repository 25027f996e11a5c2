package io.quorate.ingest.etcd;

import io.grpc.Status;
import io.quorate.ingest.transport.CredentialTrouble;
import io.quorate.ingest.transport.TlsTrouble;
import java.net.ConnectException;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Why a call brought no answer.
 *
 * @param failure {@code timeout}, {@code refused}, {@code tls}, {@code auth}, {@code foreign} or {@code error}
 * @param detail in words: what was wrong, what to look at next
 */
record FailedCall(String failure, String detail) {

    /** What gRPC says of the first bytes when these are an alert of TLS, or a part of its handshake. */
    private static final Predicate<String> RECORD_OF_TLS =
            text -> text.matches("(?s).*First received frame was not SETTINGS.*bytes: 1[56]03.*");

    /** etcd does so, without a word, when it is asked in TLS and speaks none, or the other way round. */
    private static final Predicate<String> HUNG_UP = text -> text.contains("Network closed for unknown reason")
            || text.contains("Connection closed while performing TLS negotiation")
            || text.contains("Connection reset");

    /** What gRPC says of the first bytes when these are {@code HTTP}, or when TLS offers nothing newer. */
    private static final Predicate<String> HTTP_1 =
            text -> text.matches("(?s).*First received frame was not SETTINGS.*bytes: 48545450.*")
                    || text.contains("Failed ALPN negotiation");

    /**
     * In the words of the house.
     *
     * @param everAnswered whether this endpoint answered any call so far
     */
    static FailedCall of(Throwable thrown, Endpoint endpoint, Duration deadline, boolean everAnswered) {
        Status status = Status.fromThrowable(thrown);
        String where = endpoint.hostAndPort();
        if (endpoint.plain() && says(status, RECORD_OF_TLS)) {
            return speaksTls(where + " answers in TLS", where);
        }
        if (says(status, HTTP_1)) {
            return noEtcd(where + " answers in HTTP/1");
        }
        if (Login.wanted(thrown)) {
            return new FailedCall(
                    "auth",
                    detail(status)
                            + "; expected a client certificate that etcd knows, or a user: set tls.certificate and"
                            + " tls.key, or user and password-file");
        }
        return switch (status.getCode()) {
            case UNIMPLEMENTED -> noEtcd(where + " does not know etcd's calls (" + detail(status) + ")");
            case DEADLINE_EXCEEDED -> hung(where, deadline);
            case PERMISSION_DENIED ->
                new FailedCall(
                        "auth",
                        detail(status)
                                + "; expected a user who may ask: check whose certificate or ingest.etcd.user it is");
            case UNAVAILABLE -> unavailable(status, endpoint, deadline, everAnswered);
            default -> new FailedCall("error", detail(status));
        };
    }

    private static FailedCall unavailable(Status status, Endpoint endpoint, Duration deadline, boolean everAnswered) {
        String where = endpoint.hostAndPort();
        if (says(status, text -> text.contains("Keepalive failed"))) {
            return hung(where, deadline);
        }
        if (status.getCause() instanceof CredentialTrouble credentials) {
            return new FailedCall(credentials.reason(), String.valueOf(credentials.getMessage()));
        }
        Optional<String> tls = status.getCause() == null ? Optional.empty() : TlsTrouble.of(status.getCause(), where);
        if (tls.isPresent()) {
            return new FailedCall("tls", tls.get());
        }
        if (caused(status, FailedCall::refused)) {
            return new FailedCall(
                    "refused", "nobody listens at " + where + "; check the address and that the member runs");
        }
        // A member that ends hangs up too, but that one answered before.
        if (!everAnswered && says(status, HUNG_UP)) {
            return endpoint.plain()
                    ? speaksTls(where + " accepts and hangs up before any answer: it seems to speak TLS", where)
                    : new FailedCall(
                            "tls",
                            where
                                    + " accepts and hangs up during the handshake: it seems to speak no TLS; write http://"
                                    + where + " in ingest.etcd.endpoints");
        }
        return new FailedCall("error", detail(status));
    }

    private static FailedCall hung(String where, Duration deadline) {
        return new FailedCall(
                "timeout",
                "no answer from " + where + " within " + deadline.toMillis()
                        + "ms; check whether the member hangs, and the way to it");
    }

    private static FailedCall speaksTls(String what, String where) {
        return new FailedCall("tls", what + "; write https://" + where + " in ingest.etcd.endpoints");
    }

    private static FailedCall noEtcd(String what) {
        return new FailedCall(
                "error", what + ": it is no etcd; write the client address of a member in ingest.etcd.endpoints");
    }

    private static boolean refused(Throwable cause) {
        return cause instanceof ConnectException
                && String.valueOf(cause.getMessage()).toLowerCase(Locale.ROOT).contains("refused");
    }

    private static boolean caused(Status status, Predicate<Throwable> by) {
        for (@Nullable Throwable cause = status.getCause(); cause != null; cause = cause.getCause()) {
            if (by.test(cause)) {
                return true;
            }
        }
        return false;
    }

    private static boolean says(Status status, Predicate<String> something) {
        return something.test(String.valueOf(status.getDescription()))
                || caused(status, cause -> something.test(String.valueOf(cause.getMessage())));
    }

    private static String detail(Status status) {
        String description = status.getDescription();
        StringBuilder detail = new StringBuilder(status.getCode().name());
        if (description != null) {
            detail.append(": ").append(description.lines().findFirst().orElse(""));
        }
        if (status.getCause() != null && status.getCause().getMessage() != null) {
            detail.append(" (").append(status.getCause().getMessage()).append(')');
        }
        return detail.toString();
    }
}
