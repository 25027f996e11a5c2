package io.quorate.jobs.detection;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What conditions keep of one cluster; a Flink POJO, as it is keyed state. */
public class KnownCluster {

    private static final int NEWS_AT_MOST = 60;

    public @Nullable String clusterId;
    public Map<String, String> labels = new HashMap<>();

    /** Names of those that belong; empty while no member list is known. */
    public List<String> roster = new ArrayList<>();

    /** Of those, who has no vote. */
    public List<String> learners = new ArrayList<>();

    /** Voting members; 0 while no member list is known. */
    public int voters;

    public Instant rosterAt = Instant.EPOCH;

    /** Rosters and coverages whose time has not come, at most {@link #NEWS_AT_MOST} of each subject. */
    public List<Heard> news = new ArrayList<>();

    /** The end of the windows that were judged last. */
    public Instant judgedAt = Instant.EPOCH;

    /**
     * Keeps a roster or coverage until its time comes. Of those of one step the newest is enough; older ones stay, as what is
     * judged before must not know what came after, however early it was heard.
     */
    void hear(Heard heard, Duration step) {
        List<Heard> ofItsStep = news.stream()
                .filter(other -> stepOf(other, step).equals(stepOf(heard, step)))
                .toList();
        if (ofItsStep.stream()
                .anyMatch(other -> heard.isAbout(other) && heard.observedAt().isBefore(other.observedAt()))) {
            return;
        }
        ofItsStep.stream().filter(other -> other.isAbout(heard)).forEach(news::remove);
        news.add(heard);
        List<Heard> same = news.stream()
                .filter(other -> other.isAbout(heard) || heard.isAbout(other))
                .sorted(Comparator.comparing(Heard::observedAt))
                .toList();
        // Where no window comes that would ask for them.
        same.stream().limit(Math.max(0, same.size() - NEWS_AT_MOST)).forEach(news::remove);
    }

    /** The first moment at which it can be heard. */
    private static Instant stepOf(Heard heard, Duration step) {
        long millis = step.toMillis();
        return Instant.ofEpochMilli(Math.floorDiv(heard.observedAt().toEpochMilli() + millis - 1, millis) * millis);
    }
}
