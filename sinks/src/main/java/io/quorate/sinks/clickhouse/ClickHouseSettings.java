package io.quorate.sinks.clickhouse;

import java.io.Serializable;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.Objects;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Where ClickHouse is and who we are there.
 *
 * @param url of its HTTP interface, such as {@code http://127.0.0.1:8123}
 * @param database holds all of Quorate's tables and nothing else
 * @param password secret; null for none
 */
public record ClickHouseSettings(
        String url, String database, String user, @Nullable String password) implements Serializable {

    public static final String DEFAULT_DATABASE = "quorate";
    public static final String DEFAULT_USER = "default";

    private static final Pattern NAME = Pattern.compile("[A-Za-z_][A-Za-z0-9_]*");

    public ClickHouseSettings {
        Objects.requireNonNull(url, "clickhouse.url");
        Objects.requireNonNull(database, "clickhouse.database");
        Objects.requireNonNull(user, "clickhouse.user");
        url = checked(url);
        if (!NAME.matcher(database).matches()) {
            throw new IllegalArgumentException(
                    "clickhouse.database: '" + database + "' is no name, expected letters, digits and underscores");
        }
        if (user.isBlank()) {
            throw new IllegalArgumentException("clickhouse.user: empty, expected a name such as default");
        }
    }

    /** The default database and user of an engine that asks for no password. */
    public static ClickHouseSettings at(String url) {
        return new ClickHouseSettings(url, DEFAULT_DATABASE, DEFAULT_USER, null);
    }

    /** The address for JDBC; without the password, which travels apart. */
    public String jdbcUrl() {
        return "jdbc:clickhouse:" + url + '/' + database;
    }

    @Override
    public String toString() {
        return "ClickHouseSettings[url=" + url + ", database=" + database + ", user=" + user + ", password="
                + (password == null ? "none" : "***") + ']';
    }

    /** What is refused is not repeated: a password may stand in it. */
    private static String checked(String url) {
        try {
            URI address = new URI(url);
            boolean http = "http".equals(address.getScheme()) || "https".equals(address.getScheme());
            if (!http || address.getHost() == null || address.getPort() > 65_535) {
                throw new IllegalArgumentException(
                        "clickhouse.url: not an address, expected one such as http://127.0.0.1:8123");
            }
            if (address.getUserInfo() != null) {
                throw new IllegalArgumentException(
                        "clickhouse.url: holds a user or a password (not repeated), expected them under clickhouse.user and"
                                + " clickhouse.password-file or clickhouse.password-env");
            }
            String path = address.getPath();
            if (!(path.isEmpty() || path.equals("/")) || address.getQuery() != null || address.getFragment() != null) {
                throw new IllegalArgumentException("clickhouse.url: goes beyond host and port, expected one such as "
                        + "http://127.0.0.1:8123; the database stands under clickhouse.database");
            }
            return url.endsWith("/") ? url.substring(0, url.length() - 1) : url;
        } catch (URISyntaxException e) {
            throw new IllegalArgumentException(
                    "clickhouse.url: not an address, expected one such as http://127.0.0.1:8123");
        }
    }
}
