package io.quorate.jobs.alerting;

import static org.assertj.core.api.Assertions.assertThat;

import io.quorate.events.Alert;
import io.quorate.events.Alert.Severity;
import io.quorate.events.Alert.Status;
import io.quorate.events.ClusterRoster;
import io.quorate.sinks.receivers.PlacedAlert;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.streaming.api.operators.co.KeyedCoProcessOperator;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.streaming.util.KeyedTwoInputStreamOperatorTestHarness;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class PlacingTest {

    private static final Instant NOON = Instant.parse("2026-03-29T12:00:00Z");

    private KeyedTwoInputStreamOperatorTestHarness<String, Alert, Place, PlacedAlert> placing;

    @BeforeEach
    void open() throws Exception {
        placing = new KeyedTwoInputStreamOperatorTestHarness<>(
                new KeyedCoProcessOperator<>(new Placing()), Alert::cluster, Place::cluster, Types.STRING);
        placing.open();
    }

    @AfterEach
    void close() throws Exception {
        placing.close();
    }

    @Test
    void addsTheClustersLabelsTheMembersHostAndItsRole() throws Exception {
        learn(Place.of(roster(NOON, Map.of("env", "prod", "cluster", "liar"))));
        learn(new Place("c1", NOON, null, "m1"));
        is("m1");
        is("m2");
        is("m3");

        List<PlacedAlert> placed = placing.extractOutputValues();
        assertThat(placed).extracting(PlacedAlert::role).containsExactly("leader", "follower", "learner");
        assertThat(placed.get(0).host()).isEqualTo("10.0.0.1:2379");
        assertThat(placed.get(0).labels())
                .isEqualTo(Map.of(
                        "alertname", "Rule", "severity", "critical", "cluster", "c1", "member", "m1", "env", "prod"));
    }

    @Test
    void holdsNothingBackOfAPlaceThatNobodyKnows() throws Exception {
        is("m1");

        assertThat(placing.extractOutputValues()).singleElement().satisfies(placed -> {
            assertThat(placed.host()).isNull();
            assertThat(placed.role()).isNull();
            assertThat(placed.labels()).containsEntry("cluster", "c1");
        });
    }

    @Test
    void believesTheNewestInWhateverOrderItHears() throws Exception {
        learn(Place.of(roster(NOON.plusSeconds(5), Map.of("env", "prod"))));
        learn(Place.of(roster(NOON, Map.of("env", "dev"))));
        is("m1");

        assertThat(placing.extractOutputValues().get(0).labels()).containsEntry("env", "prod");
    }

    private static ClusterRoster roster(Instant at, Map<String, String> labels) {
        return new ClusterRoster(
                "c1",
                "ab",
                at,
                at,
                List.of(
                        new ClusterRoster.Member("a1", "m1", false, List.of("https://10.0.0.1:2379")),
                        new ClusterRoster.Member("a2", "m2", false, List.of()),
                        new ClusterRoster.Member("a3", "m3", true, List.of("not an address"))),
                labels);
    }

    private void learn(Place place) throws Exception {
        placing.processElement2(new StreamRecord<>(place));
    }

    private void is(String member) throws Exception {
        placing.processElement1(new StreamRecord<>(new Alert(
                "id",
                "Rule",
                Severity.CRITICAL,
                "c1",
                null,
                member,
                null,
                Status.FIRING,
                NOON,
                NOON,
                "",
                null,
                null,
                null,
                List.of())));
    }
}
