package io.quorate.ingest.prometheus;

import static org.assertj.core.api.Assertions.assertThat;

import io.quorate.events.MemberScrape;
import io.quorate.events.PollTally;
import io.quorate.ingest.Observation;
import io.quorate.ingest.poll.Parcel;
import io.quorate.ingest.poll.PollSplit;
import io.quorate.ingest.poll.Target;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class MissedScrapesTest {

    private static final Instant NOON = Instant.parse("2026-11-20T12:00:00Z");
    private static final Target TARGET = new Target(
            "prod/m1", "settings", List.of("http://m1:2379/metrics"), Map.of("cluster", "prod", "member", "m1"));

    @Test
    void areThoseThatWereDueSinceTheCheckpoint() {
        assertThat(missed(knownUntil(NOON), NOON.plusSeconds(25)))
                .extracting(MemberScrape::observedAt)
                .containsExactly(NOON.plusSeconds(10), NOON.plusSeconds(20));
        assertThat(missed(knownUntil(NOON), NOON.plusSeconds(25))).allSatisfy(scrape -> {
            assertThat(scrape.answered()).isFalse();
            assertThat(scrape.cluster()).isEqualTo("prod");
            assertThat(scrape.member()).isEqualTo("m1");
            assertThat(scrape.source()).isEqualTo("http://m1:2379/metrics");
            assertThat(scrape.failure()).startsWith("not-polled: nothing is known from 2026-11-20T12:00:00Z until ");
        });
    }

    @Test
    void areNoneWhenTheNextIsNotDueYet() {
        assertThat(missed(knownUntil(NOON), NOON.plusSeconds(10))).isEmpty();
    }

    @Test
    void areNoneOfATargetThatWasNeverPolled() {
        assertThat(missed(PollSplit.of(TARGET), NOON)).isEmpty();
    }

    @Test
    void goNoFurtherBackThanTheIngestJobTakesThem() {
        assertThat(missed(knownUntil(NOON), NOON.plusSeconds(600)))
                .hasSize(5)
                .allSatisfy(scrape -> assertThat(scrape.observedAt()).isAfter(NOON.plusSeconds(540)));
    }

    private static List<MemberScrape> missed(PollSplit split, Instant now) {
        Stream<Observation> observations =
                MissedScrapes.of(split, Duration.ofSeconds(10), now).stream().map(Parcel::observation);
        return observations
                .map(Observation::scrape)
                .map(scrape -> Objects.requireNonNull(scrape))
                .toList();
    }

    private static PollSplit knownUntil(Instant checkpoint) {
        return new PollSplit(
                TARGET,
                Map.of(),
                List.of(
                        tally(checkpoint.minusSeconds(60), checkpoint.minusSeconds(1)),
                        tally(checkpoint.minusSeconds(60), checkpoint)));
    }

    private static PollTally tally(Instant minute, Instant countedAt) {
        return new PollTally("metrics", "prod/m1", "prod", minute, minute, countedAt, 60, 6, 6, 0, List.of());
    }
}
