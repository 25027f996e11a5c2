package io.quorate.simulator.model;

/**
 * How long one operation takes: log-normal, and a share of the operations from a slower log-normal, the tail.
 *
 * @param median of the body, in seconds
 * @param sigma of the body's logarithm
 * @param tailShare of the operations, in [0, 1)
 * @param tailMedian in seconds
 * @param tailSigma of the tail's logarithm
 */
public record ServiceTime(double median, double sigma, double tailShare, double tailMedian, double tailSigma) {

    public ServiceTime {
        if (!(median > 0 && sigma > 0 && tailShare >= 0 && tailShare < 1 && tailMedian > 0 && tailSigma > 0)) {
            throw new IllegalArgumentException("a service time needs medians and sigmas above 0 and a share in [0, 1)");
        }
    }

    /** Without a tail. */
    public static ServiceTime of(double median, double sigma) {
        return new ServiceTime(median, sigma, 0, median, sigma);
    }

    /** The share of the operations that take at most so long. */
    public double share(double seconds) {
        return (1 - tailShare) * share(seconds, median, sigma) + tailShare * share(seconds, tailMedian, tailSigma);
    }

    /** What those that take at most so long contribute to the mean. */
    double meanUpTo(double seconds) {
        return (1 - tailShare) * meanUpTo(seconds, median, sigma)
                + tailShare * meanUpTo(seconds, tailMedian, tailSigma);
    }

    public double mean() {
        return meanUpTo(Double.POSITIVE_INFINITY);
    }

    /** The value that a share {@code q} of the operations does not exceed. */
    public double quantile(double q) {
        double low = StrictMath.log(1e-9);
        double high = StrictMath.log(1e6);
        for (int i = 0; i < 80; i++) {
            double middle = (low + high) / 2;
            if (share(StrictMath.exp(middle)) < q) {
                low = middle;
            } else {
                high = middle;
            }
        }
        return StrictMath.exp(high);
    }

    /** Everything so many times slower. */
    public ServiceTime times(double factor) {
        return new ServiceTime(median * factor, sigma, tailShare, tailMedian * factor, tailSigma);
    }

    double draw(RandomStream random) {
        return random.chance(tailShare)
                ? tailMedian * StrictMath.exp(tailSigma * random.gaussian())
                : median * StrictMath.exp(sigma * random.gaussian());
    }

    private static double share(double x, double median, double sigma) {
        return x <= 0 ? 0 : Normal.below(StrictMath.log(x / median) / sigma);
    }

    private static double meanUpTo(double x, double median, double sigma) {
        double mean = median * StrictMath.exp(sigma * sigma / 2);
        return x <= 0 ? 0 : mean * Normal.below(StrictMath.log(x / median) / sigma - sigma);
    }
}
