package io.quorate.cli.simulate;

import static org.assertj.core.api.Assertions.assertThat;

import io.quorate.cli.simulate.SimulatedRun.Order;
import io.quorate.events.Alert;
import io.quorate.jobs.detection.Controls;
import io.quorate.rules.Rule;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Nobody is paged while nothing is wrong, and no cause is found for what is none. A few days by default; {@code
 * deploy/bench/quiet-days.sh} asks for as many as one has time for.
 */
@Tag("slow")
class QuietDaysTest {

    /** Days of one cluster, in all. */
    private static final int DAYS = Integer.getInteger("quorate.quiet.days", 3);

    /** Which fleet is the first; another number, other days. */
    private static final int FIRST = Integer.getInteger("quorate.quiet.first", 1);

    /** When to stop, whether all days are over or not. */
    private static final Duration ENOUGH = Duration.ofMinutes(Integer.getInteger("quorate.quiet.minutes", 60));

    private static final Duration STATUS = Duration.ofSeconds(Integer.getInteger("quorate.quiet.status", 1));
    private static final String PROFILE = System.getProperty("quorate.quiet.profile", "fleet");

    @Test
    void pagesNobodyAndFindsNoCause() throws Exception {
        Controls controls = SimulatedRun.shipped(PROFILE);
        Set<String> sandbox = controls.rules().stream()
                .filter(rule -> rule.maturity() != Rule.Maturity.STABLE)
                .map(Rule::name)
                .collect(Collectors.toSet());
        Instant began = Instant.now();
        List<Alert> wrong = new ArrayList<>();
        double days = 0;
        long transitions = 0;
        for (int fleet = FIRST; days < DAYS && Instant.now().isBefore(began.plus(ENOUGH)); fleet++) {
            Duration lasts =
                    Duration.ofSeconds((long) Math.min(86_400, Math.ceil((DAYS - days) * 86_400 / QuietDays.CLUSTERS)));
            List<Alert> alerts = new ArrayList<>();
            SimulatedRun.run(
                    QuietDays.fleet(fleet, lasts, STATUS, SimulatedRun.readBy(controls)),
                    lasts,
                    QuietDays.SCRAPE,
                    Order.ORDERED,
                    controls,
                    alerts::add);
            transitions += alerts.size();
            wrong.addAll(CorpusTest.wrong(alerts.stream()
                    .filter(alert -> !sandbox.contains(alert.rule()))
                    .toList()));
            days += QuietDays.CLUSTERS * lasts.toSeconds() / 86_400.0;
            System.out.printf(
                    "quiet days: %.1f cluster-days in %d s, %d transitions, %d wrong%n",
                    days, Duration.between(began, Instant.now()).toSeconds(), transitions, wrong.size());
        }

        assertThat(transitions).as("restarts make rules pending at least").isPositive();
        assertThat(wrong).as("of %.1f cluster-days", days).isEmpty();
    }
}
