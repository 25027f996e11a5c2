package io.quorate.ingest.prometheus;

import java.io.IOException;
import java.io.Serializable;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** The token that a Prometheus wants to see: in a file, or known already. Never shown in text. */
public final class BearerToken implements Serializable {

    private static final long serialVersionUID = 1;

    private final @Nullable String file;
    private final String token;

    private BearerToken(@Nullable String file, String token) {
        this.file = file;
        this.token = token;
    }

    /** Read anew each time that it is shown, as tokens are rotated. */
    public static BearerToken inFile(String file) {
        return new BearerToken(file, "");
    }

    public static BearerToken of(String token) {
        return new BearerToken(null, token);
    }

    /**
     * What the header says.
     *
     * @throws IOException with a message for people when the file cannot be read or holds no token
     */
    public String header() throws IOException {
        if (file == null) {
            return "Bearer " + token;
        }
        String read;
        try {
            read = Files.readString(Path.of(file)).strip();
        } catch (IOException e) {
            throw new IOException("bearer-token-file " + file + " cannot be read: " + e.getMessage(), e);
        }
        if (!read.matches("[\\x20-\\x7e]+")) {
            throw new IOException("bearer-token-file " + file + " holds no token; expected one line of ASCII");
        }
        return "Bearer " + read;
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof BearerToken that
                && token.equals(that.token)
                && (file == null ? that.file == null : file.equals(that.file));
    }

    @Override
    public int hashCode() {
        return 31 * token.hashCode() + (file == null ? 0 : file.hashCode());
    }

    @Override
    public String toString() {
        return file == null ? "***" : "in " + file;
    }
}
