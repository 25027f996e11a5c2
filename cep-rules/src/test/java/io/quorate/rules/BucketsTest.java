package io.quorate.rules;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BucketsTest {

    /** First, last and number of the finite edges that a member's page shows. */
    @ParameterizedTest
    @CsvSource({
        "etcd_disk_wal_fsync_duration_seconds, 0.001, 8.192, 14",
        "etcd_disk_backend_commit_duration_seconds, 0.001, 8.192, 14",
        "etcd_debugging_disk_backend_commit_rebalance_duration_seconds, 0.001, 8.192, 14",
        "etcd_debugging_disk_backend_commit_spill_duration_seconds, 0.001, 8.192, 14",
        "etcd_debugging_disk_backend_commit_write_duration_seconds, 0.001, 8.192, 14",
        "etcd_debugging_snap_save_total_duration_seconds, 0.001, 8.192, 14",
        "etcd_snap_fsync_duration_seconds, 0.001, 8.192, 14",
        "etcd_snap_db_fsync_duration_seconds, 0.001, 8.192, 14",
        "etcd_snap_db_save_total_duration_seconds, 0.1, 51.2, 10",
        "etcd_disk_backend_snapshot_duration_seconds, 0.01, 655.36, 17",
        "etcd_disk_backend_defrag_duration_seconds, 0.1, 409.6, 13",
        "etcd_mvcc_hash_duration_seconds, 0.01, 163.84, 15",
        "etcd_mvcc_hash_rev_duration_seconds, 0.01, 163.84, 15",
        "etcd_network_peer_round_trip_time_seconds, 0.0001, 3.2768, 16",
        "etcd_debugging_mvcc_db_compaction_total_duration_milliseconds, 100, 819200, 14",
        "etcd_debugging_mvcc_db_compaction_pause_duration_milliseconds, 1, 4096, 13",
        "etcd_debugging_lease_ttl_total, 1, 8388608, 24",
        "grpc_server_handling_seconds, 0.005, 10, 11"
    })
    void areThoseOfEtcd(String metric, double first, double last, int number) {
        double[] edges = Buckets.edges(metric);

        assertThat(edges).hasSize(number).isSorted();
        assertThat(edges[0]).isEqualTo(first);
        assertThat(edges[number - 1]).isEqualTo(last);
    }

    @Test
    void areTheDoublesThatTheirDecimalsMean() {
        assertThat(Arrays.stream(Buckets.edges("etcd_network_peer_round_trip_time_seconds"))
                        .boxed())
                .contains(0.0512, 0.1024, 0.2048);
        assertThat(Quantity.parse("51.2ms").orElseThrow().number()).isEqualTo(0.0512);
        assertThat(Quantity.parse("102.4ms").orElseThrow().number()).isEqualTo(0.1024);
    }

    @Test
    void areEmptyWhereNobodyKnowsThem() {
        assertThat(Buckets.edges("etcd_network_snapshot_send_total_duration_seconds"))
                .isEmpty();
    }
}
