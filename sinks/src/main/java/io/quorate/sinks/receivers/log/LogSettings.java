package io.quorate.sinks.receivers.log;

import io.quorate.sinks.receivers.Receiver;
import io.quorate.sinks.receivers.ReceiverName;
import io.quorate.sinks.receivers.ReceiverSettings;
import io.quorate.sinks.receivers.Terms;
import java.util.Objects;

/** A line in the log of the job per alert. */
public record LogSettings(String name, Terms terms) implements ReceiverSettings {

    /** Its key in quorate.yaml. */
    public static final String ROOM = "log";

    public LogSettings {
        ReceiverName.checked(ROOM, name);
        Objects.requireNonNull(terms, "terms");
    }

    @Override
    public Receiver open() {
        return new LogReceiver();
    }

    @Override
    public boolean tellsEach() {
        return true;
    }
}
