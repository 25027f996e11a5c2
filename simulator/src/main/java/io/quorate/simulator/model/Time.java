package io.quorate.simulator.model;

/** Simulated time: microseconds since the simulation's beginning. */
public final class Time {

    public static final long SECOND = 1_000_000;
    public static final long MILLISECOND = 1_000;

    private Time() {}

    public static long micros(double seconds) {
        return Math.round(seconds * SECOND);
    }

    public static double seconds(long micros) {
        return micros / (double) SECOND;
    }
}
