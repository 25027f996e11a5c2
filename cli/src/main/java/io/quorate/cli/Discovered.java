package io.quorate.cli;

import io.quorate.ingest.poll.Discovery;
import io.quorate.ingest.poll.Found;
import io.quorate.ingest.poll.Target;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/** Whom one place of discovery names when it is asked as ingest asks it, and what is wrong there. */
record Discovered(List<Target> targets, List<Finding> findings) {

    /** As ingest calls what a place cannot tell, in its dead letters. */
    private static final String REASON = "discovery";

    private static final int NAMED = 3;
    /** Of a place, as one may list hundreds of targets. */
    private static final int SHOWN_CHARACTERS = 100;

    /**
     * Looks there.
     *
     * @param part of the settings: {@code metrics} or {@code etcd}
     */
    static Discovered at(Discovery place, String part) {
        try {
            Found found = place.find();
            List<Finding> findings = new ArrayList<>();
            String whom = found(found.targets());
            if (found.targets().isEmpty()) {
                findings.add(Finding.miss(
                                part,
                                name(place) + " names nobody; expected at least one target: check ingest." + part
                                        + " and what stands there")
                        .because(REASON));
            } else {
                findings.add(Finding.ok(part, name(place) + ": " + whom));
            }
            found.problems()
                    .forEach(problem -> findings.add(
                            Finding.note(part, name(place) + ": " + problem).because(REASON)));
            return new Discovered(found.targets(), findings);
        } catch (IOException e) {
            return untold(place, part, Finding.plain(e));
        }
    }

    /** A place that tells nothing. */
    static Discovered untold(Discovery place, String part, String why) {
        return new Discovered(
                List.of(),
                List.of(Finding.miss(
                                part,
                                name(place) + " cannot be read: " + why + "; nobody of it is polled until it can: check"
                                        + " ingest." + part)
                        .because(REASON)));
    }

    /** Those that ingest asks as an earlier entry has them, and not as this one does. */
    static List<Finding> twice(Discovery place, String part, Collection<String> ids) {
        return ids.isEmpty()
                ? List.of()
                : List.of(Finding.note(
                                part,
                                name(place) + ": " + ids.size() + " targets were found twice, the first counts: "
                                        + String.join(
                                                ", ", ids.stream().limit(NAMED).toList())
                                        + (ids.size() > NAMED ? ", ..." : ""))
                        .because(REASON));
    }

    private static String found(List<Target> targets) {
        long clusters = targets.stream()
                .map(target -> target.labels().getOrDefault("cluster", ""))
                .distinct()
                .count();
        int addresses =
                targets.stream().mapToInt(target -> target.addresses().size()).sum();
        return addresses
                + (addresses == 1 ? " member of " : " members of ")
                + clusters
                + (clusters == 1 ? " cluster" : " clusters");
    }

    private static String name(Discovery place) {
        String name = place.name();
        return name.length() <= SHOWN_CHARACTERS ? name : name.substring(0, SHOWN_CHARACTERS) + "...";
    }
}
