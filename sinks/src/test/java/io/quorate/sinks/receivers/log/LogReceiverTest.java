package io.quorate.sinks.receivers.log;

import static org.assertj.core.api.Assertions.assertThat;

import io.quorate.sinks.receivers.Answer;
import io.quorate.sinks.receivers.Messages;
import io.quorate.sinks.receivers.Receiver;
import io.quorate.sinks.receivers.Terms;
import org.junit.jupiter.api.Test;

class LogReceiverTest {

    @Test
    void takesEverythingAndEachAlertByItself() {
        LogSettings settings = new LogSettings("log", Terms.UNLIMITED);
        try (Receiver receiver = settings.open()) {
            assertThat(receiver.send(Messages.firing("a1")).join()).isEqualTo(new Answer.Delivered(null, null));
        }
        assertThat(settings.tellsEach()).isTrue();
        assertThat(settings.reachedAt()).isNull();
    }
}
