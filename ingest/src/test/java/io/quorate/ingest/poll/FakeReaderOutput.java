package io.quorate.ingest.poll;

import io.quorate.ingest.Observation;
import java.util.ArrayList;
import java.util.List;
import org.apache.flink.api.common.eventtime.Watermark;
import org.apache.flink.api.connector.source.ReaderOutput;
import org.apache.flink.api.connector.source.SourceOutput;

/** Keeps what a reader hands over. */
final class FakeReaderOutput implements ReaderOutput<Observation> {

    final List<Long> times = new ArrayList<>();
    final List<Observation> observations = new ArrayList<>();
    final List<String> splits = new ArrayList<>();
    final List<String> released = new ArrayList<>();

    @Override
    public void collect(Observation observation) {
        throw new UnsupportedOperationException("without a time");
    }

    @Override
    public void collect(Observation observation, long time) {
        times.add(time);
        observations.add(observation);
    }

    @Override
    public void emitWatermark(Watermark watermark) {}

    @Override
    public void markIdle() {}

    @Override
    public void markActive() {}

    @Override
    public SourceOutput<Observation> createOutputForSplit(String splitId) {
        splits.add(splitId);
        return this;
    }

    @Override
    public void releaseOutputForSplit(String splitId) {
        released.add(splitId);
    }
}
