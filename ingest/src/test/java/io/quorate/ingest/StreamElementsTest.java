package io.quorate.ingest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.quorate.events.Alert;
import io.quorate.events.ClusterEvent;
import io.quorate.events.ClusterRoster;
import io.quorate.events.DeadLetter;
import io.quorate.events.LeaderChange;
import io.quorate.events.MemberScrape;
import io.quorate.events.MemberStatus;
import io.quorate.events.MemberWindow;
import io.quorate.events.Notification;
import io.quorate.events.PollTally;
import io.quorate.events.ScopeWindow;
import java.time.Instant;
import org.apache.flink.types.PojoTestUtils;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Everything that flows is coded field by field, never by Kryo. */
class StreamElementsTest {

    private static final Instant NOON = Instant.parse("2026-11-20T12:00:00Z");

    @ParameterizedTest
    @ValueSource(
            classes = {
                Observation.class,
                MemberScrape.class,
                MemberStatus.class,
                ClusterRoster.class,
                DeadLetter.class,
                PollTally.class,
                MemberWindow.class,
                ScopeWindow.class,
                LeaderChange.class,
                ClusterEvent.class,
                Alert.class,
                Notification.class
            })
    void flowsWithoutKryo(Class<?> event) {
        PojoTestUtils.assertSerializedAsPojoWithoutKryo(event);
    }

    @Test
    void isExactlyOneThing() {
        DeadLetter letter = new DeadLetter("here", "unreadable", "", null, "", NOON);

        assertThat(Observation.of(letter).observedAt()).isEqualTo(NOON);
        assertThatThrownBy(() -> new Observation(null, null, null, null, null)).hasMessageContaining("not 0");
        MemberScrape scrape = MemberScrape.failed("c", "m", "s", NOON, NOON, "timeout");
        assertThatThrownBy(() -> new Observation(scrape, null, null, letter, null))
                .hasMessageContaining("not 2");
    }
}
