package io.quorate.jobs.backtest;

import org.apache.flink.api.connector.source.SourceSplit;

/**
 * How far a history is read. There is but one: it is heard in one order.
 *
 * @param chunkFrom where the chunk begins that is read, in epoch ms
 * @param taken how much of it was handed over
 */
public record HistorySplit(long chunkFrom, int taken) implements SourceSplit {

    @Override
    public String splitId() {
        return "history";
    }
}
