package io.quorate.jobs.percentiles;

import io.quorate.events.BucketVector;
import io.quorate.events.Histogram;
import io.quorate.events.Measures;
import io.quorate.events.Measures.GaugeRange;
import io.quorate.events.MemberScrape;
import io.quorate.events.Sample;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.apache.flink.api.common.functions.RuntimeContext;
import org.apache.flink.api.common.state.MapState;
import org.apache.flink.api.common.state.MapStateDescriptor;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.core.memory.DataInputDeserializer;
import org.apache.flink.core.memory.DataOutputSerializer;

/**
 * The series that one key was ever seen with, each with a number, so that its state holds numbers and small integers in
 * place of names and edges: about a tenth of the bytes. What was packed reads as it was, bit for bit.
 */
final class SeriesBook {

    private static final long LARGEST_WHOLE = 1L << 52;

    private final MapState<Series, Integer> numbers;
    private final MapState<Integer, Entry> entries;
    private final ValueState<Integer> size;

    /**
     * A line of the book; a Flink POJO.
     *
     * @param edges that the series had when it was first seen, which it seldom changes; none of counters and gauges
     */
    public record Entry(String metric, String labels, double[] edges) {}

    private SeriesBook(MapState<Series, Integer> numbers, MapState<Integer, Entry> entries, ValueState<Integer> size) {
        this.numbers = numbers;
        this.entries = entries;
        this.size = size;
    }

    /** The one of whatever key is current. */
    static SeriesBook of(RuntimeContext context) {
        return new SeriesBook(
                context.getMapState(new MapStateDescriptor<>("series-numbers", Series.class, Integer.class)),
                context.getMapState(new MapStateDescriptor<>("series-entries", Integer.class, Entry.class)),
                context.getState(new ValueStateDescriptor<>("series-count", Integer.class)));
    }

    /** Forgets all series: nothing that was packed with them is kept. */
    void clear() {
        numbers.clear();
        entries.clear();
        size.clear();
    }

    /** What a scrape read. */
    byte[] pack(MemberScrape scrape) throws Exception {
        Packing packing = new Packing();
        packing.histograms(scrape.histograms());
        packing.samples(scrape.counters());
        packing.samples(scrape.gauges());
        return packing.out.getCopyOfBuffer();
    }

    /** What a window saw. */
    byte[] pack(Measures measures) throws Exception {
        Packing packing = new Packing();
        packing.histograms(measures.histograms());
        packing.samples(measures.counters());
        packing.ranges(measures.gauges());
        return packing.out.getCopyOfBuffer();
    }

    /** What {@link #pack(Measures)} packed. */
    Measures measures(byte[] packed) throws Exception {
        Unpacking unpacking = new Unpacking(packed);
        return new Measures(unpacking.histograms(), unpacking.samples(), unpacking.ranges());
    }

    /** What {@link #pack(MemberScrape)} packed, for whoever knows the rest of the scrape. */
    Unpacking scrape(byte[] packed) {
        return new Unpacking(packed);
    }

    private int numberOf(String metric, String labels, double[] edges) throws Exception {
        Series series = new Series(metric, labels);
        Integer known = numbers.get(series);
        if (known != null) {
            return known;
        }
        int next = size.value() == null ? 0 : size.value();
        size.update(next + 1);
        numbers.put(series, next);
        entries.put(next, new Entry(metric, labels, edges));
        return next;
    }

    private Entry entry(int number) throws Exception {
        Entry entry = entries.get(number);
        if (entry == null) {
            throw new IllegalStateException("state names series " + number + ", which its book does not have");
        }
        return entry;
    }

    private static boolean isWhole(double value) {
        long whole = (long) value;
        // Minus zero is equal to zero, but not the same.
        return whole > -LARGEST_WHOLE
                && whole < LARGEST_WHOLE
                && Double.doubleToRawLongBits(whole) == Double.doubleToRawLongBits(value);
    }

    /** Writes series after series. */
    private final class Packing {

        private static final double[] NO_EDGES = {};

        final DataOutputSerializer out = new DataOutputSerializer(1024);

        void histograms(List<Histogram> histograms) throws Exception {
            whole(histograms.size());
            for (Histogram histogram : histograms) {
                BucketVector vector = histogram.vector();
                int number = numberOf(histogram.metric(), histogram.labels(), vector.edges());
                boolean usual = Arrays.equals(vector.edges(), entry(number).edges());
                whole((long) number << 1 | (usual ? 0 : 1));
                if (!usual) {
                    whole(vector.edges().length);
                    for (double edge : vector.edges()) {
                        out.writeDouble(edge);
                    }
                }
                for (long count : vector.counts()) {
                    whole(count);
                }
                number(vector.sum());
            }
        }

        void samples(List<Sample> samples) throws Exception {
            whole(samples.size());
            for (Sample sample : samples) {
                whole(numberOf(sample.metric(), sample.labels(), NO_EDGES));
                number(sample.value());
            }
        }

        void ranges(List<GaugeRange> ranges) throws Exception {
            whole(ranges.size());
            for (GaugeRange range : ranges) {
                whole(numberOf(range.metric(), range.labels(), NO_EDGES));
                whole(range.samples());
                number(range.min());
                number(range.sum());
                number(range.max());
                number(range.last());
            }
        }

        private void number(double value) throws IOException {
            if (isWhole(value)) {
                long whole = (long) value;
                whole((whole << 1 ^ whole >> 63) << 1);
            } else {
                whole(1);
                out.writeDouble(value);
            }
        }

        /** Seven bits a byte, the lowest first; never negative. */
        private void whole(long value) throws IOException {
            long rest = value;
            while (rest > 0x7f) {
                out.writeByte((int) (rest & 0x7f | 0x80));
                rest >>>= 7;
            }
            out.writeByte((int) rest);
        }
    }

    /** Reads them back, in the same order. */
    final class Unpacking {

        private final DataInputDeserializer in;

        private Unpacking(byte[] packed) {
            in = new DataInputDeserializer(packed);
        }

        List<Histogram> histograms() throws Exception {
            int size = (int) whole();
            List<Histogram> histograms = new ArrayList<>(size);
            for (int i = 0; i < size; i++) {
                long tag = whole();
                Entry entry = entry((int) (tag >> 1));
                double[] edges = (tag & 1) == 0 ? entry.edges() : new double[(int) whole()];
                for (int e = 0; (tag & 1) == 1 && e < edges.length; e++) {
                    edges[e] = in.readDouble();
                }
                long[] counts = new long[edges.length + 1];
                for (int c = 0; c < counts.length; c++) {
                    counts[c] = whole();
                }
                histograms.add(
                        new Histogram(entry.metric(), entry.labels(), new BucketVector(edges, counts, number())));
            }
            return histograms;
        }

        List<Sample> samples() throws Exception {
            int size = (int) whole();
            List<Sample> samples = new ArrayList<>(size);
            for (int i = 0; i < size; i++) {
                Entry entry = entry((int) whole());
                samples.add(new Sample(entry.metric(), entry.labels(), number()));
            }
            return samples;
        }

        private List<GaugeRange> ranges() throws Exception {
            int size = (int) whole();
            List<GaugeRange> ranges = new ArrayList<>(size);
            for (int i = 0; i < size; i++) {
                Entry entry = entry((int) whole());
                long samples = whole();
                ranges.add(new GaugeRange(
                        entry.metric(), entry.labels(), number(), number(), samples, number(), number()));
            }
            return ranges;
        }

        private double number() throws IOException {
            long tag = whole();
            if ((tag & 1) == 1) {
                return in.readDouble();
            }
            long zigzag = tag >>> 1;
            return zigzag >>> 1 ^ -(zigzag & 1);
        }

        private long whole() throws IOException {
            long value = 0;
            int shift = 0;
            byte next = in.readByte();
            while (next < 0) {
                value |= (long) (next & 0x7f) << shift;
                shift += 7;
                next = in.readByte();
            }
            return value | (long) next << shift;
        }
    }
}
