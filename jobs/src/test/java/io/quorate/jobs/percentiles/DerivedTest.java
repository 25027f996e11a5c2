package io.quorate.jobs.percentiles;

import static org.assertj.core.api.Assertions.assertThat;

import io.quorate.events.MemberScrape;
import io.quorate.events.Sample;
import io.quorate.ingest.catalogue.Catalogue;
import io.quorate.ingest.catalogue.Metric;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

class DerivedTest {

    @Test
    void isMadeOfWhatItSaysAndOfNothingLess() {
        List<String> derived = Catalogue.shipped().metrics().stream()
                .filter(metric -> metric.origin() == Metric.Origin.QUORATE)
                .map(Metric::name)
                .filter(name -> !name.equals(Catalogue.NODE_UP))
                .toList();

        assertThat(derived)
                .hasSize(7)
                .allSatisfy(name -> assertThat(Derived.partsOf(name)).as(name).isNotEmpty());
        for (String name : derived) {
            if (name.equals(Derived.DB_GROWTH)) {
                assertThat(Derived.dbSize(holding(Derived.partsOf(name)))).isEqualTo(2.0);
                continue;
            }
            assertThat(Derived.gauges(holding(Derived.partsOf(name))))
                    .extracting(Sample::metric)
                    .contains(name);
            for (String one : Derived.partsOf(name)) {
                Set<String> others = new TreeSet<>(Derived.partsOf(name));
                others.remove(one);
                assertThat(Derived.gauges(holding(others)))
                        .extracting(Sample::metric)
                        .doesNotContain(name);
            }
        }
    }

    @Test
    void saysOfWhatIsNotDerivedThatItIsMadeOfNothing() {
        assertThat(Derived.partsOf("etcd_mvcc_put_total")).isEmpty();
    }

    private static MemberScrape holding(Collection<String> metrics) {
        return new MemberScrape(
                "c1",
                null,
                "m1",
                null,
                "",
                Instant.EPOCH,
                Instant.EPOCH,
                null,
                null,
                List.of(),
                List.of(),
                metrics.stream().map(metric -> new Sample(metric, "", 2)).toList());
    }
}
