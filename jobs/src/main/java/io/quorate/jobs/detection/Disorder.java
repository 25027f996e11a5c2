package io.quorate.jobs.detection;

import io.quorate.rules.RuleTest;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Tells what tests are given in order of time, and that of shuffled tests up to a bound later: the same way every time.
 *
 * @param tests by the name of each one's cluster
 */
record Disorder(Map<String, RuleTest> tests) {

    private record Told<T>(T event, Instant at, int tie) {}

    /** No later than the bound, and of one moment in any order. */
    <T> List<T> tell(List<T> events, Function<T, String> cluster, Function<T, Instant> time, Duration bound) {
        Map<String, Random> chances = new HashMap<>();
        List<Told<T>> all = new ArrayList<>();
        for (T event : events.stream().sorted(Comparator.comparing(time)).toList()) {
            RuleTest test = tests.get(cluster.apply(event));
            if (test != null && isShuffled(test)) {
                Random chance = chances.computeIfAbsent(
                        cluster.apply(event), name -> new Random(test.claim().hashCode()));
                Duration late = chance.nextBoolean() ? bound : Duration.ZERO;
                all.add(new Told<>(event, time.apply(event).plus(late), chance.nextInt()));
            } else {
                all.add(new Told<>(event, time.apply(event), 0));
            }
        }
        return all.stream()
                .sorted(Comparator.<Told<T>, Instant>comparing(Told::at).thenComparingInt(Told::tie))
                .map(Told::event)
                .toList();
    }

    /** How far the stream's time must stay behind the events' for none of them to be late. */
    Duration behind(Duration bound) {
        return tests.values().stream().anyMatch(Disorder::isShuffled) ? bound : Duration.ZERO;
    }

    private static boolean isShuffled(@Nullable RuleTest test) {
        return test != null && test.order() == RuleTest.Order.SHUFFLED;
    }
}
