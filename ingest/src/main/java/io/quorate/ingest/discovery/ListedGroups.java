package io.quorate.ingest.discovery;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Targets that the settings name themselves. */
public final class ListedGroups implements Groups {

    private static final long serialVersionUID = 1;

    private final ArrayList<String> targets;

    public ListedGroups(List<String> targets) {
        this.targets = new ArrayList<>(targets);
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
