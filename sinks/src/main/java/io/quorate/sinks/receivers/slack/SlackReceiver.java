package io.quorate.sinks.receivers.slack;

import io.quorate.sinks.receivers.Answer;
import io.quorate.sinks.receivers.Message;
import io.quorate.sinks.receivers.Receiver;
import io.quorate.sinks.receivers.http.Poster;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

/** Posts into a channel. Slack knows no key of repeats: one that crossed with a lost answer is seen twice. */
final class SlackReceiver implements Receiver {

    private final SlackSettings settings;
    private final Poster poster;

    SlackReceiver(SlackSettings settings) {
        this.settings = settings;
        this.poster = new Poster(settings.url(), settings.terms(), List.of());
    }

    @Override
    public CompletableFuture<Answer> send(Message message) {
        return poster.json(Map.of(), SlackMessage.of(message, settings.texts()));
    }

    @Override
    public void close() {
        poster.close();
    }
}
