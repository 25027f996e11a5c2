package io.quorate.sinks.clickhouse;

import java.io.Serializable;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A column of a table: its name, how a row fills it, and what ClickHouse would refuse or silently mangle there. Texts are
 * never null in the tables: absent is empty.
 *
 * @param value as the JDBC driver takes it; times only as Instant, the one type that no time zone shifts
 * @param check what is wrong with a value; null when nothing is
 */
record Column<R>(String name, Of<R, @Nullable Object> value, Of<@Nullable Object, @Nullable String> check)
        implements Serializable {

    static final long UINT16 = 0xFFFFL;
    static final long UINT32 = 0xFFFF_FFFFL;

    private static final Instant FIRST_TIME = Instant.parse("1900-01-01T00:00:00Z");
    private static final Instant LAST_TIME = Instant.parse("2299-12-31T23:59:59.999Z");

    /** A question asked of a row; serializable, as it travels with jobs. */
    interface Of<R extends @Nullable Object, V extends @Nullable Object> extends Function<R, V>, Serializable {}

    static <R> Column<R> text(String name, Of<R, @Nullable String> value) {
        return new Column<>(
                name,
                row -> {
                    String text = value.apply(row);
                    return text == null ? "" : text;
                },
                text -> null);
    }

    /** An enum's constant, in lower case. */
    static <R> Column<R> word(String name, Of<R, Enum<?>> value) {
        return new Column<>(name, row -> value.apply(row).name().toLowerCase(Locale.ROOT), word -> null);
    }

    static <R> Column<R> truth(String name, Of<R, Boolean> value) {
        return new Column<>(name, value::apply, truth -> null);
    }

    static <R> Column<R> time(String name, Of<R, Instant> value) {
        return new Column<>(name, value::apply, time -> problemOf((Instant) time));
    }

    /** Unsigned; up to the largest long, though the table could hold more. */
    static <R> Column<R> whole(String name, Of<R, @Nullable Number> value) {
        return wholeUpTo(Long.MAX_VALUE, name, value);
    }

    static <R> Column<R> wholeUpTo(long most, String name, Of<R, @Nullable Number> value) {
        return new Column<>(
                name,
                row -> {
                    Number number = value.apply(row);
                    return number == null ? null : (Object) number.longValue();
                },
                number -> number == null || ((Long) number >= 0 && (Long) number <= most)
                        ? null
                        : number + ", expected 0 to " + most);
    }

    /** A finite number, or null where the table allows it. */
    static <R> Column<R> real(String name, Of<R, @Nullable Double> value) {
        return new Column<>(
                name,
                value::apply,
                number -> number == null || Double.isFinite((Double) number) ? null : number + ", expected a number");
    }

    /** Any numbers, NaN too: a quantile of a histogram without edges is none. */
    static <R> Column<R> reals(String name, Of<R, double[]> value) {
        return new Column<>(name, value::apply, numbers -> null);
    }

    static <R> Column<R> wholes(String name, Of<R, long[]> value) {
        return new Column<>(name, value::apply, numbers -> {
            for (long number : numbers == null ? new long[0] : (long[]) numbers) {
                if (number < 0) {
                    return "holds " + number + ", expected 0 or more";
                }
            }
            return null;
        });
    }

    static <R> Column<R> texts(String name, Of<R, List<String>> value) {
        return new Column<>(name, value::apply, texts -> null);
    }

    static <R> Column<R> truths(String name, Of<R, List<Boolean>> value) {
        return new Column<>(name, value::apply, truths -> null);
    }

    static <R> Column<R> times(String name, Of<R, List<Instant>> value) {
        return new Column<>(name, value::apply, times -> {
            for (Object time : times == null ? List.of() : (List<?>) times) {
                String problem = problemOf((Instant) time);
                if (problem != null) {
                    return problem;
                }
            }
            return null;
        });
    }

    static <R> Column<R> labels(String name, Of<R, Map<String, String>> value) {
        return new Column<>(name, value::apply, labels -> null);
    }

    /** The column's name and what is wrong in it; null when nothing is. */
    @Nullable
    String problem(R row) {
        String problem = check.apply(value.apply(row));
        return problem == null ? null : name + ": " + problem;
    }

    private static @Nullable String problemOf(@Nullable Instant time) {
        return time == null || !(time.isBefore(FIRST_TIME) || time.isAfter(LAST_TIME))
                ? null
                : time + ", expected a time from " + FIRST_TIME + " to " + LAST_TIME;
    }
}
