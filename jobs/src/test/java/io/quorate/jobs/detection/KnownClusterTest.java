package io.quorate.jobs.detection;

import static org.assertj.core.api.Assertions.assertThat;

import io.quorate.events.Coverage;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class KnownClusterTest {

    private static final Duration STEP = Duration.ofSeconds(10);

    private final KnownCluster cluster = new KnownCluster();

    @Test
    void keepsOlderNewsUntilItsTimeComesHoweverEarlyTheNewerOneWasHeard() {
        hear("m1", 30);
        hear("m1", 60);

        assertThat(times()).containsExactly(30L, 60L);
    }

    @Test
    void keepsTheNewestOfThoseThatCanFirstBeHeardAtTheSameStep() {
        hear("m1", 21);
        hear("m1", 30);
        hear("m1", 25);
        hear("m2", 22);

        assertThat(times()).containsExactly(30L, 22L);
    }

    @Test
    void keepsNoMoreThanTheNewestOfEachMemberWhereNobodyAsksForThem() {
        IntStream.range(0, 100).forEach(step -> hear("m1", step * 10L));
        hear("m2", 5);

        assertThat(times()).hasSize(61).startsWith(400L).contains(990L).endsWith(5L);
    }

    private void hear(String member, long second) {
        cluster.hear(
                Heard.of(new Coverage(
                        "c", null, member, null, null, Instant.ofEpochSecond(second), List.of(), List.of())),
                STEP);
    }

    private List<Long> times() {
        return cluster.news.stream()
                .map(news -> news.observedAt().getEpochSecond())
                .toList();
    }
}
