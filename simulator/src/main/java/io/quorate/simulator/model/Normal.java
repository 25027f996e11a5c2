package io.quorate.simulator.model;

/** The standard normal distribution. */
final class Normal {

    private Normal() {}

    /** Its distribution function, to about 1e-15 (Hart's approximation, as given by West 2005). */
    static double below(double x) {
        double z = Math.abs(x);
        if (z > 37) {
            return x > 0 ? 1 : 0;
        }
        double density = StrictMath.exp(-z * z / 2);
        double upper;
        if (z < 7.07106781186547) {
            double numerator = 3.52624965998911e-02 * z + 0.700383064443688;
            numerator = numerator * z + 6.37396220353165;
            numerator = numerator * z + 33.912866078383;
            numerator = numerator * z + 112.079291497871;
            numerator = numerator * z + 221.213596169931;
            numerator = numerator * z + 220.206867912376;
            double denominator = 8.83883476483184e-02 * z + 1.75566716318264;
            denominator = denominator * z + 16.064177579207;
            denominator = denominator * z + 86.7807322029461;
            denominator = denominator * z + 296.564248779674;
            denominator = denominator * z + 637.333633378831;
            denominator = denominator * z + 793.826512519948;
            denominator = denominator * z + 440.413735824752;
            upper = density * numerator / denominator;
        } else {
            double fraction = z + 1 / (z + 2 / (z + 3 / (z + 4 / (z + 0.65))));
            upper = density / fraction / 2.506628274631;
        }
        return x > 0 ? 1 - upper : upper;
    }
}
