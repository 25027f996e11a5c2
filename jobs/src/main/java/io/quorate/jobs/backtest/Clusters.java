package io.quorate.jobs.backtest;

import java.io.Serializable;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Which clusters a replay hears of.
 *
 * @param names in which {@code *} stands for any text and {@code ?} for any character; none for all clusters
 */
public record Clusters(Set<String> names) implements Serializable {

    public static final Clusters ALL = new Clusters(Set.of());

    public Clusters {
        names = new TreeSet<>(names);
    }

    public static Clusters named(String... names) {
        return new Clusters(Set.of(names));
    }

    /** Whether this one is among them. */
    public boolean has(String cluster) {
        return names.isEmpty() || pattern().matcher(cluster).matches();
    }

    /** The same as one regular expression, for who asks of many. */
    public Pattern pattern() {
        return Pattern.compile(
                names.isEmpty()
                        ? ".*"
                        : names.stream().map(Clusters::expression).collect(Collectors.joining("|")),
                Pattern.DOTALL);
    }

    private static String expression(String name) {
        StringBuilder expression = new StringBuilder();
        name.codePoints().forEach(character -> {
            switch (character) {
                case '*' -> expression.append(".*");
                case '?' -> expression.append('.');
                default -> expression.append(Pattern.quote(Character.toString(character)));
            }
        });
        return expression.toString();
    }
}
