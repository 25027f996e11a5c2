package io.quorate.events;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class SoundScrapeTest {

    private static final Instant AT = Instant.parse("2026-11-20T12:00:00Z");
    private static final Histogram FSYNC = histogram(0.5, 3, 2, 1);
    private static final Sample PUTS = new Sample("etcd_mvcc_put_total", "", 7);
    private static final Sample PENDING = new Sample("etcd_server_proposals_pending", "", -2);
    private static final MemberScrape SOUND = scrape(1000.0, List.of(FSYNC), List.of(PUTS), List.of(PENDING));

    @Test
    void isTheScrapeItselfWhenAllOfItCanBeCounted() {
        assertThat(SoundScrape.of(SOUND).scrape()).isSameAs(SOUND);
        assertThat(SoundScrape.of(SOUND).leftOut()).isEmpty();
        MemberScrape failed = MemberScrape.failed("c1", "m1", "test", AT, AT, "timeout");
        assertThat(SoundScrape.of(failed).scrape()).isSameAs(failed);
    }

    @ParameterizedTest
    @ValueSource(doubles = {Double.NaN, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY, -1, 1e101})
    void isWithoutCountersThatAreNoCounts(double value) {
        Sample odd = new Sample("grpc_server_handled_total", "grpc_method=\"Put\"", value);

        assertLeftOut(
                scrape(1000.0, List.of(FSYNC), List.of(odd, PUTS), List.of(PENDING)),
                "grpc_server_handled_total{grpc_method=\"Put\"}: a counter cannot be " + value);
    }

    @ParameterizedTest
    @ValueSource(doubles = {Double.NaN, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY, -1e101})
    void isWithoutGaugesThatAreNoNumbers(double value) {
        Sample odd = new Sample("etcd_mvcc_db_total_size_in_bytes", "", value);

        assertLeftOut(
                scrape(1000.0, List.of(FSYNC), List.of(PUTS), List.of(odd, PENDING)),
                "etcd_mvcc_db_total_size_in_bytes: a gauge cannot be " + value);
    }

    static Stream<Arguments> oddHistograms() {
        return Stream.of(
                Arguments.of(histogram(Double.NaN, 1, 0, 0), "the sum of observations cannot be NaN"),
                Arguments.of(
                        histogram(Double.NEGATIVE_INFINITY, 1, 0, 0), "the sum of observations cannot be -Infinity"),
                Arguments.of(
                        histogram(1, 0, Long.MAX_VALUE, 0), "a bucket cannot hold 9223372036854775807 observations"));
    }

    @ParameterizedTest
    @MethodSource("oddHistograms")
    void isWithoutHistogramsThatCannotBeAdded(Histogram odd, String why) {
        Histogram other = new Histogram("etcd_disk_backend_commit_duration_seconds", "", odd.vector());

        assertLeftOut(
                scrape(1000.0, List.of(other, FSYNC), List.of(PUTS), List.of(PENDING)),
                "etcd_disk_backend_commit_duration_seconds: " + why);
    }

    @Test
    void takesTheFirstOfSeriesThatAreThereTwice() {
        assertLeftOut(
                scrape(
                        1000.0,
                        List.of(FSYNC, histogram(9, 9, 9, 9)),
                        List.of(PUTS, new Sample(PUTS.metric(), "", 8)),
                        List.of(PENDING, new Sample(PENDING.metric(), "", 8))),
                "etcd_disk_wal_fsync_duration_seconds: twice in one scrape, the first one counts",
                "etcd_mvcc_put_total: twice in one scrape, the first one counts",
                "etcd_server_proposals_pending: twice in one scrape, the first one counts");
    }

    /** Else every scrape would seem to be of another process. */
    @ParameterizedTest
    @ValueSource(doubles = {Double.NaN, Double.POSITIVE_INFINITY, 0, -1, 1e11})
    void doesNotKnowAStartThatIsNoTime(double start) {
        SoundScrape sound = SoundScrape.of(scrape(start, List.of(FSYNC), List.of(PUTS), List.of(PENDING)));

        assertThat(sound.scrape()).isEqualTo(scrape(null, List.of(FSYNC), List.of(PUTS), List.of(PENDING)));
        assertThat(sound.leftOut()).containsExactly("processStartSeconds: no process starts at " + start);
    }

    private static void assertLeftOut(MemberScrape odd, String... why) {
        SoundScrape sound = SoundScrape.of(odd);
        assertThat(sound.scrape()).as("nothing else is lost").isEqualTo(SOUND);
        assertThat(sound.leftOut()).containsExactly(why);
    }

    private static Histogram histogram(double sum, long... counts) {
        return new Histogram(
                "etcd_disk_wal_fsync_duration_seconds", "", new BucketVector(new double[] {0.001, 0.002}, counts, sum));
    }

    private static MemberScrape scrape(
            @Nullable Double start, List<Histogram> histograms, List<Sample> counters, List<Sample> gauges) {
        return new MemberScrape("c1", null, "m1", "a1", "test", AT, AT, start, null, histograms, counters, gauges);
    }
}
