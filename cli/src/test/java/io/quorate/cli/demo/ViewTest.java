package io.quorate.cli.demo;

import static org.assertj.core.api.Assertions.assertThat;

import io.quorate.events.MemberStatus;
import io.quorate.events.ScopeWindow.Scope;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

class ViewTest {

    private static final Instant FIRST = Instant.parse("2026-01-01T00:00:10Z");
    private static final Instant SECOND = FIRST.plusSeconds(10);

    private final View view = new View();

    @Test
    void showsOneWindowAtEveryScopeNotTheNewestOfEach() {
        Windows.all(view, FIRST, "m1", "m2");
        view.see(Windows.member("m1", SECOND, 0));
        view.see(Windows.member("m2", SECOND, 0));
        view.see(Windows.scope(Scope.CLUSTER, SECOND, 2));
        assertThat(newest().end()).as("the fleet is not there yet").isEqualTo(FIRST);
        view.see(Windows.scope(Scope.FLEET, SECOND, 2));
        assertThat(newest().end()).isEqualTo(SECOND);
        assertThat(newest().members().values())
                .allMatch(window -> window.windowEnd().equals(SECOND));
    }

    @Test
    void waitsForARowThatStandsInTheSum() {
        Windows.all(view, FIRST, "m1", "m2");
        view.see(Windows.member("m1", SECOND, 0));
        view.see(Windows.scope(Scope.CLUSTER, SECOND, 2));
        view.see(Windows.scope(Scope.FLEET, SECOND, 2));
        assertThat(newest().end()).isEqualTo(FIRST);
    }

    @Test
    void doesNotWaitForAMemberWithoutARow() {
        Windows.all(view, FIRST, "m1", "m2");
        Windows.all(view, SECOND, "m1");
        assertThat(newest().end()).isEqualTo(SECOND);
        assertThat(newest().members()).containsOnlyKeys("m1");
        assertThat(view.members()).containsExactly("m1", "m2");
    }

    @Test
    void keepsTheHigherVersionOfAWindow() {
        Windows.all(view, FIRST, "m1");
        view.see(Windows.member("m1", FIRST, 2));
        view.see(Windows.member("m1", FIRST, 1));
        assertThat(newest().members().get("m1"))
                .satisfies(window -> assertThat(window.version()).isEqualTo(2));
        assertThat(view.windows()).isEqualTo(5);
    }

    @Test
    void hasNoneBeforeTheFirst() {
        assertThat(view.newest()).isNull();
    }

    @Test
    void knowsAMemberOnceItAnswersUnderItsOwnName() {
        List<String> names = List.of("m1", "m2");
        view.see(answered("m1", "http://127.0.0.1:40001"));
        view.see(answered("127.0.0.1:40002", "http://127.0.0.1:40002"));
        assertThat(view.knows(names)).as("by its address alone").isFalse();
        view.see(MemberStatus.failed(
                "demo", "m2", null, "http://127.0.0.1:40002", FIRST, 2, "timeout", "DEADLINE_EXCEEDED"));
        assertThat(view.knows(names)).as("by its silence").isFalse();
        view.see(answered("m2", "http://127.0.0.1:40002"));
        assertThat(view.knows(names)).isTrue();
    }

    private static MemberStatus answered(String member, String endpoint) {
        return new MemberStatus(
                "demo", null, member, "1", endpoint, FIRST, FIRST, "3.4.23", 0, 0, "1", 2, 3, 3, false, List.of(), 0,
                null, null);
    }

    private View.Windows newest() {
        return Objects.requireNonNull(view.newest());
    }
}
