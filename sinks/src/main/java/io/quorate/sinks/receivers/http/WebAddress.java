package io.quorate.sinks.receivers.http;

import java.net.URI;
import java.net.URISyntaxException;

/** The address of something that speaks HTTP. It may hold a secret, so it is never shown beyond scheme, host and port. */
public final class WebAddress {

    private static final int MOST_PORTS = 65_535;

    private WebAddress() {}

    /** Refuses what is no such address, and does not repeat it. */
    public static String checked(String room, String url) {
        if (!isHttp(url)) {
            throw new IllegalArgumentException(room
                    + " url: not an address, expected one such as https://example.org/hook (not shown, as it may be"
                    + " secret)");
        }
        return url;
    }

    /** As far as it may be shown: scheme, host and port. */
    public static String shown(String url) {
        URI address = URI.create(url);
        String host = address.getScheme() + "://" + address.getHost()
                + (address.getPort() < 0 ? "" : ":" + address.getPort());
        String path = address.getRawPath() == null ? "" : address.getRawPath();
        return path.length() > 1 || address.getRawQuery() != null || address.getRawFragment() != null
                ? host + "/***"
                : host + path;
    }

    /** Host and port. */
    public static String hostAndPort(String url) {
        URI address = URI.create(url);
        int usual = "https".equals(address.getScheme()) ? 443 : 80;
        return address.getHost() + ':' + (address.getPort() < 0 ? usual : address.getPort());
    }

    private static boolean isHttp(String url) {
        try {
            URI address = new URI(url);
            return ("http".equals(address.getScheme()) || "https".equals(address.getScheme()))
                    && address.getHost() != null
                    && address.getPort() <= MOST_PORTS;
        } catch (URISyntaxException e) {
            return false;
        }
    }
}
