package io.quorate.ingest.catalogue;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Objects;
import java.util.Set;
import org.junit.jupiter.api.Test;

class ShownTest {

    private static final String FSYNC = "etcd_disk_wal_fsync_duration_seconds";
    private static final String HANDLING = "grpc_server_handling_seconds";
    private static final String APPLY = "etcd_server_apply_duration_seconds";
    private static final String DISCONNECTED = "etcd_network_disconnected_peers_total";
    private static final String ROUND_TRIP = "etcd_network_peer_round_trip_time_seconds";

    private final Shown page = Shown.page(Set.of(FSYNC), "3.4.23", 3);

    @Test
    void tellsWhyAMachineShowsNothingWhateverItIsCalled() {
        assertThat(node("no node-exporter found for host node-401; let Prometheus scrape it")
                        .reason())
                .isEqualTo(Absence.Reason.NOT_SCRAPED);
        assertThat(node("no node-exporter answers at h1:9100: auth: HTTP 401; expected")
                        .reason())
                .isEqualTo(Absence.Reason.AUTH);
        assertThat(node("").detail()).startsWith("its node-exporter shows others");
    }

    private static Absence node(String failure) {
        Metric load = Objects.requireNonNull(Catalogue.shipped().metric("node_load1"));
        return Objects.requireNonNull(Shown.node(Set.of(), failure).absence(load));
    }

    @Test
    void lacksNothingThatItShows() {
        assertThat(page.absence(metric(FSYNC))).isNull();
    }

    @Test
    void namesTheFlagThatShowsTheTimesOfCalls() {
        assertThat(why(page, HANDLING)).isEqualTo("basic-metrics");
        assertThat(Objects.requireNonNull(page.absence(metric(HANDLING))).detail())
                .contains("--metrics=extensive");
    }

    @Test
    void tellsAMemberThatIsTooOldFromOneThatIsNot() {
        assertThat(why(page, APPLY)).isEqualTo("version");
        assertThat(why(Shown.page(Set.of(FSYNC), "3.5.16", 3), APPLY)).isEqualTo("unknown");
        assertThat(why(Shown.page(Set.of(FSYNC), "3.10.0", 3), APPLY)).isEqualTo("unknown");
        assertThat(why(Shown.page(Set.of(FSYNC), null, 3), APPLY)).isEqualTo("unknown");
    }

    @Test
    void takesWhatIsBornByItsFirstEventForNoFault() {
        assertThat(why(page, DISCONNECTED)).isEqualTo("born-by-use");
        assertThat(why(page, "grpc_server_started_total")).isEqualTo("born-by-use");
    }

    @Test
    void expectsNoPeersOfASingleMember() {
        assertThat(why(Shown.page(Set.of(FSYNC), "3.4.23", 1), ROUND_TRIP)).isEqualTo("born-by-use");
        assertThat(why(page, ROUND_TRIP)).isEqualTo("unknown");
        assertThat(why(Shown.page(Set.of(FSYNC), "3.4.23", 0), ROUND_TRIP)).isEqualTo("unknown");
    }

    @Test
    void doesNotGuessWhyAMetricWasDropped() {
        assertThat(why(page, "etcd_server_has_leader")).isEqualTo("unknown");
    }

    @Test
    void lacksEverythingWhenItsScrapeFailedOrNeverCame() {
        assertThat(why(Shown.failed("scrape failed: up == 0"), FSYNC)).isEqualTo("scrape-failed");
        assertThat(why(Shown.failed("HTTP 401"), FSYNC)).isEqualTo("auth");
        assertThat(why(Shown.failed("auth: HTTP 403 Forbidden"), FSYNC)).isEqualTo("auth");
        assertThat(why(Shown.failed("not-asked: 7 failures in a row, last: auth: no token; next try at 2026"), FSYNC))
                .isEqualTo("auth");
        assertThat(why(Shown.failed("no answer from 10.0.0.1:4013"), FSYNC)).isEqualTo("scrape-failed");
        assertThat(why(Shown.never(), FSYNC)).isEqualTo("not-scraped");
    }

    private static String why(Shown shown, String metric) {
        return Objects.requireNonNull(shown.absence(metric(metric))).reason().word();
    }

    private static Metric metric(String name) {
        return Objects.requireNonNull(Catalogue.shipped().metric(name));
    }
}
