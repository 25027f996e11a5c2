package io.quorate.ingest.transport;

import java.security.cert.CertPathBuilderException;
import java.security.cert.CertPathValidatorException;
import java.security.cert.CertificateException;
import java.security.cert.CertificateExpiredException;
import java.security.cert.CertificateNotYetValidException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLPeerUnverifiedException;
import org.jspecify.annotations.Nullable;

/** Why a handshake of TLS failed, in words: what is wrong, and which key of the settings mends it. */
public final class TlsTrouble {

    private static final Pattern ALERT = Pattern.compile("Received (?:fatal )?alert: (\\w+)");

    /** Alerts about the certificate that we showed, or did not. */
    private static final Set<String> ABOUT_OURS = Set.of(
            "bad_certificate",
            "unsupported_certificate",
            "certificate_revoked",
            "certificate_unknown",
            "certificate_required",
            "unknown_ca",
            "access_denied",
            "handshake_failure");

    private TlsTrouble() {}

    /**
     * Empty when it is no trouble of TLS.
     *
     * @param where host and port of the peer
     */
    public static Optional<String> of(Throwable thrown, String where) {
        List<Throwable> causes = new ArrayList<>();
        for (@Nullable Throwable cause = thrown; cause != null && causes.size() < 20; cause = cause.getCause()) {
            causes.add(cause);
        }
        if (causes.stream().noneMatch(TlsTrouble::ofTls)) {
            return Optional.empty();
        }
        String alert = causes.stream()
                .map(cause -> ALERT.matcher(String.valueOf(cause.getMessage())))
                .filter(Matcher::find)
                .map(matcher -> matcher.group(1))
                .findFirst()
                .orElse("");
        if (any(causes, CertificateExpiredException.class::isInstance)) {
            return Optional.of(
                    "certificate expired: " + where + " shows one of the past (" + last(causes) + "); renew it there");
        }
        if (any(causes, CertificateNotYetValidException.class::isInstance)) {
            return Optional.of("certificate not yet valid: " + where + " shows one of the future (" + last(causes)
                    + "); check the clocks, here and there");
        }
        if (any(causes, TlsTrouble::ofAnotherName)) {
            return Optional.of("certificate of another name: " + where + " shows one that does not carry the name it is"
                    + " asked by; set tls.server-name to a name that it carries");
        }
        if (any(
                causes,
                cause -> cause instanceof CertPathBuilderException || cause instanceof CertPathValidatorException)) {
            return Optional.of("certificate not trusted: " + where + " shows one that no trusted CA has signed; set"
                    + " tls.ca to the CA that has");
        }
        if (alert.equals("certificate_expired")) {
            return Optional.of("certificate expired: " + where + " refuses ours as of the past; renew tls.certificate");
        }
        if (ABOUT_OURS.contains(alert)) {
            return Optional.of("certificate refused: " + where + " does not accept ours, or got none (" + alert
                    + "); set tls.certificate and tls.key to ones that the CA it trusts has signed");
        }
        if (any(causes, cause -> says(cause, "Unsupported or unrecognized SSL message") || says(cause, "plaintext"))) {
            return Optional.of(where + " speaks no TLS; write http:// in its address");
        }
        return Optional.of(causes.stream()
                .filter(TlsTrouble::ofTls)
                .findFirst()
                .map(cause -> String.valueOf(cause.getMessage()))
                .orElse(""));
    }

    private static boolean ofTls(Throwable cause) {
        return cause instanceof SSLException || cause instanceof CertificateException;
    }

    private static boolean ofAnotherName(Throwable cause) {
        return cause instanceof SSLPeerUnverifiedException
                || says(cause, "No subject alternative")
                || says(cause, "No name matching");
    }

    private static boolean says(Throwable cause, String text) {
        return String.valueOf(cause.getMessage()).contains(text);
    }

    private static boolean any(List<Throwable> causes, Predicate<Throwable> which) {
        return causes.stream().anyMatch(which);
    }

    private static String last(List<Throwable> causes) {
        return String.valueOf(causes.get(causes.size() - 1).getMessage());
    }
}
