package io.quorate.jobs.ledger;

import io.quorate.events.Alert;
import io.quorate.events.Alert.Severity;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What two runs on the same history say otherwise, episode by episode. Only episodes that fired are compared. One of
 * the first run and one of the second are the same when they are of the same rule, cluster and member, and overlap in
 * time or lie no further apart than the tolerance. Each has one partner at most: the nearest pair is taken first, then
 * the nearest of what is left. Nearer is a smaller gap between them, then beginnings that are closer, then firings that
 * are closer, then who came first.
 *
 * @param pairs in order of time; of what has no partner, one side is null
 */
public record LedgerDifference(List<Pair> pairs, Ledger before, Ledger after, Duration tolerance) {

    /** How far apart two episodes may lie and still be one. */
    public static final Duration TOLERANCE = Duration.ofMinutes(10);

    /** What is otherwise in the second run. */
    public enum Kind {
        NEW,
        GONE,
        EARLIER,
        LATER,
        WORSE,
        MILDER,
        SAME
    }

    /** An episode in the first run and in the second; one of them may be missing. */
    public record Pair(@Nullable Episode before, @Nullable Episode after) {

        public Pair {
            if (before == null && after == null) {
                throw new IllegalArgumentException("a pair of nothing");
            }
        }

        /** The second where there is one. */
        public Episode episode() {
            return after != null ? after : Objects.requireNonNull(before);
        }

        /** By how many seconds it fires later in the second run; negative when earlier, 0 without a partner. */
        public double seconds() {
            return before == null || after == null
                    ? 0
                    : Duration.between(before.knownAt(), after.knownAt()).toMillis() / 1000.0;
        }

        /** All that is otherwise; {@link Kind#SAME} alone when it is told at the same time and as badly. */
        public Set<Kind> kinds() {
            if (before == null || after == null) {
                return EnumSet.of(before == null ? Kind.NEW : Kind.GONE);
            }
            Set<Kind> kinds = EnumSet.noneOf(Kind.class);
            if (seconds() != 0) {
                kinds.add(seconds() < 0 ? Kind.EARLIER : Kind.LATER);
            }
            int worse = BADNESS.compare(after, before);
            if (worse != 0) {
                kinds.add(worse > 0 ? Kind.WORSE : Kind.MILDER);
            }
            return kinds.isEmpty() ? EnumSet.of(Kind.SAME) : kinds;
        }
    }

    /** What is told is worse than what is kept back. */
    private static final Comparator<Episode> BADNESS =
            Comparator.comparingInt(LedgerDifference::heard).thenComparing(Episode::severity);

    private static int heard(Episode episode) {
        return episode.told().stream().mapToInt(Severity::ordinal).max().orElse(-1);
    }

    public LedgerDifference {
        pairs = List.copyOf(pairs);
    }

    public static LedgerDifference between(Ledger before, Ledger after) {
        return between(before, after, TOLERANCE);
    }

    public static LedgerDifference between(Ledger before, Ledger after, Duration tolerance) {
        Map<String, List<Episode>> others = after.fired().stream()
                .collect(Collectors.groupingBy(LedgerDifference::key, TreeMap::new, Collectors.toList()));
        Map<String, List<Episode>> ours = before.fired().stream()
                .collect(Collectors.groupingBy(LedgerDifference::key, TreeMap::new, Collectors.toList()));
        List<Pair> pairs = new ArrayList<>();
        ours.forEach((key, episodes) -> pair(episodes, others.getOrDefault(key, List.of()), tolerance, pairs));
        others.forEach((key, episodes) -> {
            if (!ours.containsKey(key)) {
                episodes.forEach(episode -> pairs.add(new Pair(null, episode)));
            }
        });
        pairs.sort(Comparator.comparing(Pair::episode, Ledger.ORDER));
        return new LedgerDifference(pairs, before, after, tolerance);
    }

    /** The pairs that are so. */
    public List<Pair> of(Kind kind) {
        return pairs.stream().filter(pair -> pair.kinds().contains(kind)).toList();
    }

    /** Whether nothing is otherwise. */
    public boolean isEmpty() {
        return of(Kind.SAME).size() == pairs.size();
    }

    /** Live and replay, line by line; see {@link AlertComparison}. */
    public static AlertComparison identical(Collection<Alert> live, Collection<Alert> replay) {
        return AlertComparison.of(live, replay);
    }

    private static String key(Episode episode) {
        return episode.rule() + '\n' + episode.cluster() + '\n' + (episode.member() == null ? "" : episode.member());
    }

    private record Near(Episode before, Episode after, Duration gap) {

        private static final Comparator<Near> NEAREST = Comparator.comparing(Near::gap)
                .thenComparing(near -> apart(near.before.startedAt(), near.after.startedAt()))
                .thenComparing(near -> apart(near.before.knownAt(), near.after.knownAt()))
                .thenComparing(Near::before, Ledger.ORDER)
                .thenComparing(Near::after, Ledger.ORDER);
    }

    private static void pair(List<Episode> before, List<Episode> after, Duration tolerance, List<Pair> into) {
        List<Near> near = new ArrayList<>();
        for (Episode one : before) {
            for (Episode other : after) {
                Duration gap = gap(one, other);
                if (gap.compareTo(tolerance) <= 0) {
                    near.add(new Near(one, other, gap));
                }
            }
        }
        near.sort(Near.NEAREST);
        Set<String> taken = new HashSet<>();
        Set<String> given = new HashSet<>();
        for (Near one : near) {
            if (!taken.contains(one.before().id())
                    && !given.contains(one.after().id())) {
                taken.add(one.before().id());
                given.add(one.after().id());
                into.add(new Pair(one.before(), one.after()));
            }
        }
        before.stream().filter(one -> !taken.contains(one.id())).forEach(one -> into.add(new Pair(one, null)));
        after.stream().filter(one -> !given.contains(one.id())).forEach(one -> into.add(new Pair(null, one)));
    }

    /** Between the end of the one and the beginning of the other; zero when they overlap. */
    private static Duration gap(Episode one, Episode other) {
        Episode first = one.startedAt().isAfter(other.startedAt()) ? other : one;
        Episode then = first == one ? other : one;
        Instant end = first.resolvedAt();
        return end == null || !end.isBefore(then.startedAt()) ? Duration.ZERO : Duration.between(end, then.startedAt());
    }

    private static Duration apart(Instant one, Instant other) {
        return Duration.between(one, other).abs();
    }
}
