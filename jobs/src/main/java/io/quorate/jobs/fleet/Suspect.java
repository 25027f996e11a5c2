package io.quorate.jobs.fleet;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * One label value, and how it stands with the clusters that fell ill.
 *
 * @param ill how many of its clusters are
 * @param of how many clusters carry it
 * @param logChance the logarithm of the chance that so many of them, or more, are ill though it does not matter; times the number
 *     of label values that were looked at (Bonferroni)
 */
record Suspect(String label, String value, int ill, int of, double logChance) {

    /** The least likely by chance first; of those that are alike, what fewer clusters carry: it says more. */
    private static final Comparator<Suspect> ORDER = Comparator.comparingDouble(Suspect::logChance)
            .thenComparingInt(Suspect::of)
            .thenComparing(Suspect::label)
            .thenComparing(Suspect::value);

    /**
     * Every label value that enough ill clusters carry, the least likely by chance first.
     *
     * @param fleet each cluster's labels
     * @param ill those of them that fell ill
     */
    static List<Suspect> among(Map<String, Map<String, String>> fleet, Set<String> ill) {
        Map<List<String>, int[]> counts = new TreeMap<>(
                Comparator.comparing((List<String> pair) -> pair.get(0)).thenComparing(pair -> pair.get(1)));
        fleet.forEach((cluster, labels) -> labels.forEach((label, value) -> {
            int[] count = counts.computeIfAbsent(List.of(label, value), pair -> new int[2]);
            count[0]++;
            count[1] += ill.contains(cluster) ? 1 : 0;
        }));
        // What too few carry can never be named, and what all carry tells nobody from nobody: neither is a question
        // asked.
        counts.values().removeIf(count -> count[0] < FleetMoment.LEAST || count[0] == fleet.size());
        int all = (int) fleet.keySet().stream().filter(ill::contains).count();
        Hypergeometric chance = new Hypergeometric(fleet.size());
        List<Suspect> suspects = new ArrayList<>();
        counts.forEach((pair, count) -> {
            if (count[1] >= FleetMoment.LEAST) {
                double once = chance.logAtLeast(count[0], all, count[1]);
                suspects.add(new Suspect(
                        pair.get(0), pair.get(1), count[1], count[0], Math.min(0, once + Math.log(counts.size()))));
            }
        });
        suspects.sort(ORDER);
        return suspects;
    }

    /** Whether this is more than chance. One that is, and of which most are well yet, is waited for. */
    boolean standsOut() {
        return logChance <= Math.log(FleetMoment.CHANCE);
    }

    boolean coversMost() {
        return 2 * ill >= of;
    }

    String chance() {
        double exponent = Math.floor(logChance / Math.log(10));
        return exponent < -300
                ? "below 1e-300"
                : exponent >= -2
                        ? String.format(Locale.ROOT, "%.2f", Math.exp(logChance))
                        : String.format(Locale.ROOT, "%.0e", Math.exp(logChance));
    }
}
