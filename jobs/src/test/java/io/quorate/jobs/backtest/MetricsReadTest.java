package io.quorate.jobs.backtest;

import static org.assertj.core.api.Assertions.assertThat;

import io.quorate.ingest.catalogue.Catalogue;
import io.quorate.jobs.detection.Controls;
import io.quorate.rules.Rule;
import io.quorate.rules.RuleOverride;
import io.quorate.rules.RuleReader;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import org.junit.jupiter.api.Test;

class MetricsReadTest {

    @Test
    void areOfTheCatalogueWhateverTheShippedRulesRead() {
        SortedSet<String> read = MetricsRead.by(new Controls(RuleReader.shipped(), List.of(), "fleet"));

        assertThat(read)
                .contains("etcd_disk_wal_fsync_duration_seconds", "etcd_network_peer_sent_failures_total")
                .contains("etcd_server_quota_backend_bytes", "node_memory_MemTotal_bytes")
                .hasSizeLessThan(60)
                .allSatisfy(metric -> assertThat(Catalogue.shipped().metric(metric))
                        .as(metric)
                        .isNotNull())
                .noneMatch(metric -> metric.startsWith("quorate_"));
    }

    @Test
    void areNoneOfARuleOfStatuses() {
        assertThat(read(RuleReader.shipped("EtcdMemberDown"))).isEmpty();
        assertThat(read(RuleReader.shipped("EtcdElectionStorm"))).isEmpty();
        assertThat(read(RuleReader.shipped("EtcdMembersDown")))
                .as("up is told by no metric")
                .isEmpty();
    }

    @Test
    void areThoseOfAnOverrideAsWell() {
        Rule rule = RuleReader.shipped("EtcdMemberDown");
        RuleOverride override = new RuleOverride(
                "other",
                rule.name(),
                Map.of(),
                RuleReader.shipped("EtcdDatabaseNearQuota").condition(),
                "");

        assertThat(MetricsRead.by(new Controls(List.of(rule), List.of(override), "fleet")))
                .containsExactly("etcd_mvcc_db_total_size_in_bytes", "etcd_server_quota_backend_bytes");
    }

    private static SortedSet<String> read(Rule rule) {
        return MetricsRead.by(new Controls(List.of(rule), List.of(), "fleet"));
    }
}
