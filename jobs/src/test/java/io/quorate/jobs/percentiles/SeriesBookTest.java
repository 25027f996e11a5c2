package io.quorate.jobs.percentiles;

import static org.assertj.core.api.Assertions.assertThat;

import io.quorate.events.BucketVector;
import io.quorate.events.Histogram;
import io.quorate.events.Measures;
import io.quorate.events.Measures.GaugeRange;
import io.quorate.events.MemberWindow;
import io.quorate.events.Sample;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.streaming.api.functions.KeyedProcessFunction;
import org.apache.flink.streaming.api.operators.KeyedProcessOperator;
import org.apache.flink.streaming.util.KeyedOneInputStreamOperatorTestHarness;
import org.apache.flink.util.Collector;
import org.junit.jupiter.api.Test;

class SeriesBookTest {

    private static final double[] NUMBERS = {
        0,
        -0.0,
        1,
        -1,
        0.1,
        -2.5e-300,
        Long.MAX_VALUE,
        (1L << 52) - 1,
        1L << 52,
        -(1L << 52),
        1e18,
        Double.MIN_VALUE,
        Double.MAX_VALUE,
        Double.NaN,
        Double.NEGATIVE_INFINITY
    };

    @Test
    void readsWhatItPackedBitForBit() throws Exception {
        Random random = new Random(11);
        List<Measures> all = new ArrayList<>();
        for (int i = 0; i < 500; i++) {
            all.add(random(random));
        }

        assertThat(throughABook(all)).isEqualTo(all);
    }

    @Test
    void readsAHistogramWhoseEdgesChanged() throws Exception {
        Measures before = of(new BucketVector(new double[] {1, 2}, new long[] {1, 2, 3}, 9));
        Measures after = of(new BucketVector(new double[] {1, 2, 4}, new long[] {1, 2, 3, 4}, 19));

        assertThat(throughABook(List.of(before, after, before))).containsExactly(before, after, before);
    }

    @Test
    void takesATenthOfTheBytesOfNamesAndEdges() throws Exception {
        double[] edges = new double[14];
        for (int i = 0; i < edges.length; i++) {
            edges[i] = 0.001 * (1 << i);
        }
        long[] counts = new long[15];
        counts[2] = 290;
        List<Sample> counters = new ArrayList<>();
        for (int i = 0; i < 60; i++) {
            counters.add(new Sample("etcd_server_some_proposals_total", "method=\"m" + i + "\"", 1000 + i));
        }
        Measures measures = new Measures(
                List.of(new Histogram(Scrapes.FSYNC, "", new BucketVector(edges, counts, 0.9))), counters, List.of());

        assertThat(sizeInABook(measures)).isLessThan(60 * (32 + 12 + 8) / 10);
    }

    private static Measures of(BucketVector vector) {
        return new Measures(List.of(new Histogram("h", "", vector)), List.of(), List.of());
    }

    private static Measures random(Random random) {
        List<Histogram> histograms = new ArrayList<>();
        for (int i = 0; i < random.nextInt(4); i++) {
            long[] counts = new long[random.nextInt(5) + 1];
            double[] edges = new double[counts.length - 1];
            for (int c = 0; c < counts.length; c++) {
                counts[c] = random.nextLong() >>> random.nextInt(1, 64);
            }
            for (int e = 0; e < edges.length; e++) {
                edges[e] = e + random.nextDouble();
            }
            histograms.add(new Histogram("h" + i, "", new BucketVector(edges, counts, number(random))));
        }
        List<Sample> counters = new ArrayList<>();
        List<GaugeRange> gauges = new ArrayList<>();
        for (int i = 0; i < random.nextInt(9); i++) {
            counters.add(new Sample("c" + i, "To=\"p" + i % 3 + "\"", number(random)));
            gauges.add(new GaugeRange(
                    "g" + i,
                    "",
                    number(random),
                    number(random),
                    random.nextInt(1, 999),
                    number(random),
                    number(random)));
        }
        return new Measures(histograms, counters, gauges);
    }

    private static double number(Random random) {
        return random.nextBoolean() ? NUMBERS[random.nextInt(NUMBERS.length)] : random.nextGaussian() * 1e6;
    }

    /** Packs all of them and then reads them, each for itself. */
    private static List<Measures> throughABook(List<Measures> all) throws Exception {
        return inABook((book, measures) -> book.measures(book.pack(measures)), all);
    }

    private static int sizeInABook(Measures measures) throws Exception {
        List<Integer> sizes = new ArrayList<>();
        inABook(
                (book, again) -> {
                    sizes.add(book.pack(again).length);
                    return again;
                },
                List.of(measures));
        return sizes.get(0);
    }

    private interface Use extends java.io.Serializable {
        Measures of(SeriesBook book, Measures measures) throws Exception;
    }

    private static List<Measures> inABook(Use use, List<Measures> all) throws Exception {
        try (KeyedOneInputStreamOperatorTestHarness<String, MemberWindow, MemberWindow> harness =
                new KeyedOneInputStreamOperatorTestHarness<>(
                        new KeyedProcessOperator<>(new Through(use)), MemberWindow::member, Types.STRING)) {
            harness.open();
            for (Measures measures : all) {
                harness.processElement(
                        new MemberWindow("c", null, "m", null, Instant.EPOCH, Instant.EPOCH, false, 1, measures), 0);
            }
            return harness.extractOutputValues().stream()
                    .map(MemberWindow::measures)
                    .toList();
        }
    }

    private static final class Through extends KeyedProcessFunction<String, MemberWindow, MemberWindow> {

        private static final long serialVersionUID = 1;

        private final Use use;
        private transient SeriesBook book;

        Through(Use use) {
            this.use = use;
        }

        @Override
        public void open(OpenContext context) {
            book = SeriesBook.of(getRuntimeContext());
        }

        @Override
        public void processElement(MemberWindow window, Context context, Collector<MemberWindow> out) throws Exception {
            out.collect(new MemberWindow(
                    "c", null, "m", null, Instant.EPOCH, Instant.EPOCH, false, 1, use.of(book, window.measures())));
        }
    }
}
