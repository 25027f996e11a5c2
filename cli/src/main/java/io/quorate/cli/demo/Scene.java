package io.quorate.cli.demo;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What there is to show. */
record Scene(
        Instant readyAt,
        Instant endsAt,
        View view,
        Plan plan,
        List<Fault> faults,
        Map<String, String> skipped,
        List<Story> stories,
        List<Notice> pages,
        List<Link> lookAt) {

    /** A page of a browser. */
    record Link(String name, String url) {}

    /** Leader changes that etcd's logs know of and that Quorate saw. */
    long seen() {
        return stories.stream()
                .filter(story -> story.electedAt() != null && story.observedAt() != null)
                .count();
    }

    long stalls() {
        return faults.stream()
                .filter(fault -> fault.kind() == Fault.Kind.STALLED_LEADER)
                .count();
    }

    List<Fault> slowDisks() {
        return faults.stream()
                .filter(fault -> fault.kind() == Fault.Kind.SLOW_DISK)
                .toList();
    }

    /** The page that says so. */
    Optional<Notice> noticeOf(Fault slowDisk) {
        return pages.stream().filter(notice -> notice.names(slowDisk)).findFirst();
    }
}
