package io.quorate.cli.simulate;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/** What was said of many incidents, beside what they were. */
final class Verdicts {

    private final List<Verdict> all = new ArrayList<>();

    void add(Verdict verdict) {
        all.add(verdict);
    }

    void addAll(Verdicts others) {
        all.addAll(others.all);
    }

    int incidents() {
        return all.size();
    }

    Set<String> causes() {
        Set<String> causes = new TreeSet<>();
        all.forEach(verdict -> causes.add(String.valueOf(verdict.incident().cause())));
        return causes;
    }

    /** The share of the incidents whose cause was the first that was said. */
    double rightCause() {
        return share(all.stream().filter(Verdict::isRight).count(), all.size());
    }

    /** Of those that have a member to be named, the share of which it was named. */
    double rightRoot() {
        List<Verdict> rooted = all.stream().filter(Verdict::hasRoot).toList();
        return share(rooted.stream().filter(Verdict::isRootRight).count(), rooted.size());
    }

    private static double share(long some, long among) {
        return among == 0 ? Double.NaN : some / (double) among;
    }

    /** What went wrong down, what was said across; below it every incident that was not judged right. */
    String text(String name) {
        Map<String, Map<String, Integer>> matrix = new TreeMap<>();
        Set<String> said = new TreeSet<>(causes());
        for (Verdict verdict : all) {
            said.add(verdict.said());
            matrix.computeIfAbsent(String.valueOf(verdict.incident().cause()), cause -> new TreeMap<>())
                    .merge(verdict.said(), 1, Integer::sum);
        }
        StringBuilder text = new StringBuilder(String.format(
                Locale.ROOT,
                "%s: %d incidents, cause right %.1f %%, root member right %.1f %%%n",
                name,
                all.size(),
                100 * rightCause(),
                100 * rightRoot()));
        text.append("| was \\ said |");
        said.forEach(column -> text.append(' ').append(column).append(" |"));
        text.append("\n|---").append("|---".repeat(said.size())).append("|\n");
        matrix.forEach((cause, row) -> {
            text.append("| ").append(cause).append(" |");
            said.forEach(column -> text.append(' ')
                    .append(row.containsKey(column) ? row.get(column) : "")
                    .append(" |"));
            text.append('\n');
        });
        for (Verdict verdict : all) {
            boolean wrongRoot = verdict.hasRoot() && !verdict.isRootRight();
            if (!verdict.isRight() || wrongRoot) {
                text.append("  ")
                        .append(verdict.incident().cluster())
                        .append(' ')
                        .append(verdict.incident().fault())
                        .append(" of ")
                        .append(verdict.incident().members())
                        .append(": ")
                        .append(verdict.said())
                        .append(verdict.root() == null ? "" : " of " + verdict.root())
                        .append(verdict.rule() == null ? "" : ", by " + verdict.rule())
                        .append('\n');
            }
        }
        return text.toString();
    }
}
