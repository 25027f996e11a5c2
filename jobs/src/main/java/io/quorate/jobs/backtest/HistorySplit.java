package io.quorate.jobs.backtest;

import java.util.SortedSet;
import java.util.TreeSet;
import org.apache.flink.api.connector.source.SourceSplit;

/**
 * How far a history is read. There is but one: it is heard in one order.
 *
 * @param chunkFrom where the chunk begins that is read, in epoch ms
 * @param taken how much of it was handed over
 * @param first when the first of what was read happened, in epoch ms; {@link Long#MAX_VALUE} when nothing was
 * @param clusters those that anything was read of
 */
public record HistorySplit(long chunkFrom, int taken, long first, SortedSet<String> clusters) implements SourceSplit {

    static HistorySplit begin(long chunkFrom) {
        return new HistorySplit(chunkFrom, 0, Long.MAX_VALUE, new TreeSet<>());
    }

    @Override
    public String splitId() {
        return "history";
    }
}
