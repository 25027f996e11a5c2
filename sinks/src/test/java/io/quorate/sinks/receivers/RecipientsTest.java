package io.quorate.sinks.receivers;

import static org.assertj.core.api.Assertions.assertThat;

import io.quorate.sinks.receivers.Answer.Delivered;
import io.quorate.sinks.receivers.Answer.Refused;
import io.quorate.sinks.receivers.Answer.WorthRetrying;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class RecipientsTest {

    private static final Answer TAKEN = new Delivered(200, null);
    private static final Answer LATER = new WorthRetrying(429, "HTTP 429", Duration.ofSeconds(3));
    private static final Answer NEVER = new Refused(400, "HTTP 400");

    private final Recipients recipients = new Recipients(List.of("a", "b"));

    @Test
    void areToldUntilAllHaveIt() {
        assertThat(recipients.waiting("k")).containsExactly("a", "b");
        assertThat(recipients.judge("k", Map.of("a", TAKEN, "b", LATER)))
                .isEqualTo(new WorthRetrying(429, "1 of 2 have it; HTTP 429", Duration.ofSeconds(3)));
        assertThat(recipients.waiting("k")).containsExactly("b");
        assertThat(recipients.waiting("other")).containsExactly("a", "b");
        assertThat(recipients.judge("k", Map.of("b", TAKEN))).isEqualTo(TAKEN);
    }

    @Test
    void areWorthRetryingWhileOneMayStillGetIt() {
        assertThat(recipients.judge("k", Map.of("a", NEVER, "b", LATER))).isInstanceOf(WorthRetrying.class);
        assertThat(recipients.judge("k", Map.of("a", NEVER, "b", NEVER))).isEqualTo(NEVER);
    }

    @Test
    void haveItWhenOneHasItAndTheOthersNeverWill() {
        recipients.judge("k", Map.of("a", TAKEN, "b", LATER));
        assertThat(recipients.judge("k", Map.of("b", NEVER))).isEqualTo(new Delivered(400, "1 of 2 have it; HTTP 400"));
    }

    @Test
    void forgetOldMessagesRatherThanGrow() {
        for (int i = 0; i <= 1_000; i++) {
            recipients.judge("k" + i, Map.of("a", TAKEN, "b", LATER));
        }
        assertThat(recipients.waiting("k0")).containsExactly("a", "b");
        assertThat(recipients.waiting("k1")).containsExactly("b");
    }
}
