package io.quorate.jobs.fleet;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

class SuspectTest {

    private final Map<String, Map<String, String>> fleet = new TreeMap<>();
    private final Set<String> ill = new TreeSet<>();

    @Test
    void namesTheLabelValueThatIsLeastLikelyByChance() {
        clusters("a", 20, Map.of("az", "a", "region", "eu"));
        clusters("b", 20, Map.of("az", "b", "region", "eu"));
        clusters("c", 20, Map.of("az", "c", "region", "us"));
        for (String cluster : List.of("a0", "a1", "a2", "a3", "a4", "b0")) {
            fleet.put(cluster, Map.of("az", cluster.substring(0, 1), "region", "eu", "rack", "r9"));
        }
        fallIll("a", 20);

        assertThat(named()).startsWith("az=a 20/20", "region=eu 20/40").contains("rack=r9 5/6");
    }

    @Test
    void namesTheFirstByNameWhenTheSameClustersCarryBoth() {
        clusters("a", 10, Map.of("az", "a", "rack", "r1"));
        clusters("b", 10, Map.of("az", "b", "rack", "r2"));
        fallIll("a", 10);

        assertThat(named()).startsWith("az=a 10/10", "rack=r1 10/10");
    }

    @Test
    void asksNothingOfWhatTooFewOrAllCarry() {
        clusters("a", 4, Map.of("owner", "ana", "product", "etcd"));
        clusters("b", 30, Map.of("product", "etcd"));
        fallIll("a", 4);
        fallIll("b", 3);

        assertThat(named()).isEmpty();
    }

    @Test
    void countsEveryQuestionThatWasAsked() {
        clusters("a", 6, Map.of("az", "a"));
        clusters("b", 6, Map.of("az", "b"));
        fallIll("a", 6);
        // 1 of 924 ways to choose six of twelve; two values were asked after.
        assertThat(Suspect.among(fleet, ill).get(0).chance()).isEqualTo("2e-03");
        for (String cluster : List.copyOf(fleet.keySet())) {
            Map<String, String> more = new TreeMap<>(fleet.get(cluster));
            more.put("parity", Integer.toString(cluster.hashCode() % 2));
            // What each cluster has to itself is no question.
            more.put("name", cluster);
            fleet.put(cluster, more);
        }
        assertThat(Suspect.among(fleet, ill).get(0).chance()).isEqualTo("4e-03");
    }

    private void clusters(String name, int count, Map<String, String> labels) {
        for (int i = 0; i < count; i++) {
            fleet.put(name + i, labels);
        }
    }

    private void fallIll(String name, int count) {
        for (int i = 0; i < count; i++) {
            ill.add(name + i);
        }
    }

    private List<String> named() {
        return Suspect.among(fleet, ill).stream()
                .map(suspect -> suspect.label() + '=' + suspect.value() + ' ' + suspect.ill() + '/' + suspect.of())
                .toList();
    }
}
