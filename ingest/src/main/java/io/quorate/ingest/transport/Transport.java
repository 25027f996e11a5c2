package io.quorate.ingest.transport;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How a peer is reached.
 *
 * @param tls how to trust and be trusted; null for the system's trust where the address is https
 * @param authorization to show; null for none
 * @param proxy to go through; null for none of ours
 */
public record Transport(
        @Nullable Tls tls,
        @Nullable Authorization authorization,
        @Nullable HttpProxy proxy) implements Serializable {

    private static final long serialVersionUID = 1;

    /** Straight, nothing shown, the system's trust. */
    public static final Transport PLAIN = new Transport(null, null, null);

    public static Transport of(Authorization authorization) {
        return new Transport(null, authorization, null);
    }

    public static Transport of(Tls tls) {
        return new Transport(tls, null, null);
    }

    /** What works, but not as safely as people may believe; for logs and for who asks. */
    public List<String> cautions(Collection<String> urls) {
        List<String> cautions = new ArrayList<>();
        if (tls != null && tls.insecure()) {
            cautions.add(
                    "tls.insecure is true: no certificate is verified, whoever answers is believed; set tls.ca, and"
                            + " tls.server-name where the certificate is for another name");
        }
        if (authorization != null && urls.stream().anyMatch(url -> url.startsWith("http://"))) {
            cautions.add("its " + authorization.noun() + " goes over http, for all on the way to read; write https");
        }
        return cautions;
    }
}
