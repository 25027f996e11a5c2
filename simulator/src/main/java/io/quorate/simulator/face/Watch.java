package io.quorate.simulator.face;

import io.quorate.simulator.model.Cluster;
import io.quorate.simulator.model.Member;
import io.quorate.simulator.model.Process;
import io.quorate.simulator.model.RandomStream;
import io.quorate.simulator.model.StatusAnswer;
import io.quorate.simulator.model.Time;
import io.quorate.simulator.plan.Collector;
import io.quorate.simulator.plan.Script;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import org.jspecify.annotations.Nullable;

/**
 * Looks at one cluster again and again, as a collector does: each member at its own moment. What it draws is its own, so
 * that a cluster does the same whoever looks.
 */
final class Watch {

    private static final long STATUS_DEADLINE = 900 * Time.MILLISECOND;
    private static final long SCRAPE_DEADLINE = 1900 * Time.MILLISECOND;
    private static final long PATIENCE = 25 * Time.MILLISECOND;

    private record Poll(long at, long number, Member member, Observation.Kind kind, int source, long askedAt) {}

    private final Cluster cluster;
    private final Script script;
    private final Collector collector;
    private final Page page;
    private final Page.Clock clock;
    private final boolean whole;
    private final RandomStream random;
    private final PriorityQueue<Poll> polls =
            new PriorityQueue<>(Comparator.comparingLong(Poll::at).thenComparingLong(Poll::number));
    private long numbered;

    Watch(
            Cluster cluster,
            Script script,
            Collector collector,
            Page page,
            Page.Clock clock,
            boolean whole,
            long beginning,
            RandomStream random) {
        this.cluster = cluster;
        this.script = script;
        this.collector = collector;
        this.page = page;
        this.clock = clock;
        this.whole = whole;
        this.random = random;
        int members = cluster.members().size();
        for (Member member : cluster.members()) {
            for (int source = 0; source < collector.replicas(); source++) {
                long phase = collector.scrapeMicros()
                        * (member.index() * collector.replicas() + source)
                        / (2L * members * collector.replicas());
                enter(beginning + phase, member, Observation.Kind.METRICS, source);
            }
            long phase = collector.statusMicros() * (1 + 2L * member.index()) / (2L * members);
            enter(beginning + phase, member, Observation.Kind.STATUS, 0);
        }
    }

    private void enter(long at, Member member, Observation.Kind kind, int source) {
        polls.add(new Poll(at, numbered++, member, kind, source, at));
    }

    /** Everything that was seen up to then, in order of asking. */
    List<Observation> until(long then) {
        List<Observation> seen = new ArrayList<>();
        while (!polls.isEmpty() && polls.element().at() <= then) {
            Poll poll = polls.remove();
            cluster.advanceTo(poll.at());
            if (poll.at() == poll.askedAt()) {
                boolean status = poll.kind() == Observation.Kind.STATUS;
                enter(
                        poll.at() + (status ? collector.statusMicros() : collector.scrapeMicros()),
                        poll.member(),
                        poll.kind(),
                        poll.source());
            }
            look(poll, seen);
        }
        cluster.advanceTo(then);
        return seen;
    }

    private void look(Poll poll, List<Observation> seen) {
        Member member = poll.member();
        boolean status = poll.kind() == Observation.Kind.STATUS;
        long deadline = status ? STATUS_DEADLINE : SCRAPE_DEADLINE;
        long waited = poll.at() - poll.askedAt();
        if (!script.reachable(member)) {
            seen.add(seen(poll, deadline, null, null, "TimeoutError('timed out')"));
        } else if (member.process() == Process.DOWN) {
            seen.add(seen(
                    poll,
                    waited + 200,
                    null,
                    null,
                    waited == 0
                            ? "ConnectionRefusedError(111, 'Connection refused')"
                            : "ConnectionResetError(104, 'Connection reset by peer')"));
        } else if (member.process() == Process.PAUSED) {
            if (waited >= deadline) {
                seen.add(seen(poll, deadline, null, null, "TimeoutError('timed out')"));
            } else {
                long next = Math.min(poll.at() + PATIENCE, poll.askedAt() + deadline);
                polls.add(new Poll(next, numbered++, member, poll.kind(), poll.source(), poll.askedAt()));
            }
        } else if (status) {
            long took = waited + 1200 + random.below(1500);
            seen.add(seen(poll, took, null, cluster.status(member), null));
        } else {
            cluster.scraped(member);
            long took = waited + 4000 + random.below(3000);
            String text = whole ? page.text(cluster, member, clock) : page.brief(cluster, member, clock);
            seen.add(seen(poll, took, text, null, null));
        }
    }

    private Observation seen(
            Poll poll, long took, @Nullable String text, @Nullable StatusAnswer answer, @Nullable String error) {
        double askedAt = clock.epochSeconds(poll.askedAt());
        long late = collector.lateMicros() == 0 ? 0 : random.below(collector.lateMicros());
        return new Observation(
                askedAt,
                Time.seconds(took),
                clock.epochSeconds(poll.askedAt() + took + late),
                cluster.name(),
                poll.member().name(),
                poll.kind(),
                poll.source(),
                text,
                answer,
                error);
    }
}
