package io.quorate.ingest.poll;

import io.quorate.ingest.Observation;
import java.util.List;
import org.apache.flink.api.connector.source.Boundedness;
import org.apache.flink.api.connector.source.Source;
import org.apache.flink.api.connector.source.SourceReader;
import org.apache.flink.api.connector.source.SourceReaderContext;
import org.apache.flink.api.connector.source.SplitEnumerator;
import org.apache.flink.api.connector.source.SplitEnumeratorContext;
import org.apache.flink.api.connector.source.SupportsSplitReassignmentOnRecovery;
import org.apache.flink.core.io.SimpleVersionedSerializer;
import org.jspecify.annotations.Nullable;

/** A source that polls targets, one split each, for as long as discoveries find them. */
public abstract class PollSource
        implements Source<Observation, PollSplit, EnumeratorState>, SupportsSplitReassignmentOnRecovery {

    private static final long serialVersionUID = 2;

    /** What is polled, for the ledger of polls: {@code prometheus}, {@code metrics} or {@code etcd}. */
    protected abstract String kind();

    /** Who finds the targets, the first named first; made once per enumerator. */
    protected abstract List<Discovery> discoveries();

    /** What the pollers of one reader share, such as connections; closed with it. */
    protected abstract Pollers pollers();

    /** Makes the pollers of one reader. */
    public interface Pollers extends AutoCloseable {

        /** One for this split; null when the settings no longer name it. */
        @Nullable
        Poller poller(PollSplit split, PollContext context);

        @Override
        default void close() {}
    }

    @Override
    public final Boundedness getBoundedness() {
        return Boundedness.CONTINUOUS_UNBOUNDED;
    }

    @Override
    public final SplitEnumerator<PollSplit, EnumeratorState> createEnumerator(
            SplitEnumeratorContext<PollSplit> context) {
        return new PollEnumerator(context, discoveries());
    }

    @Override
    public final SplitEnumerator<PollSplit, EnumeratorState> restoreEnumerator(
            SplitEnumeratorContext<PollSplit> context, EnumeratorState nothing) {
        return createEnumerator(context);
    }

    @Override
    public final SourceReader<Observation, PollSplit> createReader(SourceReaderContext context) {
        return new PollReader(context, kind(), pollers(), System::currentTimeMillis);
    }

    @Override
    public final SimpleVersionedSerializer<PollSplit> getSplitSerializer() {
        return new PollSplitSerializer();
    }

    @Override
    public final SimpleVersionedSerializer<EnumeratorState> getEnumeratorCheckpointSerializer() {
        return new EnumeratorState.Serializer();
    }
}
