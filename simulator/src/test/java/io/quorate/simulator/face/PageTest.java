package io.quorate.simulator.face;

import static org.assertj.core.api.Assertions.assertThat;

import io.quorate.simulator.model.Cluster;
import io.quorate.simulator.model.Member;
import io.quorate.simulator.model.RandomStream;
import io.quorate.simulator.model.Release;
import io.quorate.simulator.model.Time;
import io.quorate.simulator.plan.Plan;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The page of a simulated member, line by line beside that of a real one. */
class PageTest {

    /** Which series these have depends on what clients and the old store were asked before. */
    private static final List<String> BY_USE = List.of(
            "etcd_server_client_requests_total",
            "etcd_debugging_store_",
            "etcd_server_apply_duration_seconds",
            "etcd_network_peer_received_bytes_total",
            "grpc_server_handled_total{grpc_code=\"Unimplemented\"");

    @ParameterizedTest
    @CsvSource({"V3_4, etcd-3.4.23.prom.gz", "V3_5, etcd-3.5.16.prom.gz"})
    void showsTheSeriesOfARealMemberInItsOrderWithItsHelpAndTypes(Release release, String real) throws Exception {
        assertThat(shape(page(release, true))).isEqualTo(shape(resource(real)));
    }

    @Test
    void timesCallsOnlyWhenAskedToMeasureExtensively() throws Exception {
        assertThat(page(Release.V3_5, true)).contains("grpc_server_handling_seconds_bucket");
        assertThat(page(Release.V3_5, false))
                .doesNotContain("grpc_server_handling_seconds")
                .contains("grpc_server_handled_total");
    }

    @Test
    void eachLineOfVersionsHasItsOwnMetrics() throws Exception {
        assertThat(page(Release.V3_4, true))
                .contains("etcd_debugging_mvcc_put_total ")
                .doesNotContain("etcd_server_apply_duration_seconds");
        assertThat(page(Release.V3_5, true))
                .contains("etcd_server_apply_duration_seconds_bucket", "etcd_disk_wal_write_duration_seconds_bucket")
                .doesNotContain("etcd_debugging_mvcc_put_total ", "etcd_server_range_duration_seconds");
        assertThat(page(Release.V3_6, true))
                .contains("etcd_server_range_duration_seconds_bucket", "etcd_server_feature_enabled")
                .doesNotContain("etcd_debugging_store_");
    }

    @ParameterizedTest
    @CsvSource({
        "0, 0",
        "1, 1",
        "-1, -1",
        "0.001, 0.001",
        "0.0001, 0.0001",
        "0.00001, 1e-05",
        "0.000012489, 1.2489e-05",
        "999999, 999999",
        "1000000, 1e+06",
        "2147483648, 2.147483648e+09",
        "1795199727.8, 1.7951997278e+09",
        "8.192, 8.192",
        "18446744073709551615, 1.8446744073709552e+19"
    })
    void writesNumbersAsEtcdDoes(double number, String text) {
        StringBuilder written = new StringBuilder();
        GoNumber.append(written, number);
        assertThat(written).hasToString(text);
    }

    /** Every line with its ids and values taken away. */
    private static List<String> shape(String page) {
        return page.lines()
                .filter(line -> BY_USE.stream().noneMatch(line::contains))
                // What appears with the first failure of a link may be on one page and not on the other.
                .filter(line -> !line.contains("disconnected_peers") && !line.contains("peer_sent_failures"))
                .map(line -> line.startsWith("#") ? line : line.substring(0, line.lastIndexOf(' ')))
                .map(line -> line.replaceAll("\"[0-9a-f]{14,16}\"", "\"id\""))
                .toList();
    }

    private static String page(Release release, boolean extensive) throws Exception {
        Plan plan = Plan.read("p.yaml", "schema: plan/v1\nfleet: { etcd: \"" + release.line() + "\" }\n");
        Cluster cluster = new Cluster("c", Map.of(), plan.shape(), new RandomStream(7));
        cluster.advanceTo(70 * Time.SECOND);
        Member member = cluster.members().get(0);
        return Page.of(release, extensive, 3).text(cluster, member, micros -> 1_795_199_727.8 + Time.seconds(micros));
    }

    private static String resource(String name) throws IOException {
        try (InputStream in = new GZIPInputStream(
                Objects.requireNonNull(PageTest.class.getResourceAsStream("/pages/" + name), name))) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }
}
