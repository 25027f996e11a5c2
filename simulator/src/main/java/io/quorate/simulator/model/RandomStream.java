package io.quorate.simulator.model;

/**
 * Random numbers that depend on nothing but where they are drawn: each cluster, member and purpose has a stream of its own,
 * split off by a key. SplitMix64; only {@link StrictMath}, so that every machine draws the same.
 */
public final class RandomStream {

    private static final long GOLDEN = 0x9E3779B97F4A7C15L;
    private static final double UNIT = 1.0 / (1L << 53);
    /** Above this mean the normal distribution stands in: its error is then far below the spread of the draw itself. */
    private static final double LARGE = 30;

    private final long origin;
    private long state;

    public RandomStream(long seed) {
        this.origin = mixed(seed);
        this.state = origin;
    }

    /** A stream of its own, the same however much was drawn from this one. */
    public RandomStream split(long key) {
        return new RandomStream(origin ^ mixed(key + GOLDEN));
    }

    long nextLong() {
        state += GOLDEN;
        return mixed(state);
    }

    /** In [0, 1). */
    double uniform() {
        return (nextLong() >>> 11) * UNIT;
    }

    /** In [0, bound). */
    public long below(long bound) {
        return (long) (uniform() * bound);
    }

    boolean chance(double probability) {
        return uniform() < probability;
    }

    double exponential(double mean) {
        return -mean * StrictMath.log(1 - uniform());
    }

    double gaussian() {
        while (true) {
            double x = 2 * uniform() - 1;
            double y = 2 * uniform() - 1;
            double square = x * x + y * y;
            if (square < 1 && square > 0) {
                return x * StrictMath.sqrt(-2 * StrictMath.log(square) / square);
            }
        }
    }

    long poisson(double mean) {
        if (mean <= 0) {
            return 0;
        }
        if (mean > LARGE) {
            return Math.max(0, Math.round(mean + StrictMath.sqrt(mean) * gaussian()));
        }
        double limit = StrictMath.exp(-mean);
        long drawn = 0;
        for (double product = uniform(); product > limit; product *= uniform()) {
            drawn++;
        }
        return drawn;
    }

    long binomial(long n, double p) {
        if (n <= 0 || p <= 0) {
            return 0;
        }
        if (p >= 1) {
            return n;
        }
        if (p > 0.5) {
            return n - binomial(n, 1 - p);
        }
        double mean = n * p;
        if (mean > LARGE) {
            long drawn = Math.round(mean + StrictMath.sqrt(mean * (1 - p)) * gaussian());
            return Math.min(n, Math.max(0, drawn));
        }
        double odds = p / (1 - p);
        double share = StrictMath.exp(n * StrictMath.log1p(-p));
        double left = uniform();
        long drawn = 0;
        while (left > share && drawn < n) {
            left -= share;
            drawn++;
            share *= odds * (n - drawn + 1) / drawn;
        }
        return drawn;
    }

    private static long mixed(long value) {
        long z = value;
        z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
        z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
        return z ^ (z >>> 31);
    }
}
