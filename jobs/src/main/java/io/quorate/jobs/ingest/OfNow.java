package io.quorate.jobs.ingest;

import io.quorate.events.ClusterRoster;
import io.quorate.events.DeadLetter;
import io.quorate.events.MemberScrape;
import io.quorate.events.MemberStatus;
import io.quorate.events.PollTally;
import io.quorate.events.codec.EventCodec;
import io.quorate.ingest.Observation;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.metrics.Counter;
import org.apache.flink.streaming.api.functions.ProcessFunction;
import org.apache.flink.util.Collector;
import org.apache.flink.util.OutputTag;

/**
 * Sends each observation its way, and refuses what is not of now: one wrong clock must not move a watermark that others
 * share.
 */
final class OfNow extends ProcessFunction<Observation, MemberScrape> {

    static final OutputTag<MemberStatus> STATUSES = new OutputTag<>("statuses") {};
    static final OutputTag<ClusterRoster> ROSTERS = new OutputTag<>("rosters") {};
    static final OutputTag<PollTally> TALLIES = new OutputTag<>("tallies") {};
    static final OutputTag<DeadLetter> DEAD_LETTERS = new OutputTag<>("dead-letters") {};

    /** A source that was away fills in what it missed; a clock that is off by more than this is wrong. */
    private static final Duration MOST_BEHIND = Duration.ofSeconds(60);

    private static final long serialVersionUID = 1;

    private transient Counter notOfNow;

    @Override
    public void open(OpenContext context) {
        notOfNow = getRuntimeContext().getMetricGroup().counter("notOfNow");
    }

    @Override
    public void processElement(Observation observation, Context context, Collector<MemberScrape> out) {
        MemberScrape scrape = observation.scrape();
        MemberStatus status = observation.status();
        ClusterRoster roster = observation.roster();
        PollTally tally = observation.tally();
        DeadLetter letter = observation.deadLetter();
        if (scrape != null) {
            if (isOfNow(scrape.observedAt(), scrape.ingestedAt())) {
                out.collect(scrape);
            } else {
                notOfNow.inc();
                context.output(DEAD_LETTERS, notOfNow(scrape));
            }
        } else if (status != null) {
            context.output(STATUSES, status);
        } else if (roster != null) {
            context.output(ROSTERS, roster);
        } else if (tally != null) {
            context.output(TALLIES, tally);
        } else if (letter != null) {
            context.output(DEAD_LETTERS, letter);
        }
    }

    private static boolean isOfNow(Instant observedAt, Instant ingestedAt) {
        return Duration.between(observedAt, ingestedAt).abs().compareTo(MOST_BEHIND) <= 0;
    }

    private static DeadLetter notOfNow(MemberScrape scrape) {
        return new DeadLetter(
                scrape.source(),
                "not-of-now",
                "observed at " + scrape.observedAt() + ", ingested at " + scrape.ingestedAt() + "; expected at most "
                        + MOST_BEHIND.toSeconds() + "s between; check the clocks",
                scrape.cluster(),
                new String(new EventCodec<>(MemberScrape.class).encode(scrape), StandardCharsets.UTF_8),
                scrape.observedAt());
    }
}
