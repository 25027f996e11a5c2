package io.quorate.simulator.face;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import org.junit.jupiter.api.Test;

class ExpressionTest {

    /** Two clusters of two members: sizes 10, 20, 30 and 40, of which one member is down. */
    private final Expression expression = new Expression((selector, taker) -> {
        for (int i = 1; i <= 4; i++) {
            for (String name : new String[] {"size", "quota", "up"}) {
                Map<String, String> labels =
                        Map.of(Selector.NAME, name, "cluster", i <= 2 ? "a" : "b", "member", "m" + i);
                if (selector.accepts(labels)) {
                    taker.take(labels, name.equals("up") ? i == 4 ? 0 : 1 : name.equals("size") ? 10 * i : 40);
                }
            }
        }
    });

    @Test
    void countsAndAddsAsPrometheusDoes() throws Exception {
        assertThat(expression.vector("count(size)")).containsExactly(Map.entry(Map.of(), 4.0));
        assertThat(expression.vector("count by (cluster) (size{member!=\"m1\"})"))
                .isEqualTo(Map.of(Map.of("cluster", "a"), 1.0, Map.of("cluster", "b"), 2.0));
        assertThat(expression.vector("sum by (cluster)(size)"))
                .isEqualTo(Map.of(Map.of("cluster", "a"), 30.0, Map.of("cluster", "b"), 70.0));
        assertThat(expression.vector("max by (nothing) (size)")).isEqualTo(Map.of(Map.of(), 40.0));
        assertThat(expression.vector("count by (cluster) (up{cluster=\"c\"})")).isEmpty();
    }

    @Test
    void comparesBeforeAndAfterCounting() throws Exception {
        assertThat(expression.vector("count by (cluster) (up == 0)")).isEqualTo(Map.of(Map.of("cluster", "b"), 1.0));
        assertThat(expression.vector("sum by (cluster) (size) > 30")).containsOnlyKeys(Map.of("cluster", "b"));
    }

    @Test
    void dividesByWhatHasTheSameLabels() throws Exception {
        assertThat(expression.vector("max by (member) (size) / max by (member) (quota) > 0.6"))
                .isEqualTo(Map.of(Map.of("member", "m3"), 0.75, Map.of("member", "m4"), 1.0));
    }

    @Test
    void takesTheLargest() throws Exception {
        assertThat(expression.vector("topk(2, size)").values()).containsExactly(40.0, 30.0);
    }

    @Test
    void refusesWhatItDoesNotUnderstand() {
        assertThat(Expression.is("rate(size[5m])")).isFalse();
        assertThat(Expression.is("size{cluster=\"a\"}")).isFalse();
        assertThatThrownBy(() -> expression.vector("count(rate(size[5m]))"))
                .isInstanceOf(IllegalArgumentException.class);
    }
}
