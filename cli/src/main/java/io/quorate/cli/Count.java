package io.quorate.cli;

import java.util.List;

/** How many of a fleet there was time to ask. */
record Count(int asked, int all) {

    static final Count NONE = new Count(0, 0);

    Count plus(boolean wasAsked) {
        return new Count(asked + (wasAsked ? 1 : 0), all + 1);
    }

    Count plus(Count other) {
        return new Count(asked + other.asked, all + other.all);
    }

    /**
     * In words, where not all were asked; nothing else needs to be said.
     *
     * @param seconds that there were
     */
    List<Finding> told(String part, long seconds) {
        return asked == all
                ? List.of()
                : List.of(Finding.note(
                                part,
                                "only " + asked + " of " + all + " members were asked within " + seconds
                                        + " s; nothing is said of the others: ask again when fewer hang, or check a"
                                        + " part of the fleet by settings of its own")
                        .because("not-asked"));
    }
}
