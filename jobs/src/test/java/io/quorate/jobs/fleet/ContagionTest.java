package io.quorate.jobs.fleet;

import static io.quorate.jobs.fleet.OnFleet.alert;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.quorate.events.Alert;
import io.quorate.events.Alert.Evidence;
import io.quorate.events.Alert.Severity;
import io.quorate.events.Alert.Status;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.apache.flink.types.PojoTestUtils;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Thirty clusters, ten in each of three zones. */
class ContagionTest {

    private static final String DOWN = "EtcdMemberDown";
    private static final String SLOW = "EtcdWalFsyncSlow";

    private OnFleet fleet;

    @BeforeEach
    void open() throws Exception {
        fleet = new OnFleet();
        for (String az : List.of("a", "b", "c")) {
            for (int i = 0; i < 10; i++) {
                fleet.labelled(az + i, Map.of("az", az, "product", "etcd"));
            }
        }
    }

    @AfterEach
    void close() throws Exception {
        fleet.close();
    }

    @Test
    void oneAlertPassesAtOnceAndAsItIs() throws Exception {
        Alert alone = alert(DOWN, "a0", Status.FIRING, Severity.WARNING, 10, 10);
        fleet.status(alone);
        fleet.statusesUntil(10);

        assertThat(fleet.alerts()).containsExactly(alone);
    }

    @Test
    void manyThatFallIllAtOnceAreOneIncidentAndNobodysOwnPage() throws Exception {
        for (int i = 0; i < 10; i++) {
            fleet.status(alert(DOWN, "a" + i, Status.PENDING, Severity.WARNING, 10 + i, 10 + i));
            fleet.status(alert(DOWN, "a" + i, Status.FIRING, Severity.WARNING, 10 + i, 20 + i));
        }
        fleet.until(40);

        assertThat(fleet.incidents())
                .containsExactly(
                        "pending 14 warning: 5 of 10 clusters with az=a fell ill within 4 s: EtcdMemberDown (5)",
                        "firing 20 warning: 10 of 10 clusters with az=a fell ill within 9 s: EtcdMemberDown (10)");
        assertThat(fleet.childPages()).isEmpty();
        assertThat(fleet.attached())
                .hasSize(16)
                .allMatch(child -> incident().id().equals(child.partOf()))
                .filteredOn(child -> child.status() == Status.FIRING)
                .hasSize(10);
    }

    @Test
    void saysWhatTheyShare() throws Exception {
        fallIll("a", 10, 10);
        fleet.status(alert(DOWN, "b3", Status.FIRING, Severity.WARNING, 10, 10));
        fleet.until(11);

        assertThat(incident().cluster()).isEqualTo("fleet");
        assertThat(incident().cause())
                .isEqualTo(
                        "something that the clusters with az=a share: 10 of these 10 fell ill, and 1 of the other 20");
        assertThat(incident().runbook()).isEqualTo("docs/runbooks/etcd-fleet-contagion.md");
        assertThat(incident().evidence())
                .extracting(Evidence::what, Evidence::value)
                .contains(
                        tuple("label az=a", "10 of 10 fell ill, by chance 1e-06"),
                        tuple("fleet", "11 of 30 clusters fell ill"),
                        tuple("clusters", "a0, a1, a2, a3, a4, a5, a6, a7, a8, a9"));
        assertThat(fleet.childPages()).containsExactly("b3");
    }

    @Test
    void attachesThoseThatWerePagedBeforeItWasKnown() throws Exception {
        for (int i = 0; i < 10; i++) {
            fleet.status(alert(DOWN, "a" + i, Status.FIRING, Severity.WARNING, 10 + i, 10 + i));
        }
        fleet.until(40);

        assertThat(fleet.childPages()).containsExactly("a0", "a1", "a2", "a3");
        assertThat(fleet.attached())
                .filteredOn(child -> child.status() == Status.UPDATED)
                .extracting(Alert::cluster)
                .containsExactlyInAnyOrder("a0", "a1", "a2", "a3");
    }

    @Test
    void staysSilentWhenTheyAreFour() throws Exception {
        for (int i = 0; i < 6; i++) {
            fleet.labelled("a" + i, Map.of("rack", "r1"));
        }
        fallIll("a", 4, 10);
        fleet.until(60);

        assertThat(fleet.incidents()).isEmpty();
        assertThat(fleet.childPages()).hasSize(4);
    }

    @Test
    void staysSilentWhenTheyShareNothing() throws Exception {
        fallIll("a", 3, 10);
        fallIll("b", 3, 10);
        fallIll("c", 3, 10);
        fleet.until(60);

        assertThat(fleet.incidents()).isEmpty();
        assertThat(fleet.childPages()).hasSize(9);
    }

    @Test
    void staysSilentWhenOneComesAMomentTooLate() throws Exception {
        fallIll("a", 4, 10);
        fleet.status(alert(DOWN, "a4", Status.FIRING, Severity.WARNING, 70, 70));
        fleet.until(80);

        assertThat(fleet.incidents()).isEmpty();
    }

    @Test
    void findsItWhenTheLastOneComesJustInTime() throws Exception {
        fallIll("a", 4, 10.001);
        fleet.status(alert(DOWN, "a4", Status.FIRING, Severity.WARNING, 70, 70));
        fleet.until(80);

        assertThat(fleet.incidents()).hasSize(1);
    }

    @Test
    void waitsWhileMostOfWhoCarriesTheLabelIsWell() throws Exception {
        for (int i = 10; i < 15; i++) {
            fleet.labelled("a" + i, Map.of("az", "a", "product", "etcd"));
        }
        fallIll("a", 7, 10);
        fleet.until(11);
        assertThat(fleet.incidents()).isEmpty();

        fleet.status(alert(DOWN, "a7", Status.FIRING, Severity.WARNING, 12, 12));
        fleet.until(13);
        assertThat(fleet.incidents()).hasSize(1);
    }

    @Test
    void callsItTheWholeFleetWhenNothingTellsTheIllFromTheOthers() throws Exception {
        fallIll("a", 9, 10);
        fallIll("b", 9, 10);
        fallIll("c", 9, 10);
        fleet.until(20);

        assertThat(fleet.incidents())
                .containsExactly(
                        "firing 10 warning: 27 of 30 clusters of the fleet fell ill at once: EtcdMemberDown (27)");
        assertThat(incident().cause()).contains("all clusters share", "by which they are watched");
        assertThat(fleet.childPages()).isEmpty();
    }

    @Test
    void countsOnlyClustersThatWereHeardOfLately() throws Exception {
        for (int i = 0; i < 10; i++) {
            fleet.labelled("a" + i, OnFleet.ZERO.plusSeconds(3_000), Map.of("az", "a"));
        }
        fallIll("a", 10, 3_700);
        fleet.until(3_710);

        // Nothing was heard of b and c for an hour: those in a are the fleet.
        assertThat(fleet.incidents())
                .containsExactly(
                        "firing 3700 warning: 10 of 10 clusters of the fleet fell ill at once: EtcdMemberDown (10)");
    }

    @Test
    void readsLabelsAsTheyWereThen() throws Exception {
        for (int i = 0; i < 10; i++) {
            fleet.labelled("a" + i, OnFleet.ZERO.plusSeconds(11), Map.of("az", i % 2 == 0 ? "b" : "c"));
        }
        fallIll("a", 10, 10);
        fleet.until(20);

        assertThat(incident().summary()).contains("az=a");
    }

    @Test
    void whatIsForInformationMakesNobodyIllAndIsAttached() throws Exception {
        for (int i = 0; i < 10; i++) {
            fleet.status(alert("EtcdVersionSkew", "a" + i, Status.FIRING, Severity.INFO, 10, 10));
        }
        fleet.until(20);
        assertThat(fleet.incidents()).isEmpty();

        fallIll("a", 10, 21);
        fleet.until(22);
        assertThat(fleet.incidents()).hasSize(1);
        assertThat(fleet.attached())
                .filteredOn(child -> child.severity() == Severity.INFO)
                .hasSize(10);
    }

    @Test
    void becomesAsBadAsTheWorstOfIt() throws Exception {
        fallIll("a", 10, 10);
        fleet.status(alert(DOWN, "a3", Status.UPDATED, Severity.CRITICAL, 10, 30));
        fleet.until(40);

        assertThat(fleet.incidents()).hasSize(2).last().asString().startsWith("updated 30 critical");
        assertThat(fleet.childPages()).isEmpty();
    }

    @Test
    void wakesNobodyForWhatPassesBeforeItFires() throws Exception {
        for (int i = 0; i < 10; i++) {
            fleet.status(alert(SLOW, "a" + i, Status.PENDING, Severity.WARNING, 10, 10));
            fleet.calmed(alert(SLOW, "a" + i, Status.RESOLVED, Severity.WARNING, 10, 25));
        }
        fleet.until(400);

        assertThat(fleet.incidents()).singleElement().asString().startsWith("pending 10");
    }

    @Test
    void firesThoughNoneOfItDoesYetWhenItStaysSo() throws Exception {
        for (int i = 0; i < 10; i++) {
            fleet.status(alert(SLOW, "a" + i, Status.PENDING, Severity.WARNING, 10, 10));
        }
        fleet.until(40);

        assertThat(fleet.incidents()).hasSize(2).last().asString().startsWith("firing 30");
    }

    @Test
    void isOverTwoMinutesAfterFewerThanThreeOfItFireAndTellsThoseThatDoByThemselves() throws Exception {
        fallIll("a", 10, 10);
        for (int i = 0; i < 8; i++) {
            fleet.status(alert(DOWN, "a" + i, Status.RESOLVED, Severity.WARNING, 10, 60 + i));
        }
        fleet.until(186);
        assertThat(fleet.incidents()).hasSize(1);

        fleet.until(187);
        assertThat(fleet.incidents()).hasSize(2).last().asString().startsWith("resolved 187");
        assertThat(fleet.childPages()).containsExactlyInAnyOrder("a8", "a9");
        assertThat(fleet.attached())
                .filteredOn(child -> child.status() == Status.RESOLVED)
                .hasSize(8);
    }

    @Test
    void goesOnWhileMoreThanTwoOfItFire() throws Exception {
        fallIll("a", 10, 10);
        for (int i = 0; i < 7; i++) {
            fleet.status(alert(DOWN, "a" + i, Status.RESOLVED, Severity.WARNING, 10, 60 + i));
        }
        fleet.until(3_000);

        assertThat(fleet.incidents()).noneMatch(told -> told.startsWith("resolved"));
        assertThat(fleet.childPages()).isEmpty();
    }

    @Test
    void takesInWhatBeginsWhileItIsOpenAndOnlyThat() throws Exception {
        fleet.status(alert("EtcdDatabaseNearQuota", "a0", Status.PENDING, Severity.WARNING, -100, -100));
        fallIll("a", 10, 10);
        fleet.status(alert(SLOW, "a0", Status.FIRING, Severity.WARNING, 100, 100));
        fleet.status(alert(SLOW, "b0", Status.FIRING, Severity.WARNING, 100, 100));
        fleet.status(alert("EtcdDatabaseNearQuota", "a0", Status.FIRING, Severity.WARNING, -100, 100));
        fleet.until(110);

        assertThat(fleet.childPages()).containsExactly("a0", "b0");
    }

    @Test
    void windowsFollowTheIncidentThatStatusesFound() throws Exception {
        fallIll("a", 10, 10);
        fleet.statusesUntil(50);
        for (int i = 0; i < 10; i++) {
            fleet.window(alert(SLOW, "a" + i, Status.FIRING, Severity.CRITICAL, 20, 20));
        }
        fleet.until(50);

        assertThat(fleet.childPages()).isEmpty();
        assertThat(fleet.incidents()).hasSize(2).last().asString().startsWith("updated 20 critical");
        assertThat(fleet.alerts().stream()
                        .filter(alert -> alert.rule().equals(Contagion.RULE))
                        .map(Alert::id)
                        .distinct())
                .hasSize(1);
    }

    @Test
    void goesOnForWindowsWhenStatusesAreWellAgain() throws Exception {
        fallIll("a", 10, 10);
        for (int i = 0; i < 10; i++) {
            fleet.window(alert(SLOW, "a" + i, Status.FIRING, Severity.WARNING, 20, 20));
            fleet.status(alert(DOWN, "a" + i, Status.RESOLVED, Severity.WARNING, 10, 60));
            fleet.window(alert(SLOW, "a" + i, Status.RESOLVED, Severity.WARNING, 20, 600 + i));
        }
        fleet.until(900);

        assertThat(fleet.childPages()).isEmpty();
        assertThat(fleet.incidents()).last().asString().startsWith("resolved 727");
    }

    @Test
    void countsStatusesAndWindowsTogether() throws Exception {
        for (int i = 0; i < 3; i++) {
            fleet.status(alert(DOWN, "a" + i, Status.FIRING, Severity.WARNING, 10, 10));
            fleet.window(alert(SLOW, "a" + (i + 3), Status.PENDING, Severity.WARNING, 20, 20));
            fleet.window(alert(SLOW, "a" + (i + 3), Status.FIRING, Severity.WARNING, 20, 30));
        }
        fleet.until(40);

        assertThat(fleet.incidents()).last().asString().startsWith("firing 30 warning: 6 of 10 clusters with az=a");
        assertThat(fleet.childPages()).containsExactly("a0", "a1", "a2");
    }

    @Test
    void whatBefallsAClusterLongAfterItFellIllIsTroubleOfItsOwn() throws Exception {
        fallIll("a", 10, 10);
        fleet.until(300);
        fleet.status(alert("EtcdQuorumLost", "a1", Status.FIRING, Severity.CRITICAL, 600, 600));
        fleet.status(alert("EtcdQuorumLost", "a2", Status.FIRING, Severity.CRITICAL, 620, 620));
        fleet.until(640);

        assertThat(fleet.childPages()).containsExactly("a2");
    }

    @Test
    void endsThoughSomethingForInformationGoesOn() throws Exception {
        fallIll("a", 10, 10);
        for (int i = 0; i < 10; i++) {
            fleet.status(alert("EtcdVoterCount", "a" + i, Status.FIRING, Severity.INFO, 20, 20));
            fleet.status(alert(DOWN, "a" + i, Status.RESOLVED, Severity.WARNING, 10, 60));
        }
        fleet.until(400);

        assertThat(fleet.incidents()).last().asString().startsWith("resolved 180");
    }

    @Test
    void nobodyIsIllByARegressionThatIsOnlyPending() throws Exception {
        for (int i = 0; i < 10; i++) {
            fleet.window(alert("EtcdWalFsyncRegression", "a" + i, Status.PENDING, Severity.WARNING, 20, 20));
        }
        fleet.until(400);

        assertThat(fleet.incidents()).isEmpty();
    }

    @Test
    void whatIsSaidOfAStatusLaterIsPartOfTheSame() throws Exception {
        fallIll("a", 10, 10);
        fleet.window(alert(DOWN, "a3", Status.UPDATED, Severity.WARNING, 10, 20));
        fleet.until(30);

        assertThat(fleet.childPages()).isEmpty();
        assertThat(fleet.attached())
                .filteredOn(child -> child.status() == Status.UPDATED)
                .singleElement()
                .satisfies(
                        child -> assertThat(child.partOf()).isEqualTo(incident().id()));
    }

    @Test
    void nobodyFallsIllByWhatIsSaidOfThePast() throws Exception {
        for (int i = 0; i < 10; i++) {
            fleet.window(alert(DOWN, "a" + i, Status.UPDATED, Severity.WARNING, 10, 20));
        }
        fleet.until(30);

        assertThat(fleet.incidents()).isEmpty();
        assertThat(fleet.alerts()).hasSize(10);
    }

    @Test
    void leavesAloneWhatIsPartOfSomethingElse() throws Exception {
        for (int i = 0; i < 10; i++) {
            fleet.status(alert(DOWN, "a" + i, Status.FIRING, Severity.WARNING, 10, 10, "maintenance racks"));
        }
        fleet.until(60);

        assertThat(fleet.incidents()).isEmpty();
        assertThat(fleet.attached()).hasSize(10).allMatch(child -> "maintenance racks".equals(child.partOf()));
    }

    @Test
    void saysTheSameInWhateverOrderItComes() throws Exception {
        List<Alert> said = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
            said.add(alert(DOWN, "a" + i, Status.PENDING, Severity.WARNING, 10 + i / 2, 10 + i / 2));
            said.add(alert(DOWN, "a" + i, Status.FIRING, Severity.WARNING, 10 + i / 2, 11 + i));
            said.add(alert(DOWN, "b" + i, Status.FIRING, Severity.CRITICAL, 10 + 7 * i, 10 + 7 * i));
            said.add(alert(DOWN, "a" + i, Status.RESOLVED, Severity.WARNING, 10 + i / 2, 40 + i));
        }
        List<List<Alert>> told = new ArrayList<>();
        for (int seed = 0; seed < 5; seed++) {
            open();
            for (Alert alert : said) {
                fleet.status(alert);
            }
            fleet.until(400);
            told.add(List.copyOf(fleet.alerts()));
            fleet.close();
            Collections.shuffle(said, new Random(seed));
        }

        assertThat(told.get(0)).hasSizeGreaterThan(said.size());
        assertThat(told).containsOnly(told.get(0));
    }

    @Test
    void goesOnWhereItWasAfterARestart() throws Exception {
        fallIll("a", 5, 10);
        fleet.until(12);
        fleet.restart();
        fleet.status(alert(DOWN, "a5", Status.FIRING, Severity.WARNING, 20, 20));
        for (int i = 0; i < 6; i++) {
            fleet.status(alert(DOWN, "a" + i, Status.RESOLVED, Severity.WARNING, i == 5 ? 20 : 10, 30));
        }
        fleet.until(29);
        fleet.restart();
        fleet.until(160);

        assertThat(fleet.childPages()).isEmpty();
        assertThat(fleet.incidents())
                .containsExactly(
                        "firing 10 warning: 5 of 10 clusters with az=a fell ill at once: EtcdMemberDown (5)",
                        "updated 70 warning: 6 of 10 clusters with az=a fell ill within 10 s: EtcdMemberDown (6)",
                        "resolved 150 warning: 6 of 10 clusters with az=a fell ill within 10 s: EtcdMemberDown (6)");
    }

    @Test
    void keepsNothingThatWouldFallBackToKryo() {
        for (Class<?> kept : List.of(Ill.class, Incident.class, Labelled.class)) {
            PojoTestUtils.assertSerializedAsPojoWithoutKryo(kept);
        }
        PojoTestUtils.assertSerializedAsPojoWithoutKryo(FleetNews.class);
    }

    @Test
    void endOfTheInputEndsNothing() throws Exception {
        fallIll("a", 5, 10);
        fleet.status(alert(DOWN, "a0", Status.RESOLVED, Severity.WARNING, 10, 20));
        fleet.status(alert(DOWN, "a1", Status.RESOLVED, Severity.WARNING, 10, 20));
        fleet.status(alert(DOWN, "a2", Status.RESOLVED, Severity.WARNING, 10, 20));
        fleet.end();

        assertThat(fleet.incidents()).hasSize(1);
    }

    private Alert incident() {
        return fleet.alerts().stream()
                .filter(alert -> alert.rule().equals(Contagion.RULE))
                .findFirst()
                .orElseThrow();
    }

    private void fallIll(String az, int count, double at) throws Exception {
        for (int i = 0; i < count; i++) {
            fleet.status(alert(DOWN, az + i, Status.FIRING, Severity.WARNING, at, at));
        }
    }
}
