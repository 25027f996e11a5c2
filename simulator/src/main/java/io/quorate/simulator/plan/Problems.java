package io.quorate.simulator.plan;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** What is wrong with one plan, each with its address. */
final class Problems {

    private record Problem(int line, String what) {}

    private final String file;
    private final List<Problem> found = new ArrayList<>();

    Problems(String file) {
        this.file = file;
    }

    void add(int line, String what) {
        found.add(new Problem(line, what));
    }

    boolean none() {
        return found.isEmpty();
    }

    List<String> told() {
        return found.stream()
                .sorted(Comparator.comparingInt(Problem::line))
                .map(problem -> file + ":" + problem.line() + ": " + problem.what())
                .toList();
    }
}
