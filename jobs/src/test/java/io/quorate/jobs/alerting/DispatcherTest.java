package io.quorate.jobs.alerting;

import static io.quorate.jobs.alerting.Alerts.critical;
import static io.quorate.jobs.alerting.Alerts.over;
import static io.quorate.jobs.alerting.Alerts.warning;
import static org.assertj.core.api.Assertions.assertThat;

import io.quorate.events.Alert.Severity;
import io.quorate.events.Notification;
import io.quorate.events.Notification.Outcome;
import io.quorate.jobs.alerting.FakeReceivers.FakeReceiver;
import io.quorate.jobs.alerting.routes.LabelMatcher;
import io.quorate.jobs.alerting.routes.Route;
import io.quorate.sinks.receivers.Answer;
import io.quorate.sinks.receivers.Message;
import io.quorate.sinks.receivers.Message.Kind;
import io.quorate.sinks.receivers.Retry;
import io.quorate.sinks.receivers.Terms;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Who is told of what, when, and again; Alertmanager's figures are those of docs/benchmarks.md, "Delivery". */
class DispatcherTest {

    private static final Answer TOO_MANY = new Answer.WorthRetrying(429, "HTTP 429", null);
    private static final Answer DOWN = new Answer.WorthRetrying(503, "HTTP 503", null);
    private static final Answer NEVER = new Answer.Refused(400, "HTTP 400");

    private final FakeReceivers hook = new FakeReceivers(
            List.of(Route.toAll(List.of("hook"))), FakeReceiver.of("hook").on(Terms.UNLIMITED));

    @Test
    void tellsTheFirstOfAGroupAtOnceUnderItsOwnKey() {
        hook.tell(critical("a", "c1"));

        assertThat(hook.keysTo("hook")).containsExactly("a-critical");
        assertThat(hook.sent.get(0).at()).isEqualTo(FakeReceivers.NOON);
        assertThat(hook.ledger).singleElement().satisfies(line -> {
            assertThat(line.outcome()).isEqualTo(Outcome.DELIVERED);
            assertThat(line.attempt()).isEqualTo(1);
            assertThat(line.group()).isEqualTo(hook.to("hook").get(0).group());
        });
    }

    /** Alertmanager 0.33: a cluster that joined an open group was paged 285 s after it was sent. */
    @Test
    void tellsASecondClusterInAnOpenGroupWithinGroupWait() {
        hook.tell(critical("a", "c1"));
        hook.pass(Duration.ofSeconds(3));
        hook.tell(critical("b", "c2"));
        hook.pass(Duration.ofSeconds(20));

        assertThat(hook.sent).hasSize(2);
        assertThat(hook.sent.get(1).at()).isEqualTo(FakeReceivers.NOON.plus(Route.DEFAULT_GROUP_WAIT));
        assertThat(hook.to("hook").get(1).news()).containsExactly("b");
        assertThat(hook.to("hook").get(1).alerts()).hasSize(2);
        assertThat(hook.to("hook"))
                .extracting(Message::group)
                .containsOnly(hook.to("hook").get(0).group());
    }

    @Test
    void tellsANewcomerAtOnceWhereTheGroupWasQuiet() {
        hook.tell(critical("a", "c1"));
        hook.pass(Duration.ofMinutes(2));
        hook.tell(critical("b", "c2"));

        assertThat(hook.sent.get(1).at()).isEqualTo(hook.now);
    }

    @Test
    void opensANewGroupForWhatComesLongAfter() {
        hook.tell(critical("a", "c1"));
        hook.pass(Route.DEFAULT_GROUP_FOR);
        hook.tell(critical("b", "c2"));

        assertThat(hook.to("hook")).extracting(Message::group).doesNotHaveDuplicates();
        assertThat(hook.to("hook").get(1).alerts()).hasSize(1);
    }

    /** Alertmanager 0.33: 20 of 20 pages lost when the incident was shorter than its group interval. */
    @Test
    void deliversTwentyOfTwentyThroughOneTooManyRequestsThoughTheyAreOverSoon() {
        for (int i = 0; i < 20; i++) {
            hook.answers("hook", TOO_MANY);
            hook.tell(critical("a" + i, "c" + i), over("a" + i, "c" + i));
            hook.pass(Duration.ofMinutes(6));
        }

        for (int i = 0; i < 20; i++) {
            String id = "a" + i;
            assertThat(hook.ledger.stream()
                            .filter(line -> line.alertId().equals(id))
                            .map(Notification::outcome))
                    .containsExactly(Outcome.RETRIED, Outcome.DELIVERED, Outcome.DELIVERED);
            assertThat(hook.keysTo("hook")).containsSubsequence(id + "-critical", id + "-critical", id + "-resolved");
        }
    }

    /** alertmanager#2447: an end that is sent before the page it ends. */
    @Test
    void neverTellsTheEndBeforeTheBeginningHoweverOftenItFails() {
        for (int i = 0; i < 9; i++) {
            hook.answers("hook", DOWN);
        }
        hook.tell(critical("a", "c1"));
        hook.pass(Duration.ofSeconds(5));
        hook.tell(over("a", "c1"));
        hook.pass(Duration.ofHours(1));

        List<String> keys = hook.keysTo("hook");
        assertThat(keys).hasSize(11);
        assertThat(keys.subList(0, 10)).containsOnly("a-critical");
        assertThat(keys.get(10)).isEqualTo("a-resolved");
        assertThat(hook.to("hook").get(10).isOver()).isTrue();
        assertThat(hook.dispatcher.open()).isZero();
    }

    @Test
    void tellsThePageOfWhatIsOverBeforeItsTurnCame() {
        hook.tell(critical("a", "c1"));
        hook.tell(critical("b", "c2"), over("b", "c2"));
        hook.pass(Duration.ofMinutes(1));

        assertThat(hook.keysTo("hook")).containsExactly("a-critical", "b-critical", "b-resolved");
    }

    @Test
    void waitsAsLongAsTheReceiverAsks() {
        hook.answers("hook", new Answer.WorthRetrying(429, "HTTP 429", Duration.ofMinutes(7)));
        hook.tell(critical("a", "c1"));
        hook.pass(Duration.ofMinutes(8));

        assertThat(hook.sent.get(1).at()).isEqualTo(FakeReceivers.NOON.plus(Duration.ofMinutes(7)));
    }

    @Test
    void triesForADayAndThenTellsSo() {
        hook.answersAlways("hook", DOWN);
        hook.tell(critical("a", "c1"));
        hook.pass(Duration.ofHours(25));

        assertThat(hook.ledger)
                .filteredOn(line -> line.outcome() == Outcome.REFUSED)
                .singleElement()
                .satisfies(line ->
                        assertThat(line.attemptedAt()).isEqualTo(FakeReceivers.NOON.plus(Retry.DEFAULT.budget())));
    }

    @Test
    void tellsOfEverySeverityThatAnEpisodeReachesToWhomItConcernsThen() {
        FakeReceivers both = new FakeReceivers(
                List.of(
                        route("critical", "severity", "critical", List.of("pager", "chat")),
                        Route.toAll(List.of("chat"))),
                FakeReceiver.of("pager"),
                FakeReceiver.of("chat"));
        both.tell(warning("a", "c1"));
        both.pass(Duration.ofMinutes(1));
        both.tell(critical("a", "c1"));
        both.tell(over("a", "c1"));
        both.pass(Duration.ofMinutes(1));

        assertThat(both.keysTo("chat")).containsExactly("a-warning", "a-critical", "a-resolved");
        assertThat(both.keysTo("pager")).containsExactly("a-critical", "a-resolved");
        assertThat(both.to("chat").get(2).steps()).containsExactly(Severity.WARNING, Severity.CRITICAL);
        assertThat(both.dispatcher.open()).isZero();
    }

    @Test
    void tellsAStormInAHundredClustersAsOneGroupWithinTheLimit() {
        FakeReceivers limited = limited(10);
        for (int i = 0; i < 100; i++) {
            limited.tell(critical("a" + i, "c" + i));
            limited.pass(Duration.ofMillis(50));
        }
        limited.pass(Duration.ofMinutes(1));

        assertThat(limited.to("hook"))
                .extracting(Message::group)
                .containsOnly(limited.to("hook").get(0).group());
        assertThat(limited.sent).hasSizeLessThanOrEqualTo(10);
        assertThat(limited.paged()).containsExactlyInAnyOrderElementsOf(ids(100));
    }

    @Test
    void sendsNoMoreThanTheLimitAndTellsTheRestTogether() {
        FakeReceivers limited = limited(10);
        limited.tellAtOnce(IntStream.range(0, 100)
                .mapToObj(i -> Alerts.placed("Rule" + i, "a" + i, "c" + i, Severity.CRITICAL))
                .toList());
        limited.pass(Duration.ofMinutes(10));

        assertThat(limited.to("hook").get(9).kind()).isEqualTo(Kind.SUMMARY);
        assertThat(limited.to("hook").get(9).news()).hasSize(91);
        assertThat(limited.paged()).containsExactlyInAnyOrderElementsOf(ids(100));
        assertThat(mostInAMinute(limited)).isEqualTo(10);
    }

    @Test
    void staysWithinTheLimitForeverAndLosesNothing() {
        FakeReceivers limited = limited(10);
        for (int i = 0; i < 300; i++) {
            limited.tell(Alerts.placed("Rule" + i, "a" + i, "c" + i, Severity.WARNING));
            limited.pass(Duration.ofMillis(1_700));
            limited.tell(over("a" + i, "c" + i));
        }
        limited.pass(Duration.ofHours(1));

        assertThat(limited.paged()).containsAll(ids(300));
        assertThat(mostInAMinute(limited)).isLessThanOrEqualTo(10);
        assertThat(limited.dispatcher.open()).isZero();
    }

    @Test
    void tellsTheFallbackWhatIsRefusedAndGoesOn() {
        FakeReceivers two = withFallback();
        two.answers("hook", NEVER);
        two.tell(critical("a", "c1"));
        two.pass(Duration.ofSeconds(30));
        two.tell(critical("b", "c2"));

        assertThat(two.outcomes("hook")).containsExactly(Outcome.REFUSED, Outcome.DELIVERED);
        assertThat(two.keysTo("mail")).containsExactly("a-critical");
    }

    @Test
    void tellsTheFallbackAfterTwoMinutesAndStopsTryingOnceThatHasIt() {
        FakeReceivers two = withFallback();
        two.answersAlways("hook", DOWN);
        two.tell(critical("a", "c1"));
        two.pass(Duration.ofHours(1));

        assertThat(two.sent.stream().filter(each -> each.receiver().equals("mail")))
                .singleElement()
                .satisfies(each -> assertThat(Duration.between(FakeReceivers.NOON, each.at()))
                        .isBetween(Duration.ofMinutes(2), Duration.ofMinutes(5)));
        assertThat(two.outcomes("hook")).endsWith(Outcome.RETRIED, Outcome.PASSED_ON);
        two.answersAlways("hook", new Answer.Delivered(200, null));
        two.tell(over("a", "c1"));
        two.pass(Duration.ofMinutes(1));
        assertThat(two.keysTo("mail")).containsExactly("a-critical", "a-resolved");
    }

    @Test
    void triesBothWhenTheFallbackIsDownToo() {
        FakeReceivers two = withFallback();
        two.answersAlways("hook", DOWN);
        two.answersAlways("mail", DOWN);
        two.tell(critical("a", "c1"));
        two.pass(Duration.ofHours(2));
        two.answersAlways("hook", new Answer.Delivered(200, null));
        two.pass(Duration.ofHours(1));

        assertThat(two.outcomes("hook")).endsWith(Outcome.DELIVERED);
    }

    @Test
    void remindsOfWhatNobodyHasTakenOnAndEscalatesIt() {
        Route route = new Route(
                "all",
                List.of(),
                List.of("hook"),
                Route.DEFAULT_GROUP_BY,
                Route.DEFAULT_GROUP_WAIT,
                Route.DEFAULT_GROUP_FOR,
                Duration.ofHours(1),
                List.of(new Route.Escalation(Duration.ofMinutes(15), List.of("phone"))),
                false);
        FakeReceivers two = new FakeReceivers(List.of(route), FakeReceiver.of("hook"), FakeReceiver.of("phone"));
        two.tell(critical("a", "c1"), critical("b", "c2"));
        two.pass(Duration.ofMinutes(70));

        assertThat(two.to("phone")).singleElement().satisfies(message -> {
            assertThat(message.kind()).isEqualTo(Kind.ESCALATED);
            assertThat(message.news()).containsExactly("a", "b");
        });
        assertThat(two.sent.get(2).at()).isEqualTo(FakeReceivers.NOON.plus(Duration.ofMinutes(15)));
        assertThat(two.to("hook").get(2).kind()).isEqualTo(Kind.REMINDER);
        two.acknowledge("a", Duration.ofHours(3));
        two.pass(Duration.ofMinutes(170));
        assertThat(two.sent).hasSize(4);
        two.pass(Duration.ofMinutes(20));
        assertThat(two.sent).as("the acknowledgement has run out").hasSizeGreaterThan(4);
        two.tell(over("a", "c1"), over("b", "c2"));
        two.pass(Duration.ofMinutes(1));
        assertThat(two.to("phone").get(two.to("phone").size() - 1).isOver()).isTrue();
        assertThat(two.dispatcher.open()).isZero();
    }

    @Test
    void escalatesNothingThatSomebodyHasTakenOn() {
        Route route = new Route(
                "all",
                List.of(),
                List.of("pager"),
                Route.DEFAULT_GROUP_BY,
                Route.DEFAULT_GROUP_WAIT,
                Route.DEFAULT_GROUP_FOR,
                null,
                List.of(new Route.Escalation(Duration.ofMinutes(15), List.of("phone"))),
                false);
        FakeReceivers two = new FakeReceivers(
                List.of(route), new FakeReceiver("pager", Terms.DEFAULT, false, true, null), FakeReceiver.of("phone"));
        two.tell(critical("a", "c1"));
        two.acknowledge("a", Duration.ofHours(1));
        two.pass(Duration.ofMinutes(59));

        assertThat(two.to("pager")).extracting(Message::kind).containsExactly(Kind.FIRING, Kind.ACKNOWLEDGED);
        assertThat(two.to("phone")).isEmpty();
    }

    @Test
    void saysAgainWhatAReceiverWouldForgetAndLeavesTheLedgerAlone() {
        FakeReceivers manager = new FakeReceivers(
                List.of(Route.toAll(List.of("manager"))),
                new FakeReceiver("manager", Terms.UNLIMITED, true, false, Duration.ofMinutes(1)));
        manager.tell(critical("a", "c1"), critical("b", "c2"));
        manager.pass(Duration.ofMinutes(3));
        manager.tell(over("a", "c1"));
        manager.pass(Duration.ofMinutes(2));

        assertThat(manager.to("manager")).hasSize(2 + 2 * 3 + 1 + 2);
        assertThat(manager.ledger).hasSize(3);
    }

    @Test
    void sendsUnplannedWhatCannotBeWrittenDown() {
        hook.plansAreLost = true;
        hook.tell(critical("a", "c1"), critical("b", "c2"), critical("c", "c3"));
        hook.pass(Duration.ofSeconds(30));

        assertThat(hook.paged()).containsExactlyInAnyOrder("a", "b", "c");
    }

    @Test
    void tellsWhoeverIsLeftWhenAReceiverIsTakenOutOfTheSettings() {
        hook.answersAlways("hook", DOWN);
        hook.tell(critical("a", "c1"));
        FakeReceivers other = new FakeReceivers(List.of(Route.toAll(List.of("chat"))), FakeReceiver.of("chat"));
        other.restart(hook.state());

        assertThat(other.keysTo("chat")).containsExactly("a-critical");
    }

    private FakeReceivers limited(int perMinute) {
        return new FakeReceivers(
                List.of(Route.toAll(List.of("hook"))), FakeReceiver.of("hook").on(Terms.DEFAULT.limitedTo(perMinute)));
    }

    private FakeReceivers withFallback() {
        Terms terms =
                new Terms(Terms.DEFAULT_TIMEOUT, Retry.DEFAULT, true, 0, "mail", Terms.DEFAULT_FALLBACK_AFTER, false);
        return new FakeReceivers(
                List.of(Route.toAll(List.of("hook"))), FakeReceiver.of("hook").on(terms), FakeReceiver.of("mail"));
    }

    private static Route route(String name, String label, String value, List<String> receivers) {
        return new Route(
                name,
                List.of(new LabelMatcher(label, LabelMatcher.Op.IS, value)),
                receivers,
                Route.DEFAULT_GROUP_BY,
                Route.DEFAULT_GROUP_WAIT,
                Route.DEFAULT_GROUP_FOR,
                null,
                List.of(),
                false);
    }

    private static List<String> ids(int count) {
        return IntStream.range(0, count).mapToObj(i -> "a" + i).toList();
    }

    private static long mostInAMinute(FakeReceivers receivers) {
        List<Instant> times = new ArrayList<>();
        receivers.sent.forEach(each -> times.add(each.at()));
        return times.stream()
                .mapToLong(from -> times.stream()
                        .filter(at -> !at.isBefore(from) && at.isBefore(from.plusSeconds(60)))
                        .count())
                .max()
                .orElse(0);
    }
}
