package io.quorate.sinks.receivers.heartbeat;

import io.quorate.sinks.receivers.Terms;
import io.quorate.sinks.receivers.http.WebAddress;
import java.io.Serializable;
import java.time.Duration;
import java.util.Objects;

/**
 * Who is told, again and again, that alerting is alive, and raises the alarm when that ends.
 *
 * @param url secret, as such services put a token into it: never printed beyond scheme and host
 */
public record HeartbeatSettings(String url, Duration every, Terms terms) implements Serializable {

    /** Its key in quorate.yaml. */
    public static final String ROOM = "heartbeat";

    public static final Duration DEFAULT_EVERY = Duration.ofMinutes(1);

    public HeartbeatSettings {
        WebAddress.checked(ROOM, url);
        Objects.requireNonNull(terms, "terms");
        if (every.isZero() || every.isNegative()) {
            throw new IllegalArgumentException("heartbeat every: " + every.toMillis() + "ms, expected more than 0");
        }
    }

    /** Connects to nothing yet. */
    public Heartbeat open() {
        return new Heartbeat(this);
    }

    public String reachedAt() {
        return WebAddress.hostAndPort(url);
    }

    @Override
    public String toString() {
        return "HeartbeatSettings[url=" + WebAddress.shown(url) + ", every=" + every + ", terms=" + terms + ']';
    }
}
