package io.quorate.ingest.prometheus;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.quorate.events.DeadLetter;
import io.quorate.events.MemberScrape;
import io.quorate.ingest.poll.FakePollContext;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/** A Prometheus that is polled, by a reader that only collects. */
final class PolledPrometheus implements AutoCloseable {

    /** What names the one cluster and machine of the scrapes that are given. */
    static final String POD = ",cluster=c1,instance=10.0.0.1:2379,job=etcd,pod=etcd-0";

    static final Duration OFTEN = Duration.ofMillis(400);

    final FakePrometheus prometheus = new FakePrometheus();
    final FakePollContext context = new FakePollContext();

    @Override
    public void close() {
        prometheus.close();
        context.close();
    }

    PrometheusPoller poller(PrometheusSettings settings, Map<String, Long> marks) {
        return new PrometheusPoller(settings, marks, context);
    }

    List<MemberScrape> poll(PrometheusSettings settings, int scrapes) {
        try (PrometheusPoller poller = poller(settings, Map.of())) {
            poller.start();
            await().until(() -> context.scrapes().size() >= scrapes);
        }
        // On a busy machine an answer may be late.
        assertThat(context.letters()).extracting(DeadLetter::reason).allMatch("timeout"::equals);
        return context.scrapes();
    }

    void giveScrape(String member, long at, int puts) {
        String whose = ",member=" + member + POD;
        String rtt = "__name__=etcd_network_peer_round_trip_time_seconds_";
        prometheus
                .sample(rtt + "bucket,To=cd34,le=+Inf" + whose, at, "5")
                .sample(rtt + "bucket,To=cd34,le=0.0001" + whose, at, "3")
                .sample(rtt + "sum,To=cd34" + whose, at, "0.25")
                .sample("__name__=etcd_server_id,server_id=ab12" + whose, at, "1")
                .sample("__name__=process_start_time_seconds" + whose, at, "1.7e+09")
                .sample("__name__=etcd_mvcc_put_total" + whose, at, String.valueOf(puts))
                .sample("__name__=up" + whose, at, "1");
    }
}
