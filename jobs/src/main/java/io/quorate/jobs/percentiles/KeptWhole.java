package io.quorate.jobs.percentiles;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * The parts of one window of a whole that are known, as state holds them; a Flink POJO.
 *
 * @param parts in order of their names: sums of floating point numbers depend on it
 * @param version of the sum that was told last; 0 when none was since the window closed
 * @param untold whether a part came that no sum told of
 */
public record KeptWhole(List<KeptPart> parts, int version, boolean untold) {

    static final KeptWhole NOTHING = new KeptWhole(List.of(), 0, false);

    public KeptWhole {
        parts = parts == null ? List.of() : parts;
    }

    /** With this part in the place of an earlier one of its name. */
    KeptWhole with(KeptPart part) {
        List<KeptPart> all = new ArrayList<>(parts.size() + 1);
        parts.stream().filter(other -> !other.part().equals(part.part())).forEach(all::add);
        all.add(part);
        all.sort(Comparator.comparing(KeptPart::part));
        return new KeptWhole(all, version, true);
    }

    /** After a sum of this version was told. */
    KeptWhole told(int newVersion) {
        return new KeptWhole(parts, newVersion, false);
    }
}
