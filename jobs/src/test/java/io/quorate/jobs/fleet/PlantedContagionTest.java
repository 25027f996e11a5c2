package io.quorate.jobs.fleet;

import static org.assertj.core.api.Assertions.assertThat;

import io.quorate.events.Alert;
import io.quorate.events.Alert.Severity;
import io.quorate.events.Alert.Status;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Fleets with a label that matters and five that do not, and fleets in which none does. */
@Tag("slow")
class PlantedContagionTest {

    private static final int CASES = 300;
    private static final List<String> RULES = List.of("EtcdMemberDown", "EtcdDiskStalled", "EtcdMemberLeaderless");

    /** One transition of one cluster, before it is an alert. */
    private record Told(String cluster, String rule, Status status, Severity severity, double begun, double at) {

        Alert alert() {
            return OnFleet.alert(rule, cluster, status, severity, begun, at);
        }
    }

    @Test
    void fiftyClustersOfOneZoneAreOnePageWithinAMinute() throws Exception {
        Random random = new Random(1);
        try (OnFleet fleet = new OnFleet()) {
            List<Told> said = new ArrayList<>();
            for (int i = 0; i < 60; i++) {
                fleet.labelled("c" + i, labels(random, i < 50 ? "a" : "b"));
                if (i < 50) {
                    double onset = 100 + random.nextDouble() * 12;
                    said.add(new Told("c" + i, RULES.get(0), Status.PENDING, Severity.WARNING, onset, onset));
                    said.add(new Told("c" + i, RULES.get(0), Status.FIRING, Severity.WARNING, onset, onset + 15));
                }
            }
            say(fleet, said);
            fleet.until(200);

            List<Alert> pages = pages(fleet);
            System.out.println("50 of 60: " + fleet.incidents());
            assertThat(pages).hasSize(1);
            assertThat(pages.get(0).summary()).contains("az=a");
            assertThat(seconds(pages.get(0))).isBetween(100.0, 160.0);
            assertThat(fleet.childPages()).isEmpty();
        }
    }

    @Test
    void namesTheLabelThatMatters() throws Exception {
        int right = 0;
        int inTime = 0;
        int single = 0;
        int childPages = 0;
        int children = 0;
        List<String> wrong = new ArrayList<>();
        for (int seed = 0; seed < CASES; seed++) {
            Random random = new Random(seed);
            int clusters = 60 + random.nextInt(241);
            int hit = 8 + random.nextInt(43);
            // Up to a fifth of those that share the label get away.
            int labelled = Math.min(clusters - 5, hit + random.nextInt(hit / 4 + 1));
            double spread = random.nextDouble() * 30;
            List<Told> said = new ArrayList<>();
            try (OnFleet fleet = new OnFleet()) {
                for (int i = 0; i < clusters; i++) {
                    String az = i < labelled
                            ? "a"
                            : "bcdef".substring(random.nextInt(5)).substring(0, 1);
                    fleet.labelled("c" + i, labels(random, az));
                    if (i < hit) {
                        said.addAll(episode(random, "c" + i, 100 + random.nextDouble() * spread));
                    } else if (random.nextInt(200) == 0) {
                        said.addAll(episode(random, "c" + i, 60 + random.nextDouble() * 100));
                    }
                }
                say(fleet, said);
                fleet.until(220);
                List<Alert> pages = pages(fleet);
                boolean named = !pages.isEmpty() && pages.get(0).summary().contains("with az=a fell");
                right += named ? 1 : 0;
                inTime += named && seconds(pages.get(0)) <= 160 ? 1 : 0;
                single += pages.size() == 1 ? 1 : 0;
                childPages += fleet.childPages().size();
                children += hit;
                if (!named) {
                    wrong.add(seed + ": " + hit + "/" + labelled + "/" + clusters + " " + fleet.incidents());
                }
            }
        }
        System.out.printf(
                "%d planted: label right %d, within 60 s %d, one incident %d; of %d clusters hit %d paged by themselves%n%s%n",
                CASES, right, inTime, single, children, childPages, String.join("\n", wrong));

        assertThat(right).isGreaterThanOrEqualTo(CASES * 95 / 100);
        assertThat(inTime).isGreaterThanOrEqualTo(CASES * 95 / 100);
    }

    /** Times a fault per cluster and day, which is many already. */
    @ParameterizedTest
    @ValueSource(ints = {1, 10})
    void independentFaultsAreNoIncident(int times) throws Exception {
        int hours = 100;
        int found = 0;
        int alerts = 0;
        for (int seed = 0; seed < 10; seed++) {
            Random random = new Random(seed);
            int clusters = 60 + seed * 26;
            try (OnFleet fleet = new OnFleet()) {
                List<Map<String, String>> labels = new ArrayList<>();
                for (int i = 0; i < clusters; i++) {
                    labels.add(
                            labels(random, "abcde".substring(random.nextInt(5)).substring(0, 1)));
                }
                double mean = 86_400.0 / times / clusters;
                double next = -Math.log(1 - random.nextDouble()) * mean;
                for (int minute = 0; minute < hours * 60; minute++) {
                    if (minute % 30 == 0) {
                        for (int i = 0; i < clusters; i++) {
                            fleet.labelled("c" + i, OnFleet.ZERO.plusSeconds(60L * minute), labels.get(i));
                        }
                    }
                    List<Told> said = new ArrayList<>();
                    while (next < 60 * (minute + 1)) {
                        said.addAll(episode(random, "c" + random.nextInt(clusters), next));
                        alerts++;
                        next += -Math.log(1 - random.nextDouble()) * mean;
                    }
                    say(fleet, said);
                    fleet.until(60 * (minute + 1) - 40);
                }
                found += fleet.incidents().size();
                fleet.incidents().forEach(System.out::println);
            }
        }
        System.out.printf("%d fleet-hours, %d independent faults: %d incidents%n", 10 * hours, alerts, found);

        assertThat(found).isZero();
    }

    /** How long it takes is for people: it decides no test. */
    @Test
    void fiveThousandClustersAreJudgedInTheirTime() throws Exception {
        Random random = new Random(3);
        List<Told> said = new ArrayList<>();
        try (OnFleet fleet = new OnFleet()) {
            for (int i = 0; i < 5_000; i++) {
                fleet.labelled("c" + i, labels(random, i < 2_500 ? "a" : "b"));
                if (i < 2_500) {
                    double onset = 100 + random.nextInt(30);
                    said.add(new Told("c" + i, RULES.get(0), Status.PENDING, Severity.WARNING, onset, onset));
                    said.add(new Told("c" + i, RULES.get(0), Status.FIRING, Severity.WARNING, onset, onset + 20));
                }
            }
            long begun = System.nanoTime();
            say(fleet, said);
            fleet.until(200);
            System.out.printf(
                    "2,500 of 5,000 clusters ill within 30 s: %d transitions in %d ms%n",
                    said.size(), Duration.ofNanos(System.nanoTime() - begun).toMillis());

            assertThat(pages(fleet)).hasSize(1);
            assertThat(pages(fleet).get(0).summary()).contains("az=a");
            assertThat(fleet.childPages()).isEmpty();
        }
    }

    /** Pending first, or not; firing a little later, worse later still; and then it is over. */
    private static List<Told> episode(Random random, String cluster, double onset) {
        String rule = RULES.get(random.nextInt(RULES.size()));
        Severity severity = random.nextBoolean() ? Severity.WARNING : Severity.CRITICAL;
        double fires = onset;
        List<Told> said = new ArrayList<>();
        if (random.nextInt(4) != 0) {
            said.add(new Told(cluster, rule, Status.PENDING, severity, onset, onset));
            fires += 10 + random.nextDouble() * 20;
        }
        said.add(new Told(cluster, rule, Status.FIRING, severity, onset, fires));
        double over = fires + 300 - 600 * Math.log(1 - random.nextDouble());
        said.add(new Told(cluster, rule, Status.RESOLVED, severity, onset, over));
        return said;
    }

    private static Map<String, String> labels(Random random, String az) {
        Map<String, String> labels = new TreeMap<>(Map.of("az", az));
        int[] values = {2, 3, 5, 8, 12};
        String[] decoys = {"env", "storage-class", "etcd-version", "owner", "hypervisor"};
        for (int i = 0; i < decoys.length; i++) {
            labels.put(decoys[i], "v" + random.nextInt(values[i]));
        }
        return labels;
    }

    private static void say(OnFleet fleet, List<Told> said) throws Exception {
        for (Told told :
                said.stream().sorted(Comparator.comparingDouble(Told::at)).toList()) {
            fleet.status(told.alert());
        }
    }

    /** Those that somebody is told of: an incident when it fires. */
    private static List<Alert> pages(OnFleet fleet) {
        return fleet.alerts().stream()
                .filter(alert -> alert.rule().equals(Contagion.RULE) && alert.status() == Status.FIRING)
                .toList();
    }

    private static double seconds(Alert alert) {
        return Duration.between(OnFleet.ZERO, alert.at()).toMillis() / 1_000.0;
    }
}
