package io.quorate.jobs.backtest;

import java.time.Duration;
import java.time.Instant;
import org.apache.flink.api.connector.source.Boundedness;
import org.apache.flink.api.connector.source.Source;
import org.apache.flink.api.connector.source.SourceReader;
import org.apache.flink.api.connector.source.SourceReaderContext;
import org.apache.flink.api.connector.source.SplitEnumerator;
import org.apache.flink.api.connector.source.SplitEnumeratorContext;
import org.apache.flink.core.io.SimpleVersionedSerializer;

/**
 * A history as a bounded source: chunk after chunk, so that it takes no more memory the longer it is. One split, so one
 * reader works and the others end at once; it goes on from a checkpoint where it was.
 */
public final class HistorySource implements Source<Happened, HistorySplit, Boolean> {

    private static final long serialVersionUID = 1;

    private final History history;
    private final long since;
    private final long until;
    private final long chunkMillis;
    private final String run;

    /**
     * Of [since, until).
     *
     * @param chunk how much is read at once
     * @param run under which {@link Progress} is kept
     */
    public HistorySource(History history, Instant since, Instant until, Duration chunk, String run) {
        if (!since.isBefore(until)) {
            throw new IllegalArgumentException(
                    "a history from " + since + " until " + until + "; expected a beginning before its end");
        }
        this.history = history;
        this.since = since.toEpochMilli();
        this.until = until.toEpochMilli();
        this.chunkMillis = chunk.toMillis();
        this.run = run;
    }

    History history() {
        return history;
    }

    long since() {
        return since;
    }

    long until() {
        return until;
    }

    long chunkMillis() {
        return chunkMillis;
    }

    Progress progress() {
        return Progress.of(run);
    }

    @Override
    public Boundedness getBoundedness() {
        return Boundedness.BOUNDED;
    }

    @Override
    public SplitEnumerator<HistorySplit, Boolean> createEnumerator(SplitEnumeratorContext<HistorySplit> context) {
        return new HistoryEnumerator(context, HistorySplit.begin(since));
    }

    @Override
    public SplitEnumerator<HistorySplit, Boolean> restoreEnumerator(
            SplitEnumeratorContext<HistorySplit> context, Boolean waits) {
        return new HistoryEnumerator(context, waits ? HistorySplit.begin(since) : null);
    }

    @Override
    public SourceReader<Happened, HistorySplit> createReader(SourceReaderContext context) {
        return new HistoryReader(context, this);
    }

    @Override
    public SimpleVersionedSerializer<HistorySplit> getSplitSerializer() {
        return new HistorySplitSerializer();
    }

    @Override
    public SimpleVersionedSerializer<Boolean> getEnumeratorCheckpointSerializer() {
        return new WaitsSerializer();
    }
}
