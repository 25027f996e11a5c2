package io.quorate.sinks.clickhouse;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.quorate.events.DeadLetter;
import io.quorate.events.Notification;
import io.quorate.events.codec.EventCodec;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What the query that reconciles alerts with the ledger says of an honest run, and of gaps that were planted. */
class ReconciliationTest {

    private ClickHouseClient client;
    private int second;

    @BeforeEach
    void runHonestly() throws IOException {
        client = new ClickHouseClient(Engine.databaseFor(ReconciliationTest.class));
        alert("worse", "pending warning", "firing warning", "updated warning", "updated critical", "resolved critical");
        line("worse", "firing warning", "hook", 1, "retried");
        line("worse", "firing warning", "hook", 2, "delivered");
        line("worse", "updated critical", "hook", 1, "delivered");
        line("worse", "resolved critical", "hook", 1, "delivered");
        line("worse", "firing warning", "mail", 1, "delivered");
        line("worse", "updated critical", "mail", 1, "delivered");
        line("worse", "resolved critical", "mail", 0, "inhibited");
        alert("for-information", "firing info", "resolved info");
        alert("informs-then-warns", "firing info", "updated warning");
        line("informs-then-warns", "updated warning", "hook", 1, "delivered");
        alert("never-more-than-pending", "pending critical");
        alert("part", "firing warning of fleet-1", "resolved warning of fleet-1");
        alert("silenced", "firing critical", "resolved critical");
        line("silenced", "firing critical", "nobody", 0, "silenced");
        line("silenced", "resolved critical", "nobody", 0, "silenced");
        alert("passed-on", "firing critical");
        line("passed-on", "firing critical", "hook", 1, "refused");
        letter("passed-on", "hook");
        line("passed-on", "firing critical", "hook", 1, "passed_on");
        line("passed-on", "firing critical", "mail", 1, "delivered");
        alert("refused", "firing critical");
        line("refused", "firing critical", "hook", 1, "refused");
        letter("refused", "hook");
        alert("one-of-two", "firing warning");
        alert("two-of-two", "firing warning");
        for (String together : List.of("one-of-two", "two-of-two")) {
            line(together, "firing warning", "hook", 0, "planned", "both");
            line(together, "firing warning", "hook", 1, "delivered", "both");
        }
        sentAgainAfterACrash("both", "one-of-two", "two-of-two");
    }

    @Test
    void findsNothingInAnHonestRun() throws IOException {
        assertThat(gaps(Duration.ZERO)).isEmpty();
    }

    @Test
    void findsEveryGapThatWasPlanted() throws IOException {
        alert("lost", "firing critical", "resolved critical");
        alert("worse-untold", "firing warning", "updated critical");
        line("worse-untold", "firing warning", "hook", 1, "delivered");
        alert("planned-only", "firing warning");
        line("planned-only", "firing warning", "hook", 0, "planned");
        alert("retried-for-ever", "firing warning");
        line("retried-for-ever", "firing warning", "hook", 7, "retried");
        line("retried-for-ever", "firing warning", "mail", 1, "delivered");
        alert("refused-unseen", "firing warning");
        line("refused-unseen", "firing warning", "hook", 1, "refused");
        letter("refused-unseen", "mail");
        alert("never-ended", "firing warning", "resolved warning");
        line("never-ended", "firing warning", "hook", 1, "delivered");
        line("never-ended", "firing warning", "mail", 1, "delivered");
        line("never-ended", "resolved warning", "mail", 1, "delivered");
        line("invented", "firing warning", "hook", 1, "delivered");
        alert("resolved-too-soon", "firing warning");
        line("resolved-too-soon", "firing warning", "hook", 1, "delivered");
        line("resolved-too-soon", "resolved warning", "hook", 1, "delivered");
        alert("alone", "firing warning");
        alert("not-alone", "firing warning");
        line("alone", "firing warning", "hook", 1, "delivered", "mixed");
        line("not-alone", "firing warning", "hook", 2, "delivered", "mixed");

        assertThat(gaps(Duration.ZERO))
                .containsExactlyInAnyOrder(
                        "untold lost critical ",
                        "untold worse-untold critical ",
                        "unfinished planned-only warning hook",
                        "unfinished retried-for-ever warning hook",
                        "unfinished refused-unseen warning hook",
                        "end-untold never-ended warning hook",
                        "unfounded invented warning hook",
                        "unfounded resolved-too-soon warning hook",
                        "one-key-twice alone warning hook");
    }

    @Test
    void judgesNothingBeforeItsGraceIsOver() throws IOException {
        client.execute(
                "INSERT INTO alert (id, rule, severity, cluster, status, at, started_at, written_at) VALUES ('lost', 'R',"
                        + " 'critical', 'prod', 'firing', '2026-03-29 01:00:00', '2026-03-29 01:00:00', now64(3) - INTERVAL 30 SECOND)");

        assertThat(gaps(Duration.ofSeconds(60))).isEmpty();
        assertThat(gaps(Duration.ofSeconds(20))).containsExactly("untold lost critical ");
        assertThatThrownBy(() -> Reconciliation.after(Duration.ofSeconds(-1)))
                .hasMessageContaining("expected 0s or more");
    }

    private List<String> gaps(Duration grace) throws IOException {
        Reconciliation reconciliation = Reconciliation.after(grace);
        String answer = client.execute(
                "SELECT kind, alert_id, severity, receiver FROM (" + reconciliation.sql() + ") FORMAT TSV",
                reconciliation.values(),
                Map.of());
        return answer.lines().map(row -> row.replace('\t', ' ')).toList();
    }

    /** Transitions a second apart: status, severity, and after "of" what it is part of. */
    private void alert(String id, String... transitions) throws IOException {
        for (int i = 0; i < transitions.length; i++) {
            String[] words = transitions[i].split(" ", -1);
            client.execute(
                    "INSERT INTO alert (id, rule, severity, cluster, status, at, started_at, part_of, written_at) VALUES"
                            + " ('%s', 'R', '%s', 'prod', '%s', '%s', '%s', '%s', '2026-03-29 01:00:00')"
                                    .formatted(
                                            id,
                                            words[1],
                                            words[0],
                                            time(i),
                                            time(0),
                                            words.length > 3 ? words[3] : ""));
        }
    }

    private void line(String alert, String transition, String receiver, int attempt, String outcome)
            throws IOException {
        String[] words = transition.split(" ", -1);
        line(
                alert,
                transition,
                receiver,
                attempt,
                outcome,
                alert + "-" + (words[0].equals("resolved") ? "resolved" : words[1]));
    }

    private void line(String alert, String transition, String receiver, int attempt, String outcome, String key)
            throws IOException {
        String[] words = transition.split(" ", -1);
        second += alert.equals("two-of-two") ? 0 : 1;
        client.execute(
                "INSERT INTO notification (key, group_id, alert_id, rule, severity, cluster, status, receiver, attempt,"
                        + " outcome, breached_at, attempted_at, written_at) VALUES ('%s', 'g', '%s', 'R', '%s', 'prod', '%s', '%s', %d, '%s', '%s', '%s', '2026-03-29 01:00:00')"
                                .formatted(
                                        key,
                                        alert,
                                        words[1],
                                        words[0],
                                        receiver,
                                        attempt,
                                        outcome,
                                        time(0),
                                        key.equals("both") ? time(100 + attempt) : time(200 + second)));
    }

    private void sentAgainAfterACrash(String key, String... alerts) throws IOException {
        for (String alert : alerts) {
            line(alert, "firing warning", "hook", 2, "delivered", key);
        }
    }

    private void letter(String alert, String receiver) throws IOException {
        Notification line = Events.notification();
        Notification refused = new Notification(
                alert + "-" + (alert.equals("refused-unseen") ? "warning" : "critical"),
                "g",
                alert,
                line.rule(),
                line.severity(),
                line.cluster(),
                null,
                line.status(),
                receiver,
                1,
                Notification.Outcome.REFUSED,
                400,
                null,
                line.breachedAt(),
                line.attemptedAt());
        DeadLetter letter = new DeadLetter(
                "receiver " + receiver,
                "refused",
                "",
                null,
                new String(new EventCodec<>(Notification.class).encode(refused), StandardCharsets.UTF_8),
                Events.AT);
        String row = Stream.of(letter.source(), letter.reason(), letter.record(), "2026-03-29 01:00:00")
                .map(value -> "'" + value + "'")
                .reduce((one, other) -> one + ", " + other)
                .orElseThrow();
        client.execute("INSERT INTO dead_letter (source, reason, record, observed_at) VALUES (" + row + ")");
    }

    private static String time(int seconds) {
        return "2026-03-29 01:%02d:%02d.000".formatted(seconds / 60, seconds % 60);
    }
}
