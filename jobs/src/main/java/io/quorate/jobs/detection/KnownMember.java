package io.quorate.jobs.detection;

import io.quorate.events.Coverage.Missing;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What conditions keep of one member; a Flink POJO, as it is keyed state. */
public class KnownMember {

    public @Nullable String memberId;
    public Instant heardAt = Instant.EPOCH;

    /** The end of the last window that is kept: its own, or one in which it was silent. */
    public Instant listenedAt = Instant.EPOCH;

    /** By a meter's key, the newest last. */
    public Map<String, List<Slot>> kept = new HashMap<>();

    /** Of the window that was judged last: whether the member was scraped, and which metrics it showed. */
    public boolean up;

    public List<String> shown = new ArrayList<>();

    /** By metric, what the newest coverage says that it lacks. */
    public Map<String, Missing> missing = new HashMap<>();

    public Instant coveredAt = Instant.EPOCH;
}
