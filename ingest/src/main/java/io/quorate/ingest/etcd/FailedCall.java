package io.quorate.ingest.etcd;

import io.grpc.Status;
import java.net.ConnectException;
import java.util.Locale;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/**
 * Why a call brought no answer.
 *
 * @param failure {@code timeout}, {@code refused}, {@code tls}, {@code auth} or {@code error}
 */
record FailedCall(String failure, String detail) {

    static FailedCall of(Throwable thrown) {
        Status status = Status.fromThrowable(thrown);
        return new FailedCall(failure(status), detail(status));
    }

    private static String failure(Status status) {
        return switch (status.getCode()) {
            case DEADLINE_EXCEEDED -> "timeout";
            case UNAUTHENTICATED, PERMISSION_DENIED -> "auth";
            case UNAVAILABLE ->
                String.valueOf(status.getDescription()).contains("Keepalive failed")
                        ? "timeout"
                        : unavailable(status.getCause());
            default -> "error";
        };
    }

    private static String unavailable(@Nullable Throwable thrown) {
        for (Throwable cause = thrown; cause != null; cause = cause.getCause()) {
            if (cause instanceof SSLException) {
                return "tls";
            }
            if (cause instanceof ConnectException
                    && String.valueOf(cause.getMessage())
                            .toLowerCase(Locale.ROOT)
                            .contains("refused")) {
                return "refused";
            }
        }
        return "error";
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
