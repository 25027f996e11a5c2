package io.quorate.events;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import org.junit.jupiter.api.Test;

class AlertTest {

    @Test
    void keepsItsIdForEverAsReceiversRememberIt() {
        Instant start = Instant.parse("2026-11-20T18:42:58.862Z");

        assertThat(Alert.idOf("EtcdElectionStorm", "prod-eu-1", null, start)).isEqualTo("fac5ebe6f3b34bcf");
        assertThat(Alert.idOf("EtcdElectionStorm", "prod-eu-1", "m1", start))
                .isNotEqualTo(Alert.idOf("EtcdElectionStorm", "prod-eu-1", null, start));
    }
}
