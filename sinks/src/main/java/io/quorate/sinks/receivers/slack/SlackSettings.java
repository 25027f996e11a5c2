package io.quorate.sinks.receivers.slack;

import io.quorate.sinks.receivers.Receiver;
import io.quorate.sinks.receivers.ReceiverName;
import io.quorate.sinks.receivers.ReceiverSettings;
import io.quorate.sinks.receivers.Terms;
import io.quorate.sinks.receivers.http.WebAddress;
import io.quorate.sinks.receivers.text.PageTexts;
import java.util.Objects;

/**
 * One incoming webhook of Slack, which stands for one channel.
 *
 * @param url secret: never printed beyond scheme and host
 */
public record SlackSettings(String name, String url, Terms terms, PageTexts texts) implements ReceiverSettings {

    /** Its key in quorate.yaml. */
    public static final String ROOM = "slack";

    public SlackSettings {
        ReceiverName.checked(ROOM, name);
        WebAddress.checked(ROOM, url);
        Objects.requireNonNull(terms, "terms");
        Objects.requireNonNull(texts, "texts");
    }

    @Override
    public Receiver open() {
        return new SlackReceiver(this);
    }

    @Override
    public String reachedAt() {
        return WebAddress.hostAndPort(url);
    }

    @Override
    public String toString() {
        return "SlackSettings[name=" + name + ", url=" + WebAddress.shown(url) + ", terms=" + terms + ", texts=" + texts
                + ']';
    }
}
