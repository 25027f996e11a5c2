package io.quorate.ingest.transport;

import java.io.Serializable;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** A token or a password: in a file, or known already. Never shown in text. */
public final class Secret implements Serializable {

    private static final long serialVersionUID = 1;

    /** What a header of HTTP can carry. */
    private static final Pattern ONE_LINE = Pattern.compile("[\\x20-\\x7e]+");

    private final String key;
    private final @Nullable String file;
    private final String value;

    private Secret(String key, @Nullable String file, String value) {
        this.key = key;
        this.file = file;
        this.value = value;
    }

    /**
     * Read again when it changes.
     *
     * @param key of the settings, such as {@code bearer-token-file}
     */
    public static Secret inFile(String key, String file) {
        return new Secret(key, file, "");
    }

    public static Secret of(String value) {
        return new Secret("", null, value);
    }

    /**
     * The secret as it is at any time.
     *
     * @param shape from the bare secret to what is wanted
     */
    public Rereading<String> rereading(UnaryOperator<String> shape) {
        if (file == null) {
            return new Rereading<>("auth", List.of(), nothing -> shape.apply(value));
        }
        return new Rereading<>("auth", List.of(new Rereading.Named(key, file)), contents -> {
            String read = new String(contents.get(0), StandardCharsets.UTF_8).strip();
            if (!ONE_LINE.matcher(read).matches()) {
                throw new CredentialTrouble("auth", key + " " + file + " holds no secret; expected one line of ASCII");
            }
            return shape.apply(read);
        });
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof Secret that
                && value.equals(that.value)
                && (file == null ? that.file == null : file.equals(that.file));
    }

    @Override
    public int hashCode() {
        return 31 * value.hashCode() + (file == null ? 0 : file.hashCode());
    }

    @Override
    public String toString() {
        return file == null ? "***" : "in " + file;
    }
}
