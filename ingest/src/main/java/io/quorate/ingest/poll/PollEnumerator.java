package io.quorate.ingest.poll;

import io.quorate.events.PollTally;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.apache.flink.api.connector.source.ReaderInfo;
import org.apache.flink.api.connector.source.SplitEnumerator;
import org.apache.flink.api.connector.source.SplitEnumeratorContext;
import org.apache.flink.api.connector.source.SplitsAssignment;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Spreads what discoveries find evenly over the readers, and keeps it so while targets come, move and go. A reader that comes
 * back reports what it had; nothing is handed out before all have, so that nothing is polled twice or loses its marks.
 */
final class PollEnumerator implements SplitEnumerator<PollSplit, EnumeratorState> {

    private static final Logger LOG = LoggerFactory.getLogger(PollEnumerator.class);
    /** Of targets that stand twice, so many are named. */
    private static final int NAMED = 5;

    private final SplitEnumeratorContext<PollSplit> context;
    private final List<Discovery> discoveries;
    /** What each discovery found last, by id; of one that has not answered yet there is no entry. */
    private final Map<String, Map<String, Target>> found = new LinkedHashMap<>();
    /** Splits that no reader has, which were polled before. */
    private final Map<String, PollSplit> returned = new TreeMap<>();

    private final Map<String, Target> assigned = new TreeMap<>();
    private final Map<String, Integer> owners = new HashMap<>();
    private final Map<String, String> troubles = new HashMap<>();
    private boolean begun;

    PollEnumerator(SplitEnumeratorContext<PollSplit> context, List<Discovery> discoveries) {
        this.context = context;
        this.discoveries = List.copyOf(discoveries);
    }

    @Override
    public void start() {
        for (Discovery discovery : discoveries) {
            if (discovery.interval().isZero()) {
                context.callAsync(discovery::find, (answer, problem) -> take(discovery, answer, problem));
            } else {
                context.callAsync(
                        discovery::find,
                        (answer, problem) -> take(discovery, answer, problem),
                        0,
                        discovery.interval().toMillis());
            }
        }
    }

    private void take(Discovery discovery, @Nullable Found answer, @Nullable Throwable problem) {
        if (answer == null) {
            tell(discovery.name(), String.valueOf(problem == null ? "" : problem.getMessage()));
            return;
        }
        Map<String, Target> byId = new LinkedHashMap<>();
        List<String> twice = new ArrayList<>();
        for (Target target : answer.targets()) {
            boolean elsewhere = found.entrySet().stream()
                    .anyMatch(other -> !other.getKey().equals(discovery.name())
                            && other.getValue().containsKey(target.id()));
            if (byId.putIfAbsent(target.id(), target) != null || elsewhere) {
                twice.add(target.id());
            }
        }
        List<String> problems = new ArrayList<>(answer.problems());
        if (!twice.isEmpty()) {
            problems.add(twice.size() + " targets were found twice, the first counts: "
                    + String.join(", ", twice.subList(0, Math.min(NAMED, twice.size())))
                    + (twice.size() > NAMED ? ", ..." : ""));
        }
        if (problems.isEmpty()) {
            troubles.remove(discovery.name());
        } else {
            tell(discovery.name(), String.join("; ", problems));
        }
        found.put(discovery.name(), byId);
        reconcile();
    }

    /** Once, until it is over or another: who looks every five seconds must not fill the dead letters. */
    private void tell(String discovery, String detail) {
        if (detail.equals(troubles.put(discovery, detail))) {
            return;
        }
        LOG.warn("{}: {}", discovery, detail);
        context.registeredReaders().keySet().stream()
                .min(Comparator.naturalOrder())
                .ifPresent(
                        subtask -> context.sendEventToSourceReader(subtask, new DiscoveryTrouble(discovery, detail)));
    }

    @Override
    public void handleSplitRequest(int subtask, @Nullable String hostname) {
        // Readers are given what there is without being asked.
    }

    @Override
    public void addSplitsBack(List<PollSplit> splits, int subtask) {
        splits.forEach(this::takeBack);
    }

    @Override
    public void addReader(int subtask) {
        // It begins with nothing, whatever it had.
        List<String> had = owners.entrySet().stream()
                .filter(owner -> owner.getValue() == subtask)
                .map(Map.Entry::getKey)
                .toList();
        had.forEach(this::disown);
        ReaderInfo reader = context.registeredReaders().get(subtask);
        if (reader != null) {
            for (PollSplit split : reader.<PollSplit>getReportedSplitsOnRegistration()) {
                // What went to another reader meanwhile stays there.
                if (!owners.containsKey(split.splitId())) {
                    takeBack(split);
                }
            }
        }
        reconcile();
    }

    private void takeBack(PollSplit split) {
        disown(split.splitId());
        returned.merge(split.splitId(), split, PollEnumerator::furthest);
    }

    private void disown(String id) {
        owners.remove(id);
        assigned.remove(id);
    }

    private static PollSplit furthest(PollSplit one, PollSplit other) {
        Map<String, Long> delivered = new HashMap<>(one.delivered());
        other.delivered().forEach((mark, at) -> delivered.merge(mark, at, Math::max));
        // The same part may be in both: whoever adds parts up tells by when it was counted.
        List<PollTally> counted = new ArrayList<>(one.counted());
        counted.addAll(other.counted());
        return new PollSplit(other.target(), delivered, counted);
    }

    private void reconcile() {
        begun = begun || context.registeredReaders().size() == context.currentParallelism();
        if (!begun) {
            return;
        }
        Map<String, Target> wanted = wanted();
        tellOwners(wanted);
        assign(wanted);
    }

    /** Everybody who was found, and whoever was polled before and whose discovery has not answered since. */
    private Map<String, Target> wanted() {
        Map<String, Target> wanted = new TreeMap<>();
        found.values().forEach(targets -> targets.forEach(wanted::putIfAbsent));
        Set<String> silent = new HashSet<>();
        discoveries.stream()
                .map(Discovery::name)
                .filter(name -> !found.containsKey(name))
                .forEach(silent::add);
        returned.values().stream()
                .map(PollSplit::target)
                .filter(target -> silent.contains(target.discovery()))
                .forEach(target -> wanted.putIfAbsent(target.id(), target));
        assigned.values().stream()
                .filter(target -> silent.contains(target.discovery()))
                .forEach(target -> wanted.putIfAbsent(target.id(), target));
        return wanted;
    }

    private void tellOwners(Map<String, Target> wanted) {
        Map<Integer, List<Target>> changed = new TreeMap<>();
        Map<Integer, List<String>> gone = new TreeMap<>();
        owners.forEach((id, subtask) -> {
            Target now = wanted.get(id);
            if (now == null) {
                gone.computeIfAbsent(subtask, unseen -> new ArrayList<>()).add(id);
            } else if (!now.equals(assigned.get(id))) {
                changed.computeIfAbsent(subtask, unseen -> new ArrayList<>()).add(now);
            }
        });
        Set<Integer> told = new HashSet<>(changed.keySet());
        told.addAll(gone.keySet());
        for (int subtask : told) {
            // One that is away reports when it comes back, and is told then.
            if (context.registeredReaders().containsKey(subtask)) {
                List<Target> moved = changed.getOrDefault(subtask, List.of());
                List<String> left = gone.getOrDefault(subtask, List.of());
                context.sendEventToSourceReader(subtask, new TargetsChanged(moved, left));
                moved.forEach(target -> assigned.put(target.id(), target));
                left.forEach(this::disown);
            }
        }
    }

    /** Each to the reader that has least. */
    private void assign(Map<String, Target> wanted) {
        Map<Integer, Integer> load = new TreeMap<>();
        context.registeredReaders().keySet().forEach(subtask -> load.put(subtask, 0));
        owners.values().forEach(subtask -> load.computeIfPresent(subtask, (reader, splits) -> splits + 1));
        Map<Integer, List<PollSplit>> assignment = new HashMap<>();
        for (Target target : wanted.values()) {
            if (load.isEmpty() || owners.containsKey(target.id())) {
                continue;
            }
            int least = load.entrySet().stream()
                    .min(Map.Entry.comparingByValue())
                    .orElseThrow()
                    .getKey();
            PollSplit before = returned.get(target.id());
            assignment
                    .computeIfAbsent(least, unseen -> new ArrayList<>())
                    .add(before == null ? PollSplit.of(target) : before.at(target));
            load.merge(least, 1, Integer::sum);
            owners.put(target.id(), least);
            assigned.put(target.id(), target);
        }
        returned.clear();
        if (!assignment.isEmpty()) {
            context.assignSplits(new SplitsAssignment<>(assignment));
        }
    }

    @Override
    public EnumeratorState snapshotState(long checkpointId) {
        return new EnumeratorState();
    }

    @Override
    public void close() {}
}
