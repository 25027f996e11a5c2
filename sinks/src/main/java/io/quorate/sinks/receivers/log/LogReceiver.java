package io.quorate.sinks.receivers.log;

import io.quorate.sinks.receivers.Answer;
import io.quorate.sinks.receivers.Message;
import io.quorate.sinks.receivers.PlacedAlert;
import io.quorate.sinks.receivers.Receiver;
import io.quorate.sinks.receivers.text.PageTexts;
import java.util.concurrent.CompletableFuture;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Writes what is new; nobody can refuse it. */
final class LogReceiver implements Receiver {

    private static final Logger LOG = LoggerFactory.getLogger(LogReceiver.class);

    @Override
    public CompletableFuture<Answer> send(Message message) {
        for (PlacedAlert placed : message.alerts()) {
            if (message.isNews(placed.alert())) {
                LOG.warn(
                        "{} ({})",
                        PageTexts.DEFAULT.title(message),
                        placed.alert().id());
            }
        }
        return CompletableFuture.completedFuture(new Answer.Delivered(null, null));
    }

    @Override
    public void close() {}
}
