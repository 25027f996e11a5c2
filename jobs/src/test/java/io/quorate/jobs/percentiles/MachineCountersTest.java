package io.quorate.jobs.percentiles;

import static org.assertj.core.api.Assertions.assertThat;

import io.quorate.events.MemberScrape;
import io.quorate.events.Sample;
import io.quorate.ingest.catalogue.Catalogue;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Counters of members' machines, which come along with some scrapes and not with others, and are older than any. */
class MachineCountersTest {

    private static final String BUSY = "node_disk_io_time_seconds_total";

    @Test
    void giveNoIncreaseWhenAMachineIsFirstAskedAfterItsMember() {
        assertThat(busy(0, at(3, null), at(13, 5000.0), at(18, 5002.0))).isEmpty();
        assertThat(busy(10, at(3, null), at(13, 5000.0), at(18, 5002.0)))
                .containsExactly(new Sample(BUSY, "device=\"vda\"", 2));
    }

    @Test
    void goOnWhereTheyWereWhenTheMachineDidNotAnswerInBetween() {
        assertThat(busy(10, at(3, 5000.0), at(13, null), at(18, 5002.0)))
                .containsExactly(new Sample(BUSY, "device=\"vda\"", 2));
    }

    private static List<Sample> busy(int start, MemberScrape... scrapes) {
        return new Readings(Catalogue.shipped(), List.of(scrapes), Scrapes.second(start), Duration.ofSeconds(10))
                .measures()
                .counters();
    }

    private static MemberScrape at(double second, @Nullable Double busySeconds) {
        return new MemberScrape(
                "c1",
                null,
                "m1",
                null,
                "test",
                Scrapes.second(second),
                Scrapes.second(second),
                100.0,
                null,
                List.of(),
                busySeconds == null ? List.of() : List.of(new Sample(BUSY, "device=\"vda\"", busySeconds)),
                List.of());
    }
}
