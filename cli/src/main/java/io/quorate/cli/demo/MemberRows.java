package io.quorate.cli.demo;

import io.quorate.events.MemberStatus;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/** Each member's last answer, and what is being done to it. */
final class MemberRows {

    private MemberRows() {}

    static List<String> of(Scene scene) {
        List<String> lines = new ArrayList<>();
        lines.add(Ink.BOLD.on(row("Member", "role", "term", "raft index", "db size", "answered", "")));
        for (MemberStatus status : scene.view().statuses()) {
            String done = done(status, scene.faults());
            if (!status.answered()) {
                lines.add(Ink.RED.on("  %-8s silent  %s%s"
                        .formatted(status.member(), done.isEmpty() ? "" : done + "  ", status.failure())));
            } else {
                String answer = answer(status, done);
                lines.add(done.isEmpty() ? answer : Ink.YELLOW.on(answer));
            }
        }
        return lines;
    }

    private static String done(MemberStatus status, List<Fault> faults) {
        return faults.stream()
                .filter(fault -> fault.lasts() && fault.member().equals(status.member()))
                .map(fault -> fault.kind() == Fault.Kind.SLOW_DISK ? "<- slow disk" : "<- stalled")
                .findFirst()
                .orElse("");
    }

    private static String answer(MemberStatus status, String done) {
        long age = Duration.between(status.observedAt(), Instant.now()).toMillis();
        return row(
                status.member(),
                status.isLeader() ? "leader" : status.hasLeader() ? "follower" : "no leader",
                Long.toString(status.raftTerm()),
                Long.toString(status.raftIndex()),
                status.dbSizeBytes() / 1024 + " KiB",
                "%.1f s ago".formatted(age / 1000.0),
                done);
    }

    private static String row(String... cells) {
        return "  %-8s %-9s %5s %10s %10s %12s  %s".formatted((Object[]) cells);
    }
}
