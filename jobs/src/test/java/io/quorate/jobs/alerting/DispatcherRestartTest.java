package io.quorate.jobs.alerting;

import static io.quorate.jobs.alerting.Alerts.critical;
import static io.quorate.jobs.alerting.Alerts.over;
import static org.assertj.core.api.Assertions.assertThat;

import io.quorate.events.Notification;
import io.quorate.events.Notification.Outcome;
import io.quorate.jobs.alerting.FakeReceivers.FakeReceiver;
import io.quorate.jobs.alerting.routes.Route;
import io.quorate.sinks.receivers.Message;
import io.quorate.sinks.receivers.Terms;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What is told again after a crash, and how; Alertmanager 0.33 repeats 10 of 10 pages. */
class DispatcherRestartTest {

    private final FakeReceivers hook = new FakeReceivers(
            List.of(Route.toAll(List.of("hook"))), FakeReceiver.of("hook").on(Terms.UNLIMITED));

    @Test
    void sendsAgainAfterACrashOnlyWhatWasUnderWayAndUnderTheSameKey() {
        hook.tell(critical("a", "c1"));
        DispatchState before = hook.state();
        hook.pass(Duration.ofMinutes(10));
        hook.tell(critical("b", "c2"));
        hook.pass(Duration.ofMinutes(10));
        hook.nobodyAnswers = true;
        hook.tell(critical("c", "c3"));
        hook.restart(before);
        // Everything since the checkpoint comes again.
        hook.tell(critical("b", "c2"), critical("c", "c3"));
        hook.pass(Duration.ofMinutes(1));

        assertThat(hook.keysTo("hook")).containsExactly("a-critical", "b-critical", "c-critical", "c-critical");
        assertThat(hook.outcomes("hook")).containsOnly(Outcome.DELIVERED).hasSize(3);
    }

    @Test
    void sendsAGroupAgainAfterACrashAsTheSameMessageInWhateverOrderItsAlertsCome() {
        hook.tell(critical("a", "c1"));
        DispatchState before = hook.state();
        hook.tell(critical("b", "c2"), critical("c", "c3"));
        hook.nobodyAnswers = true;
        hook.pass(Route.DEFAULT_GROUP_WAIT);
        String key = Lane.hash(List.of("b-critical", "c-critical"));
        assertThat(hook.planned)
                .extracting(Notification::key)
                .filteredOn(each -> each.endsWith(key))
                .hasSize(2);
        hook.restart(before);
        hook.tell(critical("d", "c4"), critical("c", "c3"));
        hook.pass(Duration.ofSeconds(1));
        hook.tell(critical("b", "c2"));
        hook.pass(Duration.ofMinutes(1));

        assertThat(hook.to("hook"))
                .filteredOn(message -> message.news().contains("b"))
                .hasSize(2)
                .allSatisfy(message -> {
                    assertThat(message.key()).endsWith(key);
                    assertThat(message.news()).containsExactlyInAnyOrder("b", "c");
                });
        assertThat(hook.paged()).containsExactlyInAnyOrder("a", "b", "c", "d");
    }

    @Test
    void sendsAloneAgainAfterACrashWhatWasSentAloneThoughOthersWaitBesideIt() {
        hook.tell(critical("a", "c1"));
        DispatchState before = hook.state();
        hook.pass(Duration.ofMinutes(1));
        hook.nobodyAnswers = true;
        hook.tell(critical("b", "c2"), critical("c", "c3"));
        hook.restart(before);
        hook.tellAtOnce(List.of(critical("c", "c3"), critical("b", "c2"), critical("d", "c4")));
        hook.pass(Duration.ofMinutes(1));

        assertThat(hook.to("hook"))
                .filteredOn(message -> message.news().contains("b"))
                .extracting(Message::key)
                .containsOnly("b-critical");
        assertThat(hook.paged()).containsExactlyInAnyOrder("a", "b", "c", "d");
    }

    @Test
    void sendsNothingAgainThatOnlyWaitedAtTheCheckpointAndWasToldSince() {
        hook.tell(critical("a", "c1"), critical("b", "c2"), critical("c", "c3"));
        DispatchState before = hook.state();
        hook.pass(Duration.ofMinutes(1));
        hook.restart(before);
        hook.tell(critical("d", "c4"));
        hook.pass(Duration.ofMinutes(1));

        assertThat(hook.to("hook"))
                .extracting(Message::news)
                .containsExactly(List.of("a"), List.of("b", "c"), List.of("d"));
    }

    @Test
    void tellsInAnotherMessageWhatComesTooLateForTheOneThatWasPlanned() {
        hook.tell(critical("a", "c1"));
        DispatchState before = hook.state();
        hook.tell(critical("b", "c2"), critical("c", "c3"));
        hook.nobodyAnswers = true;
        hook.pass(Route.DEFAULT_GROUP_WAIT);
        hook.restart(before);
        hook.tell(critical("b", "c2"));
        hook.pass(Duration.ofMinutes(1));
        hook.tell(critical("c", "c3"));
        hook.pass(Duration.ofMinutes(1));

        List<Message> told = hook.to("hook");
        assertThat(told.get(told.size() - 1).news()).containsExactly("c");
        assertThat(told.get(told.size() - 1).key()).isEqualTo("c-critical");
        assertThat(told.get(told.size() - 2).news()).containsExactly("b");
    }

    @Test
    void remembersWhatTheLedgerHoldsWhereNoStateIsLeft() {
        hook.tell(critical("a", "c1"));
        String group = hook.to("hook").get(0).group();
        hook.restart(DispatchState.EMPTY);
        hook.tell(critical("a", "c1"), over("a", "c1"));
        hook.pass(Route.DEFAULT_GROUP_WAIT);

        assertThat(hook.keysTo("hook")).containsExactly("a-critical", "a-resolved");
        assertThat(hook.to("hook").get(1).group()).isEqualTo(group);
    }

    /** The lines of two messages that were taken are lost, and the page comes behind what its end was told with. */
    @Test
    void makesTheSameMessagesAgainThoughAPageComesBehindTheMessageThatTellsItsEnd() {
        hook.tell(critical("a", "c1"));
        DispatchState before = hook.state();
        hook.pass(Duration.ofMinutes(1));
        hook.tell(critical("x", "c2"), critical("y", "c3"), over("x", "c2"));
        hook.pass(Duration.ofMinutes(1));
        List<String> keys = hook.keysTo("hook");
        hook.ledger.removeIf(line -> !line.alertId().equals("a"));
        hook.restart(before);
        hook.tellAtOnce(List.of(critical("y", "c3"), critical("x", "c2"), over("x", "c2")));
        hook.pass(Duration.ofMinutes(2));

        assertThat(keys).hasSize(3);
        assertThat(hook.keysTo("hook").subList(3, 5)).isEqualTo(keys.subList(1, 3));
        assertThat(hook.sent).hasSize(5);
    }
}
