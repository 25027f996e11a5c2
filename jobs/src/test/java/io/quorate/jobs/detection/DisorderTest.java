package io.quorate.jobs.detection;

import static org.assertj.core.api.Assertions.assertThat;

import io.quorate.rules.RuleTest;
import io.quorate.rules.RuleTest.Order;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class DisorderTest {

    private static final Duration BOUND = Duration.ofSeconds(10);

    private final Disorder disorder =
            new Disorder(Map.of("ordered", test(Order.OF_TIME), "shuffled", test(Order.SHUFFLED)));

    @Test
    void tellsAnOrderedTestAsItHappens() {
        assertThat(times(told("ordered"))).isSorted();
    }

    @Test
    void tellsAShuffledTestOutOfOrderByNoMoreThanTheBound() {
        List<Instant> times = times(told("shuffled"));

        assertThat(times).isNotEqualTo(times.stream().sorted().toList());
        Instant newest = Instant.EPOCH;
        for (Instant time : times) {
            newest = time.isAfter(newest) ? time : newest;
            assertThat(Duration.between(time, newest)).isLessThanOrEqualTo(BOUND);
        }
    }

    @Test
    void tellsOfOneMomentInAnyOrder() {
        assertThat(told("shuffled").stream()
                        .filter(event -> event.at().equals(at(0)))
                        .map(Event::member))
                .isNotEqualTo(List.of("m1", "m2", "m3", "m4", "m5", "m6"));
    }

    @Test
    void tellsItTheSameWayEveryTime() {
        assertThat(told("shuffled")).isEqualTo(told("shuffled"));
    }

    @Test
    void keepsTheStreamsTimeBehindOnlyWhereATestIsShuffled() {
        assertThat(disorder.behind(BOUND)).isEqualTo(BOUND);
        assertThat(new Disorder(Map.of("ordered", test(Order.OF_TIME))).behind(BOUND))
                .isEqualTo(Duration.ZERO);
    }

    private record Event(String cluster, String member, Instant at) {}

    private List<Event> told(String cluster) {
        List<Event> events = new ArrayList<>();
        for (int time = 0; time < 20; time++) {
            for (int member = 1; member <= 6; member++) {
                events.add(new Event(cluster, "m" + member, at(time)));
            }
        }
        return disorder.tell(events, Event::cluster, Event::at, BOUND);
    }

    private static List<Instant> times(List<Event> events) {
        return events.stream().map(Event::at).toList();
    }

    private static Instant at(int window) {
        return Givens.ZERO.plus(BOUND.multipliedBy(window));
    }

    private static RuleTest test(Order order) {
        return new RuleTest("holds", "fleet", 6, order, List.of(), Duration.ZERO, List.of());
    }
}
