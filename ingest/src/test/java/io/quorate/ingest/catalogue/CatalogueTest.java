package io.quorate.ingest.catalogue;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

class CatalogueTest {

    private static final Catalogue SHIPPED = Catalogue.shipped();

    @Test
    void knowsAtLeastSixtyMetricsOfEtcd() {
        assertThat(SHIPPED.metrics())
                .filteredOn(metric -> metric.name().startsWith("etcd_"))
                .hasSizeGreaterThanOrEqualTo(60);
    }

    @Test
    void requiresTheSeventeenCriticalOnes() {
        assertThat(SHIPPED.metrics())
                .filteredOn(Metric::required)
                .extracting(Metric::name)
                .containsExactlyInAnyOrder(
                        "etcd_server_has_leader",
                        "etcd_server_leader_changes_seen_total",
                        "etcd_server_proposals_failed_total",
                        "etcd_disk_wal_fsync_duration_seconds",
                        "etcd_disk_backend_commit_duration_seconds",
                        "etcd_network_peer_round_trip_time_seconds",
                        "grpc_server_handling_seconds",
                        "etcd_mvcc_db_total_size_in_bytes",
                        "process_resident_memory_bytes",
                        "etcd_server_quota_backend_bytes",
                        "grpc_server_started_total",
                        "etcd_mvcc_put_total",
                        "etcd_mvcc_delete_total",
                        "etcd_mvcc_range_total",
                        "etcd_server_proposals_committed_total",
                        "etcd_server_proposals_applied_total",
                        "etcd_server_proposals_pending");
    }

    @Test
    void doesNotBelieveTheTypeLine() {
        assertThat(metric("etcd_server_proposals_committed_total").kind()).isEqualTo(Metric.Kind.COUNTER);
        assertThat(metric("etcd_server_proposals_applied_total").survivesRestart())
                .isTrue();
        assertThat(metric("etcd_disk_wal_write_bytes_total").kind()).isEqualTo(Metric.Kind.COUNTER);
        assertThat(metric("etcd_disk_wal_write_bytes_total").survivesRestart()).isFalse();
        assertThat(metric("etcd_server_leader_changes_seen_total").merge()).isEqualTo(Metric.Merge.MAX);
    }

    @Test
    void leavesTheTwinsOut() {
        for (String twin : List.of("put_total", "delete_total", "range_total", "txn_total", "db_total_size_in_bytes")) {
            assertThat(SHIPPED.metric("etcd_debugging_mvcc_" + twin)).isNull();
            assertThat(SHIPPED.metric("etcd_mvcc_" + twin)).isNotNull();
        }
    }

    @Test
    void refusesABadCatalogueWithAllProblemsAndTheirLines() {
        BadCatalogue bad = catchThrowableOfType(BadCatalogue.class, () -> Catalogue.read("mine.yaml", """
                        schema: metrics/v9
                        metrics:
                          - name: a_total
                            kind: conter
                            unit: bytes
                            help: A.
                            required: yes please
                          - name: b
                            kind: gauge
                            unit: bytes
                            help: B.
                            sparse: true
                            colour: red
                          - name: b
                            kind: gauge
                            unit: bytes
                            help: Again.
                            peer-labels: To
                          - kind: gauge
                            unit: {deep: 1}
                          - name: c d
                            kind: gauge
                            unit: bytes
                            help: C.
                        extra: 1
                        """));

        assertThat(bad.problems())
                .containsExactly(
                        "mine.yaml:1: schema metrics/v9, expected metrics/v1",
                        "mine.yaml:4: kind conter, expected one of histogram, counter, gauge, info",
                        "mine.yaml:7: required yes please, expected true or false",
                        "mine.yaml:13: unknown key colour, expected one of born-by-use, extensive, help, kind, merge, name, peer-labels,"
                                + " required, since, source, sparse, survives-restart, unit",
                        "mine.yaml:8: b is a gauge: survives-restart, sparse and merge: max are for counters",
                        "mine.yaml:18: peer-labels is not a list, expected such as [To]",
                        "mine.yaml:14: b stands already in line 8",
                        "mine.yaml:20: unit is neither a value nor a list of values",
                        "mine.yaml:19: no name, expected a text",
                        "mine.yaml:19: no unit, expected a text",
                        "mine.yaml:19: no help, expected a text",
                        "mine.yaml:21: c d is no metric name, expected letters, digits, _ and : only",
                        "mine.yaml:25: unknown key extra, expected schema or metrics");
    }

    @Test
    void refusesWhatIsNoYaml() {
        BadCatalogue bad = catchThrowableOfType(
                BadCatalogue.class, () -> Catalogue.read("x.yaml", "schema: metrics/v1\nmetrics: ["));

        assertThat(bad.problems())
                .singleElement()
                .asString()
                .startsWith("x.yaml:")
                .contains("not YAML");
    }

    private static Metric metric(String name) {
        return Objects.requireNonNull(SHIPPED.metric(name), name);
    }
}
