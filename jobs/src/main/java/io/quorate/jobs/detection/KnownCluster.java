package io.quorate.jobs.detection;

import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What conditions keep of one cluster; a Flink POJO, as it is keyed state. */
public class KnownCluster {

    public @Nullable String clusterId;
    public Map<String, String> labels = new HashMap<>();

    /** Names of those that belong; empty while no member list is known. */
    public List<String> roster = new ArrayList<>();

    /** Of those, who has no vote. */
    public List<String> learners = new ArrayList<>();

    /** Voting members; 0 while no member list is known. */
    public int voters;

    public Instant rosterAt = Instant.EPOCH;

    /** Rosters and coverages whose time has not come. */
    public List<Heard> news = new ArrayList<>();

    /** The end of the windows that were judged last. */
    public Instant judgedAt = Instant.EPOCH;
}
