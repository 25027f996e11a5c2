package io.quorate.ingest.transport;

import java.io.Serializable;
import okhttp3.HttpUrl;

/** A proxy of HTTP that everything to a peer goes through; TLS passes it unopened. */
public record HttpProxy(String host, int port) implements Serializable {

    private static final long serialVersionUID = 1;

    /**
     * From an address such as {@code http://proxy.example:3128}.
     *
     * @throws IllegalArgumentException when it is none; no user and no password is repeated
     */
    public static HttpProxy at(String url) {
        HttpUrl parsed = HttpUrl.parse(url);
        if (parsed != null
                && (!parsed.username().isEmpty() || !parsed.password().isEmpty())) {
            throw new IllegalArgumentException(
                    "'proxy' holds a user or a password (not repeated), expected only http://host:port");
        }
        if (parsed == null
                || parsed.isHttps()
                || !parsed.encodedPath().equals("/")
                || parsed.query() != null
                || parsed.fragment() != null) {
            throw new IllegalArgumentException("'proxy' is no proxy's address, expected http://host:port");
        }
        return new HttpProxy(parsed.host(), parsed.port());
    }
}
