package io.quorate.jobs.backtest;

import io.quorate.events.ClusterRoster;
import io.quorate.events.Control;
import io.quorate.events.Coverage;
import io.quorate.events.Measures;
import io.quorate.events.Measures.GaugeRange;
import io.quorate.events.MemberScrape;
import io.quorate.events.MemberStatus;
import io.quorate.events.MemberWindow;
import io.quorate.events.Sample;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** What a history may have kept, each at its second from {@link #BEGIN} on; where no member is named, it is m1's. */
final class Events {

    static final Instant BEGIN = Instant.parse("2026-01-01T00:00:00Z");
    static final Duration BASE = Duration.ofSeconds(10);

    private Events() {}

    static MemberStatus status(String cluster, int second) {
        return status(cluster, BEGIN.plusSeconds(second));
    }

    static MemberStatus status(String cluster, String member, int second) {
        return status(cluster, member, BEGIN.plusSeconds(second));
    }

    static MemberStatus status(String cluster, Instant at) {
        return status(cluster, "m1", at);
    }

    private static MemberStatus status(String cluster, String member, Instant at) {
        return MemberStatus.failed(cluster, member, null, "http://m1:2379", at, 3, "timeout", "no answer");
    }

    /** Ends at this second, as all of these do, with nothing in it. */
    static MemberWindow window(String cluster, int second, Duration size) {
        return window(cluster, "m1", second, size, 1, Measures.NONE);
    }

    static MemberWindow window(String cluster, int second, int version, Measures measures) {
        return window(cluster, "m1", second, BASE, version, measures);
    }

    static MemberWindow window(String cluster, String member, int second, int version, double pending) {
        GaugeRange gauge = new GaugeRange("etcd_server_proposals_pending", "", pending, pending, 1, pending, pending);
        return window(cluster, member, second, BASE, version, new Measures(List.of(), List.of(), List.of(gauge)));
    }

    private static MemberWindow window(
            String cluster, String member, int second, Duration size, int version, Measures measures) {
        Instant end = BEGIN.plusSeconds(second);
        return new MemberWindow(cluster, null, member, null, end.minus(size), end, false, version, measures);
    }

    static MemberScrape scrape(String cluster, int second) {
        Instant at = BEGIN.plusSeconds(second);
        return new MemberScrape(
                cluster,
                null,
                "m1",
                null,
                "s",
                at,
                at,
                null,
                null,
                List.of(),
                List.of(new Sample("good_total", "", 1)),
                List.of());
    }

    static ClusterRoster roster(String cluster, int second, String... members) {
        Instant at = BEGIN.plusSeconds(second);
        return new ClusterRoster(
                cluster,
                "c1",
                at,
                at,
                Stream.of(members)
                        .map(name -> new ClusterRoster.Member(name, name, false, List.of("http://" + name)))
                        .toList(),
                Map.of());
    }

    static Coverage coverage(String cluster, String member, int second) {
        return new Coverage(
                cluster,
                null,
                member,
                null,
                "3.6.1",
                BEGIN.plusSeconds(second),
                List.of("etcd_server_has_leader"),
                List.of(new Coverage.Missing("grpc_server_handling_seconds", "basic-metrics", "set the flag", false)));
    }

    static Control control(String rule, int second, String mode) {
        return new Control(Control.RULE, rule, BEGIN.plusSeconds(second), "ana", mode, "rule: " + rule);
    }
}
