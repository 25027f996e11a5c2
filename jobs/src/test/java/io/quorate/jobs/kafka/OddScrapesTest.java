package io.quorate.jobs.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import io.quorate.events.BucketVector;
import io.quorate.events.DeadLetter;
import io.quorate.events.Histogram;
import io.quorate.events.MemberScrape;
import io.quorate.events.Sample;
import io.quorate.events.codec.EventCodec;
import io.quorate.events.codec.Topic;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.apache.flink.api.common.functions.util.ListCollector;
import org.apache.flink.types.Either;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Scrapes that a stranger wrote to their topic, with series that cannot be counted. */
class OddScrapesTest {

    private static final MemberScrape GOOD = new MemberScrape(
            "c1",
            null,
            "m1",
            "a1",
            "test",
            Instant.parse("2026-11-20T12:00:00Z"),
            Instant.parse("2026-11-20T12:00:00Z"),
            1000.0,
            null,
            List.of(
                    new Histogram("bytes", "", new BucketVector(new double[] {1, 2}, new long[] {3, 4, 5}, 6.5)),
                    new Histogram("good", "", new BucketVector(new double[] {1, 2}, new long[] {3, 4, 5}, 6))),
            List.of(new Sample("odd_total", "", 17), new Sample("good_total", "", 18)),
            List.of(new Sample("odd", "", 19), new Sample("good", "", 20)));

    /** As JSON can only be written by somebody else: numbers that are none are texts there. */
    @ParameterizedTest(name = "{0} is {1}")
    @CsvSource({
        "'\"value\":17.0', '\"value\":\"NaN\"', odd_total: a counter cannot be NaN",
        "'\"value\":17.0', '\"value\":\"Infinity\"', odd_total: a counter cannot be Infinity",
        "'\"value\":17.0', '\"value\":-1', odd_total: a counter cannot be -1.0",
        "'\"value\":19.0', '\"value\":\"NaN\"', odd: a gauge cannot be NaN",
        "'\"value\":19.0', '\"value\":\"-Infinity\"', odd: a gauge cannot be -Infinity",
        "'\"sum\":6.5', '\"sum\":\"NaN\"', bytes: the sum of observations cannot be NaN",
        "'\"metric\":\"odd_total\"', '\"metric\":\"good_total\"', 'good_total: twice in one scrape, the first one counts'",
    })
    void loseOnlyThatSeriesAndSayWhich(String written, String instead, String why) throws Exception {
        String text = text().replace(written, instead);
        assertThat(text).isNotEqualTo(text());

        List<Either<DeadLetter, MemberScrape>> read = read(text);

        assertThat(read).hasSize(2);
        MemberScrape scrape = read.get(0).right();
        int series = scrape.histograms().size()
                + scrape.counters().size()
                + scrape.gauges().size();
        assertThat(series).as("one of six is left out").isEqualTo(5);
        assertThat(scrape.gauges()).contains(new Sample("good", "", 20));
        DeadLetter letter = read.get(1).left();
        assertThat(letter.reason()).isEqualTo("malformed");
        assertThat(letter.source()).as("no record that could be put back").isEqualTo("member-scrape");
        assertThat(letter.detail()).startsWith("1 series of m1 left out, at 2@17: " + why + "; Quorate writes none");
        assertThat(letter.record()).isEqualTo(text);
        assertThat(letter.cluster()).isEqualTo("c1");
    }

    /** Such buckets are none: what they would be cannot even be said. */
    @ParameterizedTest(name = "{0} is {1}")
    @CsvSource({
        "'[3,4,5]', '[3,-1,5]', a bucket cannot hold -1 observations",
        "'[1.0,2.0]', '[2.0,1.0]', edges must be finite and increase",
        "'[1.0,2.0]', '[1.0,1.0]', edges must be finite and increase",
        "'[1.0,2.0]', '[1.0,\"Infinity\"]', edges must be finite and increase",
        "'[1.0,2.0]', '[\"NaN\",2.0]', edges must be finite and increase",
        "'[3,4,5]', '[3,4]', 2 counts for 2 edges; expected one more",
        "'[3,4,5]', '[3,4.5,5]', Cannot coerce Floating-point value (4.5)",
        "'\"value\":17.0', '\"value\":NaN', Non-standard token 'NaN'",
    })
    void withBucketsThatAreNoneAreNoScrapes(String written, String instead, String why) throws Exception {
        String text = text().replace(written, instead);
        assertThat(text).isNotEqualTo(text());

        assertThat(read(text)).singleElement().satisfies(one -> {
            assertThat(one.left().reason()).isEqualTo("unreadable");
            assertThat(one.left().detail()).contains(why);
            assertThat(one.left().record()).isEqualTo(text);
        });
    }

    @Test
    void areReadAsTheyAreWhenNothingIsOdd() throws Exception {
        assertThat(read(text())).containsExactly(Either.Right(GOOD));
    }

    private static String text() {
        return new String(new EventCodec<>(MemberScrape.class).encode(GOOD), StandardCharsets.UTF_8);
    }

    private static List<Either<DeadLetter, MemberScrape>> read(String text) throws Exception {
        List<Either<DeadLetter, MemberScrape>> read = new ArrayList<>();
        EventReader.of(Topic.MEMBER_SCRAPE)
                .deserialize(
                        new ConsumerRecord<>(
                                "member-scrape", 2, 17, new byte[0], text.getBytes(StandardCharsets.UTF_8)),
                        new ListCollector<>(read));
        return read;
    }
}
