package io.quorate.jobs.settings;

/**
 * Loopback ports of the parts that {@code quorate run} starts on this machine; 0 takes any free one.
 *
 * @param flinkPort of Flink's page
 * @param metricsPort of the page of Quorate's own metrics
 */
public record DeskSettings(int kafkaPort, int clickhousePort, int flinkPort, int metricsPort) {

    /** Any free ones. */
    public static final DeskSettings DEFAULT = new DeskSettings(0, 0, 0, 0);
}
