package io.quorate.simulator.plan;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** What can be done to a fleet, and what each wants to be told. All but moments last {@code for} so long. */
enum FaultKind {
    DISK_SLOW(List.of("times", "writes-per-second")),
    DISK_HANG(List.of()),
    KILL(List.of()),
    PAUSE(List.of()),
    TERMINATE(List.of()),
    ROLLING_RESTART(List.of("every", "down")),
    PARTITION(List.of("direction")),
    LINK_FLAP(List.of("every")),
    NETWORK_DELAY(List.of("delay")),
    CPU_STARVED(List.of("share")),
    REQUEST_STORM(List.of("times")),
    EXPENSIVE_READS(List.of("per-second", "each")),
    WATCH_STARVED(List.of("watchers", "events")),
    QUOTA_GROWTH(List.of("value", "puts", "keys")),
    COMPACT(List.of(), true),
    DEFRAGMENT(List.of(), true),
    DISARM(List.of(), true),
    CLOCK_SKEW(List.of("offset")),
    COUNTER_RESET(List.of(), true),
    SCRAPE_GAP(List.of());

    private final List<String> parameters;
    private final boolean moment;

    FaultKind(List<String> parameters) {
        this(parameters, false);
    }

    FaultKind(List<String> parameters, boolean moment) {
        this.parameters = parameters;
        this.moment = moment;
    }

    List<String> parameters() {
        return parameters;
    }

    /** Whether it is over as soon as it is done. */
    boolean moment() {
        return moment;
    }

    /** As plans say it, such as {@code disk-slow}. */
    String word() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    static Optional<FaultKind> of(String word) {
        return Arrays.stream(values()).filter(kind -> kind.word().equals(word)).findFirst();
    }
}
