package io.quorate.sinks.clickhouse;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A question that people ask of the data, as SQL with parameters.
 *
 * @param name that of its file, with dashes
 * @param inWords the sentence that the file opens with
 * @param sql the whole file
 */
public record Question(String name, String inWords, String sql) {

    /** Named one by one, in the order in which a person on call asks them: a jar cannot be asked what lies in a folder. */
    private static final List<String> NAMES = List.of(
            "fleet-overview",
            "events",
            "evidence",
            "leader-changes",
            "leader-changes-and-pages",
            "slow-members",
            "members-worse-than-their-peers",
            "quantiles",
            "quantiles-over-time",
            "fsync-by-member",
            "fsync-fleet-cluster-member",
            "peer-round-trips",
            "grpc-methods",
            "failed-shares",
            "apply-lag",
            "resources",
            "upkeep",
            "watches-and-leases",
            "db-growth",
            "slo-burn",
            "unusual-hours",
            "rule-coverage",
            "rule-matrix",
            "shadow-alerts",
            "collection-complete",
            "not-polled");

    private static final Pattern PARAMETER = Pattern.compile("\\{(\\w+):");
    private static final Pattern LEADING_COMMENT = Pattern.compile("\\A(?:--[^\\n]*\\n)+");

    /** Those that ship. */
    public static List<Question> all() {
        return NAMES.stream().map(Question::read).toList();
    }

    public static Optional<Question> named(String name) {
        return NAMES.stream().filter(name::equals).findFirst().map(Question::read);
    }

    /** Whether its answer depends on this parameter. */
    public boolean reads(String parameter) {
        return PARAMETER.matcher(sql).results().anyMatch(found -> found.group(1).equals(parameter));
    }

    /** The names of its parameters with the values that they take here. */
    public Map<String, String> values(Span span, WindowSize size, String cluster, String metric) {
        Map<String, String> values = new TreeMap<>(Map.of(
                "cluster", cluster,
                "metric", metric,
                "from", span.fromText(),
                "to", span.toText(),
                "member_windows", size.memberTable(),
                "scope_windows", size.scopeTable()));
        values.keySet().removeIf(name -> !reads(name));
        return values;
    }

    private static Question read(String name) {
        try {
            String sql = Verification.sql("/clickhouse/questions/" + name.replace('-', '_') + ".sql");
            Matcher comment = LEADING_COMMENT.matcher(sql);
            String words = comment.find()
                    ? comment.group().replaceAll("(?m)^--\\s?", "").replaceAll("\\s+", " ")
                    : "";
            int end = words.indexOf('?');
            if (end < 0) {
                throw new IllegalStateException("the question " + name + " of this build does not open with its words");
            }
            return new Question(name, words.substring(0, end + 1).strip(), sql.strip());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
