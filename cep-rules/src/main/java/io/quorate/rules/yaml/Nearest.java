package io.quorate.rules.yaml;

import java.util.Collection;
import java.util.Comparator;
import java.util.Optional;

/** The known word that somebody may have meant. */
public final class Nearest {

    private Nearest() {}

    /** The one of these that is a slip or two away from this; empty when none is near. */
    public static Optional<String> of(String key, Collection<String> known) {
        return known.stream()
                .filter(candidate -> distance(candidate, key) <= Math.max(2, key.length() / 3))
                .min(Comparator.comparingInt(candidate -> distance(candidate, key)));
    }

    /** Damerau's: two neighbours that changed places are one slip, as they are to who typed them. */
    static int distance(String a, String b) {
        int[][] cost = new int[a.length() + 1][b.length() + 1];
        for (int i = 0; i <= a.length(); i++) {
            for (int j = 0; j <= b.length(); j++) {
                cost[i][j] = i == 0 || j == 0 ? i + j : step(cost, a, i, b, j);
            }
        }
        return cost[a.length()][b.length()];
    }

    private static int step(int[][] cost, String a, int i, String b, int j) {
        int replaced = cost[i - 1][j - 1] + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
        int least = Math.min(replaced, Math.min(cost[i - 1][j], cost[i][j - 1]) + 1);
        boolean swapped = i > 1 && j > 1 && a.charAt(i - 1) == b.charAt(j - 2) && a.charAt(i - 2) == b.charAt(j - 1);
        return swapped ? Math.min(least, cost[i - 2][j - 2] + 1) : least;
    }
}
