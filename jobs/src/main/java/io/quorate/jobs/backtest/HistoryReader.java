package io.quorate.jobs.backtest;

import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.apache.flink.api.connector.source.ReaderOutput;
import org.apache.flink.api.connector.source.SourceReader;
import org.apache.flink.api.connector.source.SourceReaderContext;
import org.apache.flink.core.io.InputStatus;
import org.jspecify.annotations.Nullable;

/** Reads a chunk when the one before is handed over, one thing at a time. */
final class HistoryReader implements SourceReader<Happened, HistorySplit> {

    private final SourceReaderContext context;
    private final HistorySource source;
    private final CompletableFuture<Void> available = new CompletableFuture<>();
    private History.@Nullable Reader reader;
    private List<Happened> chunk = List.of();
    private long chunkFrom;
    private long nextFrom;
    private int taken;
    private boolean isMine;
    private boolean noMoreSplits;

    HistoryReader(SourceReaderContext context, HistorySource source) {
        this.context = context;
        this.source = source;
    }

    @Override
    public void start() {
        if (!isMine) {
            context.sendSplitRequest();
        }
    }

    @Override
    public void addSplits(List<HistorySplit> splits) {
        for (HistorySplit split : splits) {
            isMine = true;
            chunkFrom = split.chunkFrom();
            nextFrom = chunkFrom;
            taken = split.taken();
            source.progress().goesOn(split);
        }
        available.complete(null);
    }

    @Override
    public void notifyNoMoreSplits() {
        noMoreSplits = true;
        available.complete(null);
    }

    @Override
    public InputStatus pollNext(ReaderOutput<Happened> output) throws IOException {
        if (!isMine) {
            return noMoreSplits ? InputStatus.END_OF_INPUT : InputStatus.NOTHING_AVAILABLE;
        }
        if (taken < chunk.size()) {
            Happened next = chunk.get(taken++);
            // What was true before is news of the beginning.
            output.collect(next, Math.max(source.since(), next.at().toEpochMilli()));
            return InputStatus.MORE_AVAILABLE;
        }
        if (nextFrom >= source.until()) {
            tell(source.until());
            return InputStatus.END_OF_INPUT;
        }
        try {
            read();
        } catch (IOException e) {
            throw new HistoryUnreachable(e);
        }
        return InputStatus.MORE_AVAILABLE;
    }

    private void read() throws IOException {
        if (reader == null) {
            reader = source.history().open(Instant.ofEpochMilli(nextFrom));
        }
        boolean isFirst = nextFrom == chunkFrom;
        chunkFrom = nextFrom;
        nextFrom = Math.min(source.until(), chunkFrom + source.chunkMillis());
        chunk = new ArrayList<>(chunkFrom == source.since() ? reader.standing() : List.of());
        chunk.addAll(reader.chunk(Instant.ofEpochMilli(chunkFrom), Instant.ofEpochMilli(nextFrom)));
        // After a restart part of the first chunk was handed over before.
        taken = isFirst ? Math.min(taken, chunk.size()) : 0;
        for (Happened one : chunk) {
            source.progress().saw(one);
        }
        tell(chunkFrom);
    }

    private void tell(long reached) {
        source.progress().reached(reached, reader == null ? List.of() : reader.lost());
    }

    @Override
    public List<HistorySplit> snapshotState(long checkpointId) {
        return isMine ? List.of(source.progress().at(chunkFrom, taken)) : List.of();
    }

    @Override
    public CompletableFuture<Void> isAvailable() {
        return available;
    }

    @Override
    public void close() throws IOException {
        if (reader != null) {
            reader.close();
        }
    }
}
