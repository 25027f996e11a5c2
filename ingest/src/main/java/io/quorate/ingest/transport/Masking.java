package io.quorate.ingest.transport;

import java.util.List;

/** Takes out of text what a peer was shown: one that repeats its headers must not bring a secret into records and logs. */
public final class Masking {

    /** What is shorter would be found everywhere by chance. */
    private static final int SHORTEST = 4;

    private final List<Rereading<String>> shown;

    private Masking(List<Rereading<String>> shown) {
        this.shown = shown;
    }

    public static Masking of(Transport transport) {
        if (transport.authorization() instanceof BearerToken token) {
            return new Masking(List.of(token.secret().rereading(bare -> bare)));
        }
        if (transport.authorization() instanceof BasicLogin login) {
            return new Masking(List.of(
                    login.password().rereading(bare -> bare),
                    login.password().rereading(bare -> login.credentials(bare).substring("Basic ".length()))));
        }
        return new Masking(List.of());
    }

    /** The same text with three stars in the place of each secret. */
    public String in(String text) {
        String masked = text;
        for (Rereading<String> secret : shown) {
            try {
                String now = secret.current();
                if (now.length() >= SHORTEST) {
                    masked = masked.replace(now, "***");
                }
            } catch (CredentialTrouble e) {
                // There never was a secret that could have been shown.
            }
        }
        return masked;
    }
}
