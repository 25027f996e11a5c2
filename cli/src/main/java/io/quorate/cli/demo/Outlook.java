package io.quorate.cli.demo;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/** One line: what is being done to the cluster, else what comes next. */
final class Outlook {

    private Outlook() {}

    static String of(Scene scene) {
        Optional<Fault> lasting = scene.faults().stream().filter(Fault::lasts).findFirst();
        if (lasting.isPresent()) {
            return Ink.YELLOW.on(doing(lasting.get()));
        }
        Duration since = Duration.between(scene.readyAt(), Instant.now());
        Optional<Duration> stall = scene.plan().stalls().stream()
                .filter(at -> at.compareTo(since) > 0)
                .findFirst();
        if (stall.isPresent()) {
            String left = Times.seconds(stall.get().minus(since));
            return scene.faults().isEmpty()
                    ? "Quiet for " + left + " more: the rules learn what is usual here"
                    : "The leader is stalled again in " + left;
        }
        return slowDisk(scene, since).orElse("No more faults: what is still firing can resolve");
    }

    /** Whether it is still to begin, or its page still to come; one that is skipped does neither. */
    private static Optional<String> slowDisk(Scene scene, Duration since) {
        Duration begins = scene.plan().slowDisk();
        if (begins == null || scene.skipped().containsKey(Plan.SLOW_DISK)) {
            return Optional.empty();
        }
        if (scene.slowDisks().isEmpty()) {
            Duration left = begins.minus(since);
            return Optional.of(
                    "A follower's disk is slowed " + (left.isNegative() ? "now" : "in " + Times.seconds(left)));
        }
        return scene.slowDisks().stream()
                .filter(fault -> scene.noticeOf(fault).isEmpty())
                .map(fault -> "No more faults: the page of " + fault.member() + "'s slow disk is still to come")
                .findFirst();
    }

    private static String doing(Fault fault) {
        String since = Times.clock(fault.from());
        return switch (fault.kind()) {
            case STALLED_LEADER ->
                fault.member() + ", the leader, is stalled since " + since + ": the others elect another";
            case SLOW_DISK ->
                fault.member() + "'s disk is slow since " + since + ": each of its fsyncs waits "
                        + Faults.DELAY.toMillis() + " ms more";
        };
    }
}
