package io.quorate.ingest.prometheus;

/** Numbers as Prometheus writes them. */
final class Numbers {

    private Numbers() {}

    /** The number; NaN also for what is none, since neither can be counted. */
    static double parse(String text) {
        switch (text) {
            case "+Inf", "Inf":
                return Double.POSITIVE_INFINITY;
            case "-Inf":
                return Double.NEGATIVE_INFINITY;
            default:
                try {
                    return Double.parseDouble(text);
                } catch (NumberFormatException noNumber) {
                    return Double.NaN;
                }
        }
    }
}
