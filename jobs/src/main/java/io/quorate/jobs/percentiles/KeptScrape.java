package io.quorate.jobs.percentiles;

import io.quorate.events.MemberScrape;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A {@link MemberScrape} as state holds it; a Flink POJO.
 *
 * @param series packed by the {@link SeriesBook} of its key
 */
public record KeptScrape(
        String cluster,
        @Nullable String clusterId,
        String member,
        @Nullable String memberId,
        String source,
        Instant observedAt,
        Instant ingestedAt,
        @Nullable Double processStartSeconds,
        @Nullable String failure,
        byte[] series) {

    static KeptScrape of(MemberScrape scrape, SeriesBook book) throws Exception {
        return new KeptScrape(
                scrape.cluster(),
                scrape.clusterId(),
                scrape.member(),
                scrape.memberId(),
                scrape.source(),
                scrape.observedAt(),
                scrape.ingestedAt(),
                scrape.processStartSeconds(),
                scrape.failure(),
                book.pack(scrape));
    }

    MemberScrape scrape(SeriesBook book) throws Exception {
        SeriesBook.Unpacking read = book.scrape(series);
        return new MemberScrape(
                cluster,
                clusterId,
                member,
                memberId,
                source,
                observedAt,
                ingestedAt,
                processStartSeconds,
                failure,
                read.histograms(),
                read.samples(),
                read.samples());
    }
}
