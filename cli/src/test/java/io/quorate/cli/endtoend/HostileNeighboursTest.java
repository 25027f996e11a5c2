package io.quorate.cli.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import io.quorate.events.Alert;
import io.quorate.events.Notification;
import io.quorate.events.Notification.Outcome;
import io.quorate.jobs.alerting.routes.Route;
import io.quorate.sinks.receivers.ReceiverSettings;
import io.quorate.sinks.receivers.Retry;
import io.quorate.sinks.receivers.Terms;
import io.quorate.sinks.receivers.text.PageTexts;
import io.quorate.sinks.receivers.webhook.WebhookSettings;
import io.quorate.testkit.BadTarget;
import io.quorate.testkit.TestAuthority;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** One receiver that is well, alone and then beside six that are not: it hears of everything, and each has its own end. */
@Tag("slow")
class HostileNeighboursTest {

    private static final int ALERTS = 200;

    /** As long as the peers' slowest: whoever waited for it in any way would be seen. */
    private static final Terms PATIENT = Terms.UNLIMITED.patient(
            Duration.ofSeconds(30), new Retry(Duration.ofSeconds(1), Duration.ofSeconds(5), Duration.ofHours(1)));

    @Test
    void delayNobodyElse(@TempDir Path folder) throws Exception {
        TestAuthority unknown = new TestAuthority(folder, "unknown");
        try (Hook alone = new Hook(number -> false);
                Hook well = new Hook(number -> false);
                BadTarget loris = BadTarget.dripping("ok");
                BadTarget silent = BadTarget.silent();
                BadTarget redirects = BadTarget.redirecting("http://169.254.169.254/latest/meta-data");
                BadTarget large = BadTarget.answeringMebibytes("ok", 100);
                BadTarget stranger =
                        BadTarget.answering(unknown.issue("hooks.example").context(), "200 OK", "ok")) {
            List<Notification> undisturbed = run(Map.of("well", alone.url()));
            Map<String, String> urls = new LinkedHashMap<>();
            urls.put("dripping", loris.url());
            urls.put("silent", silent.url());
            urls.put("redirects", redirects.url());
            urls.put("large", large.url());
            urls.put("stranger", stranger.url());
            urls.put("nameless", "http://receiver.invalid/");
            urls.put("well", well.url());
            List<Notification> disturbed = run(urls);

            assertThat(of("well", disturbed)).hasSize(ALERTS);
            assertThat(outcomes("redirects", disturbed)).containsOnly(Outcome.REFUSED);
            assertThat(outcomes("large", disturbed)).containsOnly(Outcome.DELIVERED);
            assertThat(outcomes("stranger", disturbed)).containsOnly(Outcome.RETRIED);
            assertThat(outcomes("nameless", disturbed)).containsOnly(Outcome.RETRIED);
            assertThat(outcomes("silent", disturbed)).as("none has ended yet").isEmpty();
            System.out.printf(
                    "delay at the well receiver, alone: %s; beside six others: %s%n",
                    words(undisturbed), words(disturbed));
            urls.keySet()
                    .forEach(name -> System.out.println(name + ": "
                            + of(name, disturbed).stream()
                                    .map(line -> line.outcome() + " " + line.detail())
                                    .distinct()
                                    .limit(2)
                                    .toList()));
        }
    }

    private static List<Notification> run(Map<String, String> urls) throws Exception {
        List<ReceiverSettings> receivers = new ArrayList<>();
        urls.forEach((name, url) -> receivers.add(new WebhookSettings(name, url, null, PATIENT, PageTexts.DEFAULT)));
        Route each = new Route(
                "each",
                List.of(),
                List.copyOf(urls.keySet()),
                List.of("alertname", "cluster", "member"),
                Duration.ofMillis(1),
                Duration.ofMinutes(5),
                null,
                List.of(),
                false);
        try (AlertingRun run = new AlertingRun(ALERTS, HostileNeighboursTest::alert, receivers, List.of(each))) {
            Awaitility.await()
                    .atMost(Duration.ofMinutes(2))
                    .until(() -> of("well", run.ledger()).size() == ALERTS);
            return run.ledger();
        }
    }

    /** Twenty a second; that many because a receiver that is well must hear of them while others hang. */
    private static Alert alert(long number) {
        LockSupport.parkNanos(Duration.ofMillis(50).toNanos());
        return Planted.firing((int) number, Instant.now());
    }

    private static List<Notification> of(String receiver, List<Notification> ledger) {
        return ledger.stream().filter(line -> line.receiver().equals(receiver)).toList();
    }

    private static List<Outcome> outcomes(String receiver, List<Notification> ledger) {
        return of(receiver, ledger).stream().map(Notification::outcome).toList();
    }

    /** From the alert to the receiver's answer. */
    private static String words(List<Notification> ledger) {
        List<Long> millis = of("well", ledger).stream()
                .map(line ->
                        Duration.between(line.breachedAt(), line.attemptedAt()).toMillis())
                .sorted()
                .toList();
        return "p50 %d ms, p99 %d ms, max %d ms"
                .formatted(
                        millis.get(millis.size() / 2),
                        millis.get(millis.size() * 99 / 100),
                        millis.get(millis.size() - 1));
    }
}
