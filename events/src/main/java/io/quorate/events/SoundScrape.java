package io.quorate.events;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A scrape without what cannot be counted, whoever wrote it: one number that is none would make every sum that it enters
 * none, up to the fleet's, and one count that is too large would fail the job that adds it.
 *
 * @param scrape what is left, which is the scrape itself when nothing is left out
 * @param leftOut what is not there any more and why, in words for people
 */
public record SoundScrape(MemberScrape scrape, List<String> leftOut) {

    /** Far beyond anything that is measured; sums of any number of such are numbers still. */
    private static final double LARGEST = 1e100;

    /** Of observations in a bucket: a million in a second for nine years. */
    private static final long MOST = 1L << 48;

    private static final double LATEST_START = 1e10;

    public SoundScrape {
        Objects.requireNonNull(scrape, "scrape");
        Objects.requireNonNull(leftOut, "leftOut");
    }

    /** This one, checked series by series. Of a series that is there twice the first counts. */
    public static SoundScrape of(MemberScrape scrape) {
        List<String> leftOut = new ArrayList<>();
        List<Histogram> histograms = sound(
                scrape.histograms(), one -> name(one.metric(), one.labels()), one -> problem(one.vector()), leftOut);
        List<Sample> counters = sound(
                scrape.counters(),
                one -> name(one.metric(), one.labels()),
                one -> one.value() >= 0 && one.value() <= LARGEST ? null : "a counter cannot be " + one.value(),
                leftOut);
        List<Sample> gauges = sound(
                scrape.gauges(),
                one -> name(one.metric(), one.labels()),
                one -> Math.abs(one.value()) <= LARGEST ? null : "a gauge cannot be " + one.value(),
                leftOut);
        Double start = scrape.processStartSeconds();
        if (start != null && !(start > 0 && start <= LATEST_START)) {
            leftOut.add("processStartSeconds: no process starts at " + start);
            start = null;
        }
        return leftOut.isEmpty()
                ? new SoundScrape(scrape, List.of())
                : new SoundScrape(
                        new MemberScrape(
                                scrape.cluster(),
                                scrape.clusterId(),
                                scrape.member(),
                                scrape.memberId(),
                                scrape.source(),
                                scrape.observedAt(),
                                scrape.ingestedAt(),
                                start,
                                scrape.failure(),
                                histograms,
                                counters,
                                gauges),
                        List.copyOf(leftOut));
    }

    private static <S> List<S> sound(
            List<S> all, Function<S, String> name, Function<S, @Nullable String> check, List<String> leftOut) {
        Set<String> seen = new HashSet<>();
        List<S> sound = new ArrayList<>(all.size());
        for (S one : all) {
            String problem = check.apply(one);
            if (problem == null && !seen.add(name.apply(one))) {
                problem = "twice in one scrape, the first one counts";
            }
            if (problem == null) {
                sound.add(one);
            } else {
                leftOut.add(name.apply(one) + ": " + problem);
            }
        }
        return sound;
    }

    private static @Nullable String problem(BucketVector vector) {
        if (!(Math.abs(vector.sum()) <= LARGEST)) {
            return "the sum of observations cannot be " + vector.sum();
        }
        for (long count : vector.counts()) {
            if (count > MOST) {
                return "a bucket cannot hold " + count + " observations";
            }
        }
        return null;
    }

    private static String name(String metric, String labels) {
        return metric + (labels.isEmpty() ? "" : "{" + labels + "}");
    }
}
