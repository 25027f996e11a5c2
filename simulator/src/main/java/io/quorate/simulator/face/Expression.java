package io.quorate.simulator.face;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The little of PromQL beyond selectors that the product asks in instant queries: {@code count}, {@code max} and {@code sum},
 * by labels or of all, {@code topk}, one division, and one comparison with a number.
 */
final class Expression {

    private static final Pattern COMPARED =
            Pattern.compile("(.*[)}\\w])\\s*(==|!=|>=|<=|>|<)\\s*([0-9.eE+-]+)\\s*", Pattern.DOTALL);
    private static final Pattern DIVIDED = Pattern.compile("(.*\\))\\s*/\\s*((?:count|max|sum)\\b.*)", Pattern.DOTALL);
    private static final Pattern AGGREGATED =
            Pattern.compile("\\s*(count|max|sum)\\s*(?:by\\s*\\(([^)]*)\\))?\\s*\\((.*)\\)\\s*", Pattern.DOTALL);
    private static final Pattern TOPK =
            Pattern.compile("\\s*topk\\s*\\(\\s*([0-9]{1,5})\\s*,(.*)\\)\\s*", Pattern.DOTALL);

    /** Takes each series that a selector chooses, with its value now. */
    interface Taker {
        void take(Map<String, String> labels, double value);
    }

    /** Where selectors find their series. */
    interface Series {
        void each(Selector selector, Taker taker) throws IOException;
    }

    private final Series series;

    Expression(Series series) {
        this.series = series;
    }

    /** Whether this is more than a selector. */
    static boolean is(String query) {
        return COMPARED.matcher(query).matches()
                || AGGREGATED.matcher(query).matches()
                || TOPK.matcher(query).matches();
    }

    /**
     * The vector that the query gives, by labels.
     *
     * @throws IllegalArgumentException when it is not understood
     */
    Map<Map<String, String>, Double> vector(String query) throws IOException {
        Matcher compared = COMPARED.matcher(query);
        if (compared.matches()) {
            Map<Map<String, String>, Double> vector = vector(compared.group(1));
            double bound = Double.parseDouble(compared.group(3));
            vector.values().removeIf(value -> !holds(value, compared.group(2), bound));
            return vector;
        }
        Matcher divided = DIVIDED.matcher(query);
        if (divided.matches()) {
            Map<Map<String, String>, Double> by = vector(divided.group(2));
            Map<Map<String, String>, Double> vector = new LinkedHashMap<>();
            vector(divided.group(1)).forEach((labels, value) -> {
                Double divisor = by.get(labels);
                if (divisor != null) {
                    vector.put(labels, value / divisor);
                }
            });
            return vector;
        }
        Matcher topk = TOPK.matcher(query);
        if (topk.matches()) {
            return largest(vector(topk.group(2)), Integer.parseInt(topk.group(1)));
        }
        Matcher aggregated = AGGREGATED.matcher(query);
        if (aggregated.matches()) {
            String by = aggregated.group(2) == null ? "" : aggregated.group(2);
            List<String> labels = Arrays.stream(by.split(","))
                    .map(String::strip)
                    .filter(name -> !name.isEmpty())
                    .toList();
            return aggregate(aggregated.group(1), labels, vector(aggregated.group(3)));
        }
        Map<Map<String, String>, Double> vector = new LinkedHashMap<>();
        series.each(Selector.parse(query), vector::put);
        return vector;
    }

    private static Map<Map<String, String>, Double> aggregate(
            String function, List<String> by, Map<Map<String, String>, Double> vector) {
        Map<Map<String, String>, Double> groups = new LinkedHashMap<>();
        vector.forEach((labels, value) -> {
            Map<String, String> group = new TreeMap<>();
            for (String label : by) {
                if (labels.containsKey(label)) {
                    group.put(label, labels.get(label));
                }
            }
            groups.merge(
                    group, function.equals("count") ? 1 : value, function.equals("max") ? Double::max : Double::sum);
        });
        return groups;
    }

    private static Map<Map<String, String>, Double> largest(Map<Map<String, String>, Double> vector, int most) {
        List<Map.Entry<Map<String, String>, Double>> sorted = new ArrayList<>(vector.entrySet());
        sorted.sort(Map.Entry.<Map<String, String>, Double>comparingByValue().reversed());
        Map<Map<String, String>, Double> largest = new LinkedHashMap<>();
        sorted.stream().limit(most).forEach(entry -> largest.put(entry.getKey(), entry.getValue()));
        return largest;
    }

    private static boolean holds(double value, String comparison, double bound) {
        return switch (comparison) {
            case "==" -> value == bound;
            case "!=" -> value != bound;
            case ">=" -> value >= bound;
            case "<=" -> value <= bound;
            case ">" -> value > bound;
            default -> value < bound;
        };
    }
}
