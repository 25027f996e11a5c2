package io.quorate.desk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class PrometheusServerTest {
    @TempDir
    Path folder;

    @Test
    void scrapesItsTargetsWithTheirLabelsAndLeavesNothingRunning() {
        Home home = TestHome.in(folder);
        long pid;
        try (EtcdCluster cluster = EtcdCluster.start(home, "etcd", "desk-prom", 1);
                PrometheusServer prometheus = PrometheusServer.start(
                        home,
                        "prometheus",
                        Duration.ofMillis(500),
                        List.of(new PrometheusServer.Target(
                                "etcd", cluster.member("m1").address(), Map.of("cluster", "it's", "member", "m1"))))) {
            pid = prometheus.pid();
            String query = prometheus.url() + "/api/v1/query?query=etcd_server_has_leader";
            await().atMost(Duration.ofSeconds(15))
                    .untilAsserted(() -> assertThat(Readiness.get(query))
                            .hasValueSatisfying(answer -> assertThat(answer)
                                    .contains(
                                            "\"cluster\":\"it's\"",
                                            "\"member\":\"m1\"",
                                            "\"job\":\"etcd\"",
                                            "\"1\"]")));
        }
        assertThat(TestHome.runs(pid)).isFalse();
    }
}
