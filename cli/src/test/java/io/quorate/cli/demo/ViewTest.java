package io.quorate.cli.demo;

import static org.assertj.core.api.Assertions.assertThat;

import io.quorate.events.ScopeWindow.Scope;
import java.time.Instant;
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

    private View.Windows newest() {
        return Objects.requireNonNull(view.newest());
    }
}
