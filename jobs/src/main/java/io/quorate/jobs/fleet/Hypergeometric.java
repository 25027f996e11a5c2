package io.quorate.jobs.fleet;

/**
 * How likely it is that so many of a label's clusters are ill by chance: drawn without replacement, each ill cluster as likely as
 * any other. In logarithms, as the chances that matter are too small for a double.
 */
final class Hypergeometric {

    private final int clusters;
    private final double[] logFactorials;

    /** Of a fleet of so many clusters. */
    Hypergeometric(int clusters) {
        this.clusters = clusters;
        this.logFactorials = new double[clusters + 1];
        for (int i = 2; i <= clusters; i++) {
            logFactorials[i] = logFactorials[i - 1] + Math.log(i);
        }
    }

    /** The logarithm of the chance that exactly {@code both} of {@code ill} clusters are among {@code labelled}. */
    double logExactly(int labelled, int ill, int both) {
        if (both < Math.max(0, labelled + ill - clusters) || both > Math.min(labelled, ill)) {
            return Double.NEGATIVE_INFINITY;
        }
        return logChoose(labelled, both) + logChoose(clusters - labelled, ill - both) - logChoose(clusters, ill);
    }

    /** The logarithm of the chance that it is {@code both} or more. */
    double logAtLeast(int labelled, int ill, int both) {
        int least = Math.max(both, Math.max(0, labelled + ill - clusters));
        int most = Math.min(labelled, ill);
        if (least > most) {
            return Double.NEGATIVE_INFINITY;
        }
        double largest = Double.NEGATIVE_INFINITY;
        for (int i = least; i <= most; i++) {
            largest = Math.max(largest, logExactly(labelled, ill, i));
        }
        double sum = 0;
        for (int i = least; i <= most; i++) {
            sum += Math.exp(logExactly(labelled, ill, i) - largest);
        }
        return Math.min(0, largest + Math.log(sum));
    }

    private double logChoose(int of, int some) {
        return logFactorials[of] - logFactorials[some] - logFactorials[of - some];
    }
}
