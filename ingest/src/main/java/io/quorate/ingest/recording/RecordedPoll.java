package io.quorate.ingest.recording;

import io.quorate.events.DeadLetter;
import io.quorate.events.MemberScrape;
import io.quorate.events.MemberStatus;
import io.quorate.ingest.Observation;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** One line of a recording that is used: a scrape, a status, or the failure of one. */
record RecordedPoll(
        Head head,
        @Nullable MemberScrape scrape,
        @Nullable DeadLetter deadLetter,
        @Nullable StatusAnswer answer,
        @Nullable String failure,
        @Nullable String failureDetail) {

    /** The kinds of lines that are input; all others are for people. */
    enum Kind {
        METRICS,
        STATUS,
        STATUS_HTTP
    }

    record Head(Kind kind, String cluster, String member, String source, Instant observedAt) {}

    static RecordedPoll failed(Head head, String failure, String detail) {
        return new RecordedPoll(head, null, null, null, failure, detail);
    }

    static RecordedPoll scraped(Head head, MemberScrape scrape, @Nullable DeadLetter deadLetter) {
        return new RecordedPoll(head, scrape, deadLetter, null, null, null);
    }

    static RecordedPoll answered(Head head, StatusAnswer answer) {
        return new RecordedPoll(head, null, null, answer, null, null);
    }

    Kind kind() {
        return head.kind();
    }

    String cluster() {
        return head.cluster();
    }

    String member() {
        return head.member();
    }

    Instant observedAt() {
        return head.observedAt();
    }

    boolean byLearner() {
        return answer != null && answer.learner();
    }

    /** What a source makes of it: one observation, and another one for what had to be left out. */
    List<Observation> observations(int voters) {
        if (scrape != null) {
            return deadLetter == null
                    ? List.of(Observation.of(scrape))
                    : List.of(Observation.of(scrape), Observation.of(deadLetter));
        }
        if (answer != null) {
            return List.of(Observation.of(status(answer, voters)));
        }
        String why = Objects.requireNonNull(failure);
        String detail = Objects.requireNonNull(failureDetail);
        if (kind() == Kind.METRICS) {
            return List.of(Observation.of(MemberScrape.failed(
                    cluster(), member(), head.source(), observedAt(), observedAt(), why + ": " + detail)));
        }
        return List.of(Observation.of(
                MemberStatus.failed(cluster(), member(), null, member(), observedAt(), voters, why, detail)));
    }

    private MemberStatus status(StatusAnswer answer, int voters) {
        return new MemberStatus(
                cluster(),
                answer.clusterId(),
                member(),
                answer.memberId(),
                answer.endpoint(),
                observedAt(),
                observedAt(),
                answer.version(),
                answer.dbSizeBytes(),
                answer.dbSizeInUseBytes(),
                answer.leaderId(),
                answer.raftTerm(),
                answer.raftIndex(),
                answer.raftAppliedIndex(),
                answer.learner(),
                answer.errors(),
                voters,
                null,
                null);
    }
}
