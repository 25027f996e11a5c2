package io.quorate.jobs.backtest;

import io.quorate.events.ClusterRoster;
import io.quorate.events.Control;
import io.quorate.events.Coverage;
import io.quorate.events.MemberScrape;
import io.quorate.events.MemberStatus;
import io.quorate.events.MemberWindow;
import io.quorate.events.codec.Topic;
import io.quorate.jobs.kafka.KafkaSettings;
import io.quorate.jobs.kafka.KafkaUnreachable;
import io.quorate.jobs.kafka.TopicReplay;
import io.quorate.jobs.kafka.TopicReplay.Told;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What lies in Kafka's topics: {@code member-window} or {@code member-scrape}, {@code member-status}, {@code cluster-roster},
 * {@code coverage} and {@code control}, in the order of {@link TopicReplay}. What was delivered twice is heard twice, as it
 * was live.
 *
 * @param window the size of the base windows, the only ones that are heard; null where windows are made of scrapes
 * @param disorder how far in event time neighbours of a partition may be apart, as the live jobs allow it
 */
public record TopicHistory(
        KafkaSettings kafka, Grain grain, @Nullable Duration window, Duration disorder, Clusters clusters)
        implements History {

    private static final long serialVersionUID = 1;

    /** As {@code DetectionJob} reads its topics. */
    private static final Duration OF_DETECTION = Duration.ofSeconds(1);

    /** Told every ten minutes while its member is known, which is so for a day. */
    private static final Map<Topic<?>, Duration> LOOK_BACK = Map.of(Topic.COVERAGE, Duration.ofDays(1));

    public TopicHistory {
        Objects.requireNonNull(kafka, "kafka");
        Objects.requireNonNull(clusters, "clusters");
        if ((grain == Grain.WINDOWS) != (window != null)) {
            throw new IllegalArgumentException("the size of the base windows is told where windows are read");
        }
    }

    /** Hears the windows that were made live, of which those of this size are the base windows. */
    public static TopicHistory ofWindows(KafkaSettings kafka, Duration window, Clusters clusters) {
        return new TopicHistory(kafka, Grain.WINDOWS, window, OF_DETECTION, clusters);
    }

    /**
     * Hears the scrapes, of which windows are to be made anew.
     *
     * @param disorder as {@code PercentilesJob} waits for scrapes: a poll's interval and some seconds
     */
    public static TopicHistory ofScrapes(KafkaSettings kafka, Duration disorder, Clusters clusters) {
        return new TopicHistory(kafka, Grain.SCRAPES, null, disorder, clusters);
    }

    @Override
    public Set<Kind> tells() {
        return EnumSet.allOf(Kind.class);
    }

    /** Nothing but what Kafka has deleted, which {@link TopicReader#lost()} tells once it is open. */
    @Override
    public List<String> lacks() {
        return List.of();
    }

    @Override
    public TopicReader open(Instant since) throws IOException {
        Topic<?> measured = grain == Grain.WINDOWS ? Topic.MEMBER_WINDOW : Topic.MEMBER_SCRAPE;
        List<Topic<?>> topics =
                List.of(measured, Topic.MEMBER_STATUS, Topic.CLUSTER_ROSTER, Topic.COVERAGE, Topic.CONTROL);
        try {
            return new TopicReader(TopicReplay.open(kafka, topics, since, LOOK_BACK), since, window, clusters);
        } catch (KafkaUnreachable e) {
            throw new IOException(e.getMessage(), e);
        }
    }

    /** Reads forward as far as its chunks need. */
    public static final class TopicReader implements Reader {

        private final TopicReplay replay;
        private final Instant since;
        private final @Nullable Duration window;
        private final boolean ofAll;
        private final Pattern clusters;
        private boolean begun;

        private TopicReader(TopicReplay replay, Instant since, @Nullable Duration window, Clusters clusters) {
            this.replay = replay;
            this.since = since;
            this.window = window;
            this.ofAll = clusters.names().isEmpty();
            this.clusters = clusters.pattern();
        }

        /**
         * Of each cluster the last list of its members and the last that told of its labels alone, of each member the last
         * coverage, and all controls, of what was heard before; in the order in which they were heard. To be asked for before
         * any chunk.
         */
        @Override
        public List<Happened> standing() throws IOException {
            if (begun) {
                throw new IllegalStateException("what was said before is passed by; ask for it first");
            }
            begun = true;
            Map<List<?>, Happened> last = new LinkedHashMap<>();
            each(since, one -> {
                List<?> about = about(one);
                if (about != null) {
                    // The order is that of the last, not of the first that was said.
                    last.remove(about);
                    last.put(about, one);
                }
            });
            return List.copyOf(last.values());
        }

        @Override
        public List<Happened> chunk(Instant from, Instant to) throws IOException {
            if (!begun) {
                begun = true;
                each(from, one -> {});
            }
            List<Happened> chunk = new ArrayList<>();
            each(to, chunk::add);
            return chunk;
        }

        /** How many records so far were not their topic's event, and are left out, as the live jobs left them out. */
        public long unreadable() {
            return replay.unreadable();
        }

        /** What Kafka has deleted of what was to be heard, a sentence each, as far as it is known by now. */
        @Override
        public List<String> lost() {
            return replay.lost();
        }

        @Override
        public void close() {
            replay.close();
        }

        private void each(Instant before, Heard heard) throws IOException {
            try {
                for (Told<?> told = replay.next(before); told != null; told = replay.next(before)) {
                    Happened happened = happened(told.event());
                    if (happened != null && isOfThese(happened.cluster())) {
                        heard.take(happened);
                    }
                }
            } catch (KafkaUnreachable e) {
                throw new IOException(e.getMessage(), e);
            }
        }

        private boolean isOfThese(@Nullable String cluster) {
            return cluster == null || ofAll || clusters.matcher(cluster).matches();
        }

        private @Nullable Happened happened(Object event) {
            if (event instanceof MemberWindow one) {
                boolean isBase =
                        Duration.between(one.windowStart(), one.windowEnd()).equals(window);
                return isBase ? Happened.of(one) : null;
            }
            if (event instanceof MemberStatus status) {
                return Happened.of(status);
            }
            if (event instanceof MemberScrape scrape) {
                return Happened.of(scrape);
            }
            if (event instanceof ClusterRoster roster) {
                return Happened.of(roster);
            }
            if (event instanceof Coverage coverage) {
                return Happened.of(coverage);
            }
            return event instanceof Control control ? Happened.of(control) : null;
        }

        /** What something later of the same replaces; null of what is over when it is said. */
        private static @Nullable List<?> about(Happened happened) {
            ClusterRoster roster = happened.roster();
            if (roster != null) {
                return List.of("roster", roster.cluster(), roster.tellsMembers());
            }
            Coverage coverage = happened.coverage();
            if (coverage != null) {
                return List.of("coverage", coverage.cluster(), coverage.member());
            }
            Control control = happened.control();
            // What was tried in shadow stands beside what is active: which of them counts is for who hears all.
            return control == null ? null : List.of("control", control);
        }

        /** Who is handed what was heard. */
        private interface Heard {
            void take(Happened happened);
        }
    }
}
