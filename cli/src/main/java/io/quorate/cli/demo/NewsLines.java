package io.quorate.cli.demo;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Without a terminal: a line for each thing that happens, once. */
final class NewsLines {

    private final Set<String> told = new HashSet<>();

    /** Those that were not told before. */
    List<String> newOf(Scene scene) {
        List<String> lines = new ArrayList<>();
        scene.faults().forEach(fault -> lines.addAll(of(fault)));
        scene.skipped().forEach((step, reason) -> lines.add("Skipped " + step + ": " + reason));
        scene.stories().stream().filter(story -> story.observedAt() != null).forEach(story -> lines.add(of(story)));
        scene.pages()
                .forEach(notice ->
                        lines.add(Times.clock(notice.page().deliveredAt()) + "  " + notice.sentence(scene.faults())));
        return lines.stream().filter(told::add).toList();
    }

    private static List<String> of(Fault fault) {
        String from = Times.clock(fault.from());
        if (fault.kind() == Fault.Kind.STALLED_LEADER) {
            return List.of(from + "  stalled " + fault.member() + ", the leader");
        }
        String slowed = from + "  slowed the disk of " + fault.member() + ", a follower: each fsync waits "
                + Faults.DELAY.toMillis() + " ms more";
        return fault.lasts()
                ? List.of(slowed)
                : List.of(slowed, Times.clock(fault.to()) + "  the disk of " + fault.member() + " is quick again");
    }

    private static String of(Story story) {
        return Times.clock(story.observedAt()) + "  saw the leader change " + story.from() + " -> " + story.to()
                + ", term " + story.term() + ", " + Times.plus(story.electedAt(), story.observedAt())
                + " after the election";
    }
}
