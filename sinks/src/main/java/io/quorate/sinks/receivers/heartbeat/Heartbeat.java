package io.quorate.sinks.receivers.heartbeat;

import io.quorate.sinks.receivers.Answer;
import io.quorate.sinks.receivers.http.Poster;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

/** The line to somebody who notices silence. When to beat is for whoever holds it. */
public final class Heartbeat implements AutoCloseable {

    private final Poster poster;

    Heartbeat(HeartbeatSettings settings) {
        this.poster = new Poster(settings.url(), settings.terms(), List.of());
    }

    /** One beat, which is not sent again: the next one comes anyway. */
    public CompletableFuture<Answer> beat(Map<String, Object> facts) {
        return poster.json(Map.of(), facts);
    }

    @Override
    public void close() {
        poster.close();
    }
}
