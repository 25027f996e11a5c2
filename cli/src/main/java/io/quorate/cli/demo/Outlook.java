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
        Duration slow = scene.plan().slowDisk();
        if (slow != null && slow.compareTo(since) > 0) {
            return "A follower's disk is slowed in " + Times.seconds(slow.minus(since));
        }
        return "No more faults: what is still firing can resolve";
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
