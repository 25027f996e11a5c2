package io.quorate.sinks.receivers.webhook;

import io.quorate.sinks.receivers.Receiver;
import io.quorate.sinks.receivers.ReceiverSettings;
import io.quorate.sinks.receivers.Retry;
import java.net.URI;
import java.net.URISyntaxException;
import java.time.Duration;
import java.util.Objects;
import java.util.regex.Pattern;

/**
 * One webhook.
 *
 * @param url secret, as many services put a token into it: never printed beyond scheme and host
 * @param timeout of one attempt
 */
public record WebhookSettings(String name, String url, Duration timeout, Retry retry, boolean sendResolved)
        implements ReceiverSettings {

    public static final String DEFAULT_NAME = "webhook";
    public static final Duration DEFAULT_TIMEOUT = Duration.ofSeconds(5);

    private static final Pattern NAME = Pattern.compile("[a-z0-9]+(-[a-z0-9]+)*");

    public WebhookSettings {
        Objects.requireNonNull(name, "name");
        Objects.requireNonNull(url, "url");
        Objects.requireNonNull(timeout, "timeout");
        Objects.requireNonNull(retry, "retry");
        if (!NAME.matcher(name).matches()) {
            throw new IllegalArgumentException(
                    "webhook name: '" + name + "', expected lower-case letters, digits and single hyphens");
        }
        if (!isHttp(url)) {
            throw new IllegalArgumentException(
                    "webhook url: not an address, expected one such as https://example.org/hook (not shown, as it may be"
                            + " secret)");
        }
        if (timeout.isZero() || timeout.isNegative()) {
            throw new IllegalArgumentException("webhook timeout: " + timeout.toMillis() + "ms, expected more than 0");
        }
    }

    /** With every default: five seconds per attempt, a day of attempts, resolved ones too. */
    public static WebhookSettings at(String url) {
        return new WebhookSettings(DEFAULT_NAME, url, DEFAULT_TIMEOUT, Retry.DEFAULT, true);
    }

    @Override
    public Receiver open() {
        return new WebhookReceiver(this);
    }

    /** The url as far as it may be shown: scheme, host and port. */
    public String shownUrl() {
        URI address = URI.create(url);
        String host = address.getScheme() + "://" + address.getHost()
                + (address.getPort() < 0 ? "" : ":" + address.getPort());
        String path = address.getRawPath() == null ? "" : address.getRawPath();
        return path.length() > 1 || address.getRawQuery() != null || address.getRawFragment() != null
                ? host + "/***"
                : host + path;
    }

    @Override
    public String toString() {
        return "WebhookSettings[name=" + name + ", url=" + shownUrl() + ", timeout=" + timeout + ", retry=" + retry
                + ", sendResolved=" + sendResolved + ']';
    }

    private static boolean isHttp(String url) {
        try {
            URI address = new URI(url);
            return ("http".equals(address.getScheme()) || "https".equals(address.getScheme()))
                    && address.getHost() != null
                    && address.getPort() <= 65_535;
        } catch (URISyntaxException e) {
            return false;
        }
    }
}
