package io.quorate.jobs.percentiles;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A {@link Part} of a known whole and window as state holds it; a Flink POJO.
 *
 * @param series packed by the {@link SeriesBook} of its key
 */
public record KeptPart(
        String part,
        @Nullable String cluster,
        @Nullable String clusterId,
        int members,
        boolean gap,
        int version,
        byte[] series) {

    public KeptPart {
        Objects.requireNonNull(part, "part");
        Objects.requireNonNull(series, "series");
    }

    static KeptPart of(Part part, SeriesBook book) throws Exception {
        return new KeptPart(
                part.part(),
                part.cluster(),
                part.clusterId(),
                part.members(),
                part.gap(),
                part.version(),
                book.pack(part.measures()));
    }
}
