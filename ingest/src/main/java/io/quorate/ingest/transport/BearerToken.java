package io.quorate.ingest.transport;

/** A token that is shown as it is. Never shown in text. */
public record BearerToken(Secret secret) implements Authorization {

    private static final long serialVersionUID = 1;

    /** Read again when it changes, as tokens are rotated. */
    public static BearerToken inFile(String file) {
        return new BearerToken(Secret.inFile("bearer-token-file", file));
    }

    public static BearerToken of(String token) {
        return new BearerToken(Secret.of(token));
    }

    @Override
    public Rereading<String> header() {
        return secret.rereading(token -> "Bearer " + token);
    }

    @Override
    public String noun() {
        return "bearer token";
    }
}
