package io.quorate.jobs.settings;

/**
 * Loopback ports of the parts that {@code quorate run} starts on this machine; 0 takes any free one.
 *
 * @param flinkPort of Flink's page
 */
public record DeskSettings(int kafkaPort, int clickhousePort, int flinkPort) {

    /** Any free ones. */
    public static final DeskSettings DEFAULT = new DeskSettings(0, 0, 0);
}
