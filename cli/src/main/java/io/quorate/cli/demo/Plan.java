package io.quorate.cli.demo;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What is done to the cluster and when, all counted from ready: stalls of the leader, then one slow disk, never both at a
 * time.
 *
 * @param slowDisk when it begins; null when there is none
 * @param skipped steps that are left out, with the reason
 */
record Plan(List<Duration> stalls, @Nullable Duration slowDisk, Map<String, String> skipped) {

    static final String SLOW_DISK = "slow-disk";

    /** The members' own pasts are learnt in it. */
    static final Duration QUIET = Duration.ofSeconds(20);

    /** From one fault to the next; a stall takes at most 10 s. */
    static final Duration EVERY = Duration.ofSeconds(11);

    /** Two whole windows of 10 s lie in it wherever it begins, and the scrape before them. */
    static final Duration SLOW = Duration.ofSeconds(33);

    /** From then at the latest until it is paged: windows are judged when the next ones come. */
    private static final Duration PAGED = Duration.ofSeconds(24);

    /** The window that was slow in part, two calm ones, and those that follow. */
    private static final Duration SLOW_RESOLVES = Duration.ofSeconds(47);

    /** 30 s without a change, and the word of it. */
    private static final Duration STORM_RESOLVES = Duration.ofSeconds(40);

    /** Two seconds to be elected, three to be paged. */
    private static final Duration CHANGE_PAGED = Duration.ofSeconds(8);

    /** What makes a storm; they come first, whatever else there is time for. */
    private static final int STORM = 3;

    /** A storm, and a slow disk with its page. */
    static final Duration LEAST_FOR_SLOW_DISK =
            QUIET.plus(EVERY.multipliedBy(STORM)).plus(SLOW).plus(PAGED);

    /** Told when there is no time for any fault. */
    static final String TOO_SHORT = "Too short for a fault: the first comes after " + QUIET.toSeconds()
            + " s and takes " + CHANGE_PAGED.toSeconds() + " s to be paged; try --for 180s";

    static Plan of(Duration length) {
        boolean slowDisk = length.compareTo(LEAST_FOR_SLOW_DISK) >= 0;
        Duration before =
                slowDisk ? length.minus(SLOW_RESOLVES).minus(SLOW).minus(EVERY) : length.minus(STORM_RESOLVES);
        List<Duration> stalls = new ArrayList<>();
        for (Duration next = QUIET;
                next.compareTo(before) <= 0 || stalls.size() < STORM && next.compareTo(length.minus(CHANGE_PAGED)) <= 0;
                next = next.plus(EVERY)) {
            stalls.add(next);
        }
        return new Plan(
                List.copyOf(stalls),
                slowDisk ? QUIET.plus(EVERY.multipliedBy(stalls.size())) : null,
                slowDisk
                        ? Map.of()
                        : Map.of(
                                SLOW_DISK,
                                "no time for it in " + length.toSeconds() + " s: it takes --for "
                                        + LEAST_FOR_SLOW_DISK.toSeconds() + "s or more"));
    }

    Plan withoutSlowDisk(String reason) {
        Map<String, String> all = new LinkedHashMap<>(skipped);
        all.put(SLOW_DISK, reason);
        return new Plan(stalls, null, all);
    }
}
