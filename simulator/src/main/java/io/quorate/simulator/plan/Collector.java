package io.quorate.simulator.plan;

/**
 * How the fleet is watched.
 *
 * @param scrapeMicros from scrape to scrape of a member
 * @param statusMicros from status to status
 * @param replicas Prometheis that scrape the same members, each at its own moment
 * @param lateMicros up to so much later than it was seen does a record arrive, each by itself: they come shuffled
 */
public record Collector(long scrapeMicros, long statusMicros, int replicas, long lateMicros) {

    public static final Collector DEFAULT = new Collector(10_000_000, 1_000_000, 1, 0);

    public Collector {
        if (scrapeMicros < 100_000 || statusMicros < 100_000 || replicas < 1 || replicas > 4 || lateMicros < 0) {
            throw new IllegalArgumentException("scrape and status are at least 100ms, replicas 1 to 4");
        }
    }
}
