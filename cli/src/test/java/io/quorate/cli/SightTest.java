package io.quorate.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.quorate.ingest.catalogue.Catalogue;
import io.quorate.ingest.catalogue.Metric;
import io.quorate.ingest.catalogue.Shown;
import io.quorate.rules.RuleReader;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class SightTest {

    private static final String FSYNC = "etcd_disk_wal_fsync_duration_seconds";

    @Test
    void isFineWhenNothingRequiredIsMissing() {
        assertThat(seen(Map.of("m1", without(), "m2", without())))
                .singleElement()
                .satisfies(finding -> {
                    assertThat(finding.verdict()).isEqualTo(Finding.Verdict.OK);
                    assertThat(finding.part()).isEqualTo("coverage prod");
                    assertThat(finding.what()).startsWith("all 17 required metrics of 2 members");
                });
    }

    @Test
    void namesTheRuleThatAMissingMetricBlindsAndWhoLacksIt() {
        assertThat(seen(Map.of("m1", without(FSYNC), "m2", without(), "m3", without(FSYNC))))
                .singleElement()
                .satisfies(finding -> {
                    assertThat(finding.verdict()).isEqualTo(Finding.Verdict.NOTE);
                    assertThat(finding.what())
                            .startsWith(FSYNC + " is missing of m1, m3 (unknown): ")
                            .endsWith(
                                    "; blinds EtcdWalFsyncBudgetBurns, EtcdWalFsyncBudgetErodes, EtcdWalFsyncRegression, "
                                            + "EtcdWalFsyncSlow, EtcdWalFsyncVerySlow and 1 more");
                });
    }

    @Test
    void namesTheFlagThatBringsWhatIsMissing() {
        assertThat(seen(Map.of("m1", without("grpc_server_handling_seconds"))))
                .singleElement()
                .satisfies(finding -> assertThat(finding.what())
                        .contains("(basic-metrics): etcd shows it only with --metrics=extensive;")
                        .contains("; blinds EtcdRequestBudgetBurns, ")
                        .endsWith("EtcdGRPCWritesSlow"));
    }

    @Test
    void saysOnceOfAMemberThatShowsNothing() {
        assertThat(seen(Map.of("m1", without(), "m2", Shown.failed("scrape failed: up == 0"), "m3", Shown.never())))
                .hasSize(2)
                .extracting(Finding::what)
                .anyMatch(what -> what.startsWith("no required metric of m2 (scrape-failed): scrape failed: up == 0;")
                        && what.contains("; blinds EtcdApplyLag, ")
                        && what.endsWith(" more"))
                .anyMatch(what -> what.startsWith("no required metric of m3 (not-scraped): ")
                        && what.contains("--listen-metrics-urls"));
    }

    private static List<Finding> seen(Map<String, Shown> members) {
        return Sight.of("prod", new TreeMap<>(members), RuleReader.shipped());
    }

    private static Shown without(String... missing) {
        Set<String> page =
                Catalogue.shipped().metrics().stream().map(Metric::name).collect(Collectors.toSet());
        page.removeAll(Set.of(missing));
        return Shown.page(page, "3.5.16", 3);
    }
}
