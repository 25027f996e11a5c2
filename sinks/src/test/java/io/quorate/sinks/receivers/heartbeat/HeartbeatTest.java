package io.quorate.sinks.receivers.heartbeat;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.quorate.sinks.receivers.Answer;
import io.quorate.sinks.receivers.FakeEndpoint;
import io.quorate.sinks.receivers.FakeEndpoint.Reply;
import io.quorate.sinks.receivers.Terms;
import java.io.ObjectOutputStream;
import java.io.OutputStream;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;

class HeartbeatTest {

    @Test
    void beatsOnceAndTellsWhatBecameOfIt() throws Exception {
        try (FakeEndpoint endpoint = new FakeEndpoint()) {
            endpoint.replies(Reply.of(200), Reply.of(500).saying("not T0K3N-T0K3N"));
            HeartbeatSettings settings = settings(endpoint.url("/ping/T0K3N-T0K3N"));
            try (Heartbeat heartbeat = settings.open()) {
                assertThat(heartbeat.beat(Map.of("open", 3)).join()).isEqualTo(new Answer.Delivered(200, null));
                assertThat(heartbeat.beat(Map.of()).join())
                        .isEqualTo(new Answer.WorthRetrying(500, "HTTP 500: not ***", null));
            }
            assertThat(endpoint.requests()).hasSize(2).first().satisfies(request -> {
                assertThat(request.method()).isEqualTo("POST");
                assertThat(request.path()).isEqualTo("/ping/T0K3N-T0K3N");
                assertThat(request.body()).isEqualTo("{\"open\":3}");
            });
            assertThat(settings).asString().doesNotContain("T0K3N");
            new ObjectOutputStream(OutputStream.nullOutputStream()).writeObject(settings);
        }
    }

    @Test
    void refusesToBeatWithoutAPause() {
        assertThatThrownBy(() -> new HeartbeatSettings("http://h", Duration.ZERO, Terms.UNLIMITED))
                .hasMessageContaining("expected more than 0");
    }

    private static HeartbeatSettings settings(String url) {
        return new HeartbeatSettings(url, HeartbeatSettings.DEFAULT_EVERY, Terms.UNLIMITED);
    }
}
