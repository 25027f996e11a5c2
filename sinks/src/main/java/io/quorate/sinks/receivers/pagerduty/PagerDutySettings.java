package io.quorate.sinks.receivers.pagerduty;

import io.quorate.sinks.receivers.Receiver;
import io.quorate.sinks.receivers.ReceiverName;
import io.quorate.sinks.receivers.ReceiverSettings;
import io.quorate.sinks.receivers.Terms;
import io.quorate.sinks.receivers.http.WebAddress;
import io.quorate.sinks.receivers.text.PageTexts;
import java.util.Objects;

/**
 * One integration of a PagerDuty service.
 *
 * @param routingKey secret; PagerDuty calls it the integration key
 * @param url where events go, {@link #DEFAULT_URL} or that of a region
 */
public record PagerDutySettings(String name, String routingKey, String url, Terms terms, PageTexts texts)
        implements ReceiverSettings {

    /** Its key in quorate.yaml. */
    public static final String ROOM = "pagerduty";

    public static final String DEFAULT_URL = "https://events.pagerduty.com/v2/enqueue";

    public PagerDutySettings {
        ReceiverName.checked(ROOM, name);
        WebAddress.checked(ROOM, url);
        Objects.requireNonNull(terms, "terms");
        Objects.requireNonNull(texts, "texts");
        if (routingKey.isBlank()) {
            throw new IllegalArgumentException(
                    "pagerduty routing key: empty, expected the integration key of a service's Events API v2");
        }
    }

    @Override
    public Receiver open() {
        return new PagerDutyReceiver(this);
    }

    @Override
    public String reachedAt() {
        return WebAddress.hostAndPort(url);
    }

    @Override
    public boolean acknowledges() {
        return true;
    }

    @Override
    public String toString() {
        return "PagerDutySettings[name=" + name + ", routingKey=***, url=" + WebAddress.shown(url) + ", terms=" + terms
                + ", texts=" + texts + ']';
    }
}
