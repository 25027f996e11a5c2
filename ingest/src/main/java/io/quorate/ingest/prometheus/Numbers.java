package io.quorate.ingest.prometheus;

/** Numbers as Prometheus writes them. */
final class Numbers {

    /** So many always fit in a long, whose nearest double is that of the number. */
    private static final int DIGITS = 18;

    private Numbers() {}

    /** The number between these places of a text. */
    static double parse(String text, int start, int end) {
        // Most are counts.
        long digits = 0;
        for (int at = start; at < end; at++) {
            int digit = text.charAt(at) - '0';
            if (digit < 0 || digit > 9 || at - start == DIGITS) {
                return parse(text.substring(start, end));
            }
            digits = digits * 10 + digit;
        }
        return start < end ? digits : Double.NaN;
    }

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
