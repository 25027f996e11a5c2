package io.quorate.ingest.discovery;

import java.util.List;
import java.util.Map;

/** Targets that the settings name themselves. */
public record ListedGroups(List<String> targets) implements Groups {

    private static final long serialVersionUID = 1;

    public ListedGroups {
        targets = List.copyOf(targets);
    }

    @Override
    public String name() {
        return "targets " + String.join(" ", targets);
    }

    @Override
    public List<Group> find(List<String> problems) {
        return List.of(new Group(targets, Map.of()));
    }
}
