package io.quorate.events;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.stream.StreamSupport;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The edge cases of histogram_quantile, each with Prometheus' own answer. */
class PrometheusEdgeCasesTest {

    static java.util.stream.Stream<Case> cases() throws IOException {
        try (var file = PrometheusEdgeCasesTest.class.getResourceAsStream("/histogram_quantile.edge_cases.json")) {
            JsonNode all = new ObjectMapper().readTree(Objects.requireNonNull(file));
            assertThat(all).hasSize(23);
            return StreamSupport.stream(all.spliterator(), false).map(Case::of).toList().stream();
        }
    }

    @ParameterizedTest
    @MethodSource("cases")
    void agreesWithPrometheus(Case edgeCase) {
        if (edgeCase.q < 0 || edgeCase.q > 1) {
            // Prometheus answers -Inf and +Inf; we refuse the question.
            assertThat(Double.isInfinite(edgeCase.prometheus)).isTrue();
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> edgeCase.vector().quantile(edgeCase.q));
            return;
        }
        if (!edgeCase.cumulative.containsKey(Double.POSITIVE_INFINITY)) {
            // Prometheus answers NaN; without +Inf there is no total, and no vector can be made of it.
            assertThat(edgeCase.prometheus).isNaN();
            assertThatIllegalArgumentException().isThrownBy(edgeCase::vector);
            return;
        }
        Quantile ours = edgeCase.vector().quantile(edgeCase.q);
        if (ours == null) {
            assertThat(edgeCase.vector().total()).isZero();
            assertThat(edgeCase.prometheus).isNaN();
        } else {
            assertThat(ours.value()).isEqualTo((Object) edgeCase.prometheus);
        }
    }

    record Case(String name, double q, TreeMap<Double, Double> cumulative, double prometheus) {

        static Case of(JsonNode node) {
            TreeMap<Double, Double> cumulative = new TreeMap<>();
            for (Map.Entry<String, JsonNode> bucket : node.get("buckets").properties()) {
                double edge =
                        bucket.getKey().equals("+Inf") ? Double.POSITIVE_INFINITY : Double.parseDouble(bucket.getKey());
                // As Prometheus: the same bound written twice is one bucket.
                cumulative.merge(edge, bucket.getValue().asDouble(), Double::sum);
            }
            return new Case(
                    node.get("case").asText(),
                    node.get("q").asDouble(),
                    cumulative,
                    number(node.get("prometheus").asText()));
        }

        BucketVector vector() {
            int n = cumulative.size();
            double[] edges = cumulative.keySet().stream()
                    .mapToDouble(Double::doubleValue)
                    .limit(n - 1L)
                    .toArray();
            long[] counts = new long[n];
            int i = 0;
            long highest = 0;
            for (double count : cumulative.values()) {
                // As Prometheus: cumulative counts are forced to rise. At ingest such a series is refused instead.
                highest = Math.max(highest, (long) count);
                counts[i++] = highest;
            }
            if (Double.isFinite(cumulative.lastKey())) {
                return new BucketVector(
                        cumulative.keySet().stream()
                                .mapToDouble(Double::doubleValue)
                                .toArray(),
                        counts,
                        0);
            }
            return BucketVector.ofCumulative(edges, counts, 0);
        }

        private static double number(String text) {
            return switch (text) {
                case "+Inf" -> Double.POSITIVE_INFINITY;
                case "-Inf" -> Double.NEGATIVE_INFINITY;
                default -> Double.parseDouble(text);
            };
        }

        @Override
        public String toString() {
            return name;
        }
    }
}
