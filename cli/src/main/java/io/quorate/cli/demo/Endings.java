package io.quorate.cli.demo;

import io.quorate.sinks.clickhouse.Verification;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.OptionalDouble;
import org.jspecify.annotations.Nullable;

/** What a demo came down to, at its own end or when somebody ended it sooner. */
final class Endings {

    private Endings() {}

    /** The recomputing included. */
    static List<String> summary(Scene scene, Verification verification, List<String> failings) {
        List<String> lines = new ArrayList<>();
        if (scene.plan().stalls().isEmpty()) {
            lines.add(Plan.TOO_SHORT);
        } else {
            lines.addAll(happened(scene));
        }
        lines.add("Recomputed in ClickHouse, in SQL alone:");
        verification.checks().forEach(check -> lines.add("  " + check));
        failings.forEach(failing -> lines.add("It did not hold: " + failing));
        if (failings.isEmpty()) {
            lines.add(held(scene));
        }
        return lines;
    }

    /** Only what there was to hold. */
    private static String held(Scene scene) {
        List<String> held = new ArrayList<>();
        if (!scene.stories().isEmpty()) {
            held.add("every leader change was seen");
        }
        if (!scene.pages().isEmpty()) {
            held.add("every alert paged");
        }
        held.add("every number recomputed equal");
        String sentence = String.join(", ", held);
        return sentence.substring(0, 1).toUpperCase(Locale.ROOT) + sentence.substring(1) + ".";
    }

    /**
     * Until somebody ended it.
     *
     * @param scene null when it was not ready
     */
    static List<String> stopped(@Nullable Scene scene) {
        if (scene == null) {
            return List.of("Stopped while starting.");
        }
        String after = Times.seconds(Duration.between(scene.readyAt(), Instant.now()));
        if (scene.faults().isEmpty() && scene.stories().isEmpty()) {
            return List.of("Stopped " + after + " after ready, before the first fault.");
        }
        List<String> lines = new ArrayList<>();
        lines.add("Stopped " + after + " after ready; until then:");
        lines.addAll(happened(scene));
        return lines;
    }

    private static List<String> happened(Scene scene) {
        List<String> lines = new ArrayList<>();
        lines.add("Done: stalled the leader " + scene.stalls() + (scene.stalls() == 1 ? " time" : " times"));
        for (Fault fault : scene.slowDisks()) {
            lines.add("Done: slowed the disk of " + fault.member() + ", from " + Times.clock(fault.from())
                    + (fault.lasts() ? " on" : " to " + Times.clock(fault.to())));
        }
        scene.skipped().forEach((step, reason) -> lines.add("Skipped: " + step + ": " + reason));
        lines.add("Seen: " + scene.seen() + " of " + scene.stories().size() + " leader changes" + slowest(scene) + "; "
                + scene.view().windows() + " windows");
        lines.add(scene.pages().isEmpty() ? "Paged: nothing" : "Paged:");
        scene.pages()
                .forEach(notice -> lines.add("  " + notice.sentence(scene.faults()) + "  id "
                        + notice.page().id()));
        return lines;
    }

    private static String slowest(Scene scene) {
        OptionalDouble slowest = scene.stories().stream()
                .map(Story::seconds)
                .filter(Objects::nonNull)
                .mapToDouble(Double::doubleValue)
                .max();
        return slowest.isPresent() ? ", the slowest %.1f s after its election".formatted(slowest.getAsDouble()) : "";
    }
}
