package io.quorate.jobs.percentiles;

import static io.quorate.jobs.percentiles.Scrapes.second;
import static org.assertj.core.api.Assertions.assertThat;

import io.quorate.events.BucketVector;
import io.quorate.events.ClusterRoster;
import io.quorate.events.Histogram;
import io.quorate.events.Measures;
import io.quorate.events.ScopeWindow;
import io.quorate.jobs.settings.WindowSettings;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.streaming.api.operators.KeyedProcessOperator;
import org.apache.flink.streaming.api.operators.co.KeyedCoProcessOperator;
import org.apache.flink.streaming.util.KeyedOneInputStreamOperatorTestHarness;
import org.apache.flink.streaming.util.KeyedTwoInputStreamOperatorTestHarness;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class SumsTest {

    private static final WindowSettings SETTINGS =
            new WindowSettings(Duration.ofSeconds(10), Duration.ofSeconds(90), Duration.ofSeconds(2), null);

    private KeyedOneInputStreamOperatorTestHarness<String, Part, Part> sums;

    @BeforeEach
    void open() throws Exception {
        sums = harness();
        sums.open();
        sums.setProcessingTime(500);
    }

    private static KeyedOneInputStreamOperatorTestHarness<String, Part, Part> harness() throws Exception {
        return new KeyedOneInputStreamOperatorTestHarness<>(
                new KeyedProcessOperator<>(new Sums(SETTINGS, Sum.Level.MEMBERS_TO_CLUSTER, Early.Level.CLUSTER)),
                Part::whole,
                Types.STRING);
    }

    @AfterEach
    void close() throws Exception {
        sums.close();
    }

    @Test
    void addsPartsWhenTheirWindowClosesAndAgainWhenOneIsCorrected() throws Exception {
        given(part("m1", 0, 10, 1, 3), part("m2", 0, 10, 1, 4));
        timeIs(10);
        given(part("m1", 0, 10, 2, 5));

        assertThat(told()).containsExactly("0-10s v1: 7 of 2", "0-10s v2: 9 of 2");
    }

    @Test
    void addsWindowsOfEverySizeEachForItself() throws Exception {
        given(part("m1", 50, 60, 1, 3), part("m1", 0, 60, 1, 18), part("m2", 0, 60, 1, 20));
        timeIs(60);

        assertThat(told()).containsExactlyInAnyOrder("50-60s v1: 3 of 1", "0-60s v1: 38 of 2");
    }

    @Test
    void tellsOnceABeatOfTheOpenWindow() throws Exception {
        given(part("m1", 0, 10, 0, 3));
        given(part("m2", 0, 10, 0, 4));
        sums.setProcessingTime(2_100);
        given(part("m2", 0, 10, 0, 6));
        sums.setProcessingTime(4_100);
        sums.setProcessingTime(6_100);

        assertThat(told()).containsExactly("0-10s v0: 7 of 2", "0-10s v0: 9 of 2");
    }

    @Test
    void countsNoPartThatWasOnlyToldEarly() throws Exception {
        given(part("m1", 0, 10, 0, 3), part("m2", 0, 10, 0, 4), part("m2", 0, 10, 1, 8));
        timeIs(10);

        assertThat(told()).containsExactly("0-10s v1: 8 of 1");
    }

    @Test
    void forgetsAWholeWhoseWindowsCannotBeCorrectedAnyMore() throws Exception {
        given(part("m1", 0, 10, 1, 3), part("m1", 0, 60, 1, 3));
        timeIs(149);
        assertThat(sums.numKeyedStateEntries()).isPositive();

        timeIs(150.1);

        assertThat(sums.numKeyedStateEntries()).isZero();
        assertThat(sums.numEventTimeTimers()).isZero();
    }

    @Test
    void letsNoPartThatComesTooLateTakeThePlaceOfTheSum() throws Exception {
        given(part("m1", 0, 10, 1, 3), part("m2", 0, 10, 1, 4), part("m1", 90, 100, 1, 1));
        timeIs(101);
        given(part("m2", 0, 10, 2, 5));

        assertThat(told()).containsExactly("0-10s v1: 7 of 2", "90-100s v1: 1 of 1");
    }

    @Test
    void knowsWhatIsTooLateAndWhatWasToldBeforeTheFirstWatermarkAfterARestore() throws Exception {
        given(part("m1", 0, 10, 1, 3), part("m1", 90, 100, 1, 1), part("m2", 90, 100, 1, 1));
        timeIs(101);
        OperatorSubtaskState snapshot = sums.snapshot(1, 1);
        close();
        sums = harness();
        sums.initializeState(snapshot);
        sums.open();
        sums.setProcessingTime(500);

        given(part("m2", 0, 10, 1, 5), part("m2", 90, 100, 2, 6));
        given(part("m3", 110, 120, 0, 2));
        sums.setProcessingTime(2_100);

        assertThat(told()).containsExactly("90-100s v2: 7 of 2", "110-120s v0: 2 of 1");
    }

    @Test
    void sendsAClusterToTheFleetAndToTheGroupOfEachOfItsLabels() throws Exception {
        assertThat(wholes(null, Map.of("env", "prod", "region", "eu")))
                .containsExactly("", "env=\"prod\"", "region=\"eu\"");
    }

    @Test
    void sendsAClusterToTheGroupsThatAreAskedForAndThatItHasLabelsFor() throws Exception {
        assertThat(wholes(
                        List.of(List.of("region", "env"), List.of("owner"), List.of("region")),
                        Map.of("env", "prod", "region", "eu")))
                .containsExactly("", "env=\"prod\",region=\"eu\"", "region=\"eu\"");
    }

    @Test
    void holdsTheFirstWindowsOfAClusterForItsGroupsUntilItsRosterComes() throws Exception {
        try (KeyedTwoInputStreamOperatorTestHarness<String, Part, ClusterRoster, Part> groups = groups(null)) {
            groups.processElement1(part("m1", 0, 10, 0, 2), 0);
            groups.processElement1(part("m1", 0, 10, 1, 3), 1);
            groups.processElement1(part("m1", 10, 20, 1, 4), 2);
            groups.processElement2(ClusterRoster.ofLabels("c1", second(0), Map.of("env", "prod")), 3);
            groups.processElement1(part("m1", 20, 30, 1, 5), 4);

            assertThat(inGroup(groups, "env=\"prod\"")).containsExactlyInAnyOrder(0L, 10L, 20L);
            assertThat(inGroup(groups, "")).containsExactly(0L, 0L, 10L, 20L);
        }
    }

    @Test
    void waitsNoLongerThanAMinuteForARoster() throws Exception {
        try (KeyedTwoInputStreamOperatorTestHarness<String, Part, ClusterRoster, Part> groups = groups(null)) {
            groups.processElement1(part("m1", 0, 10, 1, 3), 1);
            groups.setProcessingTime(60_001);
            groups.processElement2(ClusterRoster.ofLabels("c1", second(0), Map.of("env", "prod")), 3);
            groups.processElement1(part("m1", 20, 30, 1, 5), 4);

            assertThat(inGroup(groups, "env=\"prod\"")).containsExactly(20L);
        }
    }

    private static List<Long> inGroup(
            KeyedTwoInputStreamOperatorTestHarness<String, Part, ClusterRoster, Part> groups, String group) {
        return groups.extractOutputValues().stream()
                .filter(part -> part.ofGroup().whole().equals(group))
                .map(part -> Duration.between(Scrapes.ZERO, part.windowStart()).toSeconds())
                .toList();
    }

    private static KeyedTwoInputStreamOperatorTestHarness<String, Part, ClusterRoster, Part> groups(
            @Nullable List<List<String>> wanted) throws Exception {
        WindowSettings settings = new WindowSettings(SETTINGS.size(), SETTINGS.horizon(), null, wanted);
        KeyedTwoInputStreamOperatorTestHarness<String, Part, ClusterRoster, Part> harness =
                new KeyedTwoInputStreamOperatorTestHarness<>(
                        new KeyedCoProcessOperator<>(new Groups(settings)),
                        Part::whole,
                        ClusterRoster::cluster,
                        Types.STRING);
        harness.open();
        return harness;
    }

    @Test
    void namesTheFleetAndTheGroupsAsScopes() {
        Part cluster = part("m1", 0, 10, 1, 3);

        assertThat(cluster.ofShareOf(Part.FLEET).ofGroup().ofClusters())
                .extracting(ScopeWindow::scope, ScopeWindow::group)
                .containsExactly(ScopeWindow.Scope.FLEET, null);
        assertThat(cluster.ofShareOf("az=\"a/b\"").ofGroup().ofClusters())
                .extracting(ScopeWindow::scope, ScopeWindow::group, ScopeWindow::cluster)
                .containsExactly(ScopeWindow.Scope.GROUP, "az=\"a/b\"", null);
    }

    /** The wholes that a cluster's window ends in, with these labels. */
    private static List<String> wholes(@Nullable List<List<String>> groups, Map<String, String> labels)
            throws Exception {
        try (KeyedTwoInputStreamOperatorTestHarness<String, Part, ClusterRoster, Part> harness = groups(groups)) {
            harness.processElement2(ClusterRoster.ofLabels("c1", second(0), labels), 0);
            harness.processElement2(ClusterRoster.ofLabels("c1", second(1), Map.of()), 1);
            harness.processElement1(part("m1", 0, 10, 1, 3), 2);
            return harness.extractOutputValues().stream()
                    .map(Part::ofGroup)
                    .map(Part::whole)
                    .toList();
        }
    }

    private static Part part(String member, int start, int end, int version, long count) {
        return new Part(
                "c1",
                member,
                second(start),
                second(end),
                "c1",
                null,
                1,
                false,
                version,
                new Measures(
                        List.of(new Histogram(
                                Scrapes.FSYNC, "", new BucketVector(Scrapes.EDGES, new long[] {0, count, 0}, count))),
                        List.of(),
                        List.of()));
    }

    private void given(Part... parts) throws Exception {
        for (Part part : parts) {
            sums.processElement(part, part.windowEnd().toEpochMilli() - 1);
        }
    }

    private void timeIs(double second) throws Exception {
        sums.processWatermark(second(second).toEpochMilli());
    }

    private List<String> told() {
        return sums.extractOutputValues().stream()
                .map(part -> "%d-%ds v%d: %d of %d"
                        .formatted(
                                Duration.between(Scrapes.ZERO, part.windowStart())
                                        .toSeconds(),
                                Duration.between(Scrapes.ZERO, part.windowEnd()).toSeconds(),
                                part.version(),
                                part.measures().histograms().get(0).vector().total(),
                                part.members()))
                .toList();
    }
}
