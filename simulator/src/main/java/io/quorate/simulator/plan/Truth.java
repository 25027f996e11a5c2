package io.quorate.simulator.plan;

import java.util.ArrayList;
import java.util.List;

/** What was done to one cluster, when it was done. */
public final class Truth {

    /**
     * Something planned that happened.
     *
     * @param at microseconds since the cluster's beginning
     * @param event {@code fault_start}, {@code fault_end} or, of a moment, {@code fault}
     * @param members by name; none where it is about the whole cluster
     */
    public record Event(long at, String event, String fault, List<String> members) {}

    private final List<Event> events = new ArrayList<>();

    void add(long at, String event, FaultKind fault, List<String> members) {
        events.add(new Event(at, event, fault.word(), members));
    }

    public List<Event> events() {
        return List.copyOf(events);
    }
}
