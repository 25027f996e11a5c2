package io.quorate.ingest.recording;

import io.quorate.ingest.Observation;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Several recordings as one fleet, in order of time. */
public final class RecordedFleet {

    /** Total over whatever differs, so that the order of the lines does not show. */
    private static final Comparator<RecordedPoll> ORDER = Comparator.comparing(RecordedPoll::observedAt)
            .thenComparing(RecordedPoll::cluster)
            .thenComparing(RecordedPoll::member)
            .thenComparing(RecordedPoll::kind)
            .thenComparing(RecordedPoll::toString);

    private RecordedFleet() {}

    /** What all of them saw. Damaged lines are left out: {@link RecordingFile#scan} tells them. */
    public static List<Observation> observations(List<Path> files) {
        List<RecordedPoll> polls = new ArrayList<>();
        for (Path file : files) {
            polls.addAll(new RecordingFile(file).read().records());
        }
        polls.sort(ORDER);
        Map<String, Integer> voters = voters(polls);
        List<Observation> observations = new ArrayList<>(polls.size());
        polls.forEach(poll -> observations.addAll(poll.observations(voters.getOrDefault(poll.cluster(), 0))));
        return observations;
    }

    /** A recording has no member list: its members are those that appear. */
    private static Map<String, Integer> voters(List<RecordedPoll> polls) {
        Map<String, Set<String>> members = new HashMap<>();
        polls.forEach(poll -> members.computeIfAbsent(poll.cluster(), unseen -> new HashSet<>())
                .add(poll.member()));
        polls.stream()
                .filter(RecordedPoll::byLearner)
                .forEach(poll -> members.getOrDefault(poll.cluster(), Set.of()).remove(poll.member()));
        Map<String, Integer> voters = new HashMap<>();
        members.forEach((cluster, names) -> voters.put(cluster, names.size()));
        return voters;
    }
}
