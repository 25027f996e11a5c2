package io.quorate.rules;

import java.io.Serializable;
import java.time.DayOfWeek;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalTime;
import java.time.ZoneOffset;
import java.time.temporal.TemporalAdjusters;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * A time in which somebody works on some clusters: alerts of theirs that begin in it notify nobody while it lasts.
 *
 * @param name its own
 * @param where by label of the cluster, the value it must have; {@code cluster} stands for the name
 */
public record Maintenance(String name, Map<String, String> where, Span span) implements Serializable {

    /** Once, or again and again. */
    public sealed interface Span extends Serializable permits Once, Weekly {

        /** When the time that this moment lies in ends; null when it lies in none. */
        @Nullable
        Instant endOf(Instant moment);
    }

    /** From one moment to another, which is no part of it. */
    public record Once(Instant from, Instant to) implements Span {

        public Once {
            if (!from.isBefore(to)) {
                throw new IllegalArgumentException("'to' is not after 'from'; expected the later moment");
            }
        }

        @Override
        public @Nullable Instant endOf(Instant moment) {
            return moment.isBefore(from) || !moment.isBefore(to) ? null : to;
        }
    }

    /** Every week, in UTC; a {@code to} that is earlier than {@code from} is on the next day. */
    public record Weekly(DayOfWeek day, LocalTime from, LocalTime to) implements Span {

        public Weekly {
            if (from.equals(to)) {
                throw new IllegalArgumentException("it ends when it begins; expected two different times");
            }
        }

        @Override
        public @Nullable Instant endOf(Instant moment) {
            LocalDate began = moment.atOffset(ZoneOffset.UTC).toLocalDate().with(TemporalAdjusters.previousOrSame(day));
            Instant end = endOf(began, moment);
            // On its own day it may still be last week's that lasts.
            return end == null ? endOf(began.minusWeeks(1), moment) : end;
        }

        private @Nullable Instant endOf(LocalDate began, Instant moment) {
            LocalDate ends = to.isAfter(from) ? began : began.plusDays(1);
            return new Once(
                            began.atTime(from).toInstant(ZoneOffset.UTC),
                            ends.atTime(to).toInstant(ZoneOffset.UTC))
                    .endOf(moment);
        }
    }

    public Maintenance {
        where = new TreeMap<>(where);
    }

    /** When it ends for this cluster, if it is on at that moment; null otherwise. */
    public @Nullable Instant endFor(String cluster, Map<String, String> labels, Instant moment) {
        boolean takes = where.entrySet().stream()
                .allMatch(label -> label.getKey().equals(RuleOverride.CLUSTER)
                        ? label.getValue().equals(cluster)
                        : label.getValue().equals(labels.get(label.getKey())));
        return takes ? span.endOf(moment) : null;
    }
}
