package io.quorate.jobs.ingest;

import io.quorate.events.ClusterRoster;
import io.quorate.events.DeadLetter;
import io.quorate.events.MemberScrape;
import io.quorate.events.MemberStatus;
import io.quorate.events.PollTally;
import io.quorate.ingest.Observation;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.datastream.SingleOutputStreamOperator;

/**
 * Observations in, each kind out by itself.
 *
 * <pre>
 * observations --> of-now --+--> scrapes()
 *                           +--> statuses()
 *                           +--> rosters()
 *                           +--> tallies()
 *                           +--> deadLetters()
 * </pre>
 */
public final class IngestPipeline {

    private final SingleOutputStreamOperator<MemberScrape> routed;

    private IngestPipeline(SingleOutputStreamOperator<MemberScrape> routed) {
        this.routed = routed;
    }

    public static IngestPipeline of(DataStream<Observation> observations) {
        return new IngestPipeline(
                observations.process(new OfNow()).uid("of-now").name("of-now"));
    }

    public DataStream<MemberScrape> scrapes() {
        return routed;
    }

    public DataStream<MemberStatus> statuses() {
        return routed.getSideOutput(OfNow.STATUSES);
    }

    public DataStream<ClusterRoster> rosters() {
        return routed.getSideOutput(OfNow.ROSTERS);
    }

    /** What became of polls, minute by minute. */
    public DataStream<PollTally> tallies() {
        return routed.getSideOutput(OfNow.TALLIES);
    }

    /** What sources could not read, and what is not of now. */
    public DataStream<DeadLetter> deadLetters() {
        return routed.getSideOutput(OfNow.DEAD_LETTERS);
    }
}
