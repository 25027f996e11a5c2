package io.quorate.ingest.transport;

import java.io.Serializable;
import org.jspecify.annotations.Nullable;

/**
 * Whom to trust and what to show; files of PEM, read again when they change.
 *
 * @param ca whom to trust; null for the system's trust
 * @param certificate to show; null for none
 * @param key of that certificate
 * @param serverName that the peer's certificate must carry; null for the host of its address
 * @param insecure whether anybody is trusted, under any name
 */
public record Tls(
        @Nullable String ca,
        @Nullable String certificate,
        @Nullable String key,
        @Nullable String serverName,
        boolean insecure)
        implements Serializable {

    private static final long serialVersionUID = 1;

    public Tls {
        if ((certificate == null) != (key == null)) {
            throw new IllegalArgumentException("tls: certificate and key belong together, expected both or neither");
        }
        if (insecure && ca != null) {
            throw new IllegalArgumentException(
                    "tls.insecure: is true beside ca, which nobody would look at; expected one of the two");
        }
    }

    /** Verified against that CA and the host of the address; no certificate shown. */
    public static Tls trusting(String ca) {
        return new Tls(ca, null, null, null, false);
    }
}
