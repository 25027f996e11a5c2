package io.quorate.ingest.discovery;

import java.io.Serializable;
import org.jspecify.annotations.Nullable;

/**
 * Which labels of a target tell who it is.
 *
 * @param clusterLabel which label tells clusters apart
 * @param cluster the name of all that lack it; null to refuse them
 * @param memberLabel which label names members; null for {@code member}, then {@code pod}, then the address
 * @param scheme of those that do not tell theirs
 * @param port instead of that of the target: metrics often have one of their own; 0 for the target's
 */
public record Naming(
        String clusterLabel,
        @Nullable String cluster,
        @Nullable String memberLabel,
        String scheme,
        int port) implements Serializable {

    private static final long serialVersionUID = 1;

    public Naming {
        if (!scheme.equals("http") && !scheme.equals("https")) {
            throw new IllegalArgumentException("scheme: " + scheme + ", expected http or https");
        }
        if (port < 0 || port > 65_535) {
            throw new IllegalArgumentException("port: " + port + ", expected 1 to 65535");
        }
    }
}
