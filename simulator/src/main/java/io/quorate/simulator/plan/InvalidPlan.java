package io.quorate.simulator.plan;

import java.util.List;

/** A plan that cannot be followed: every problem, as {@code file:line: what is wrong, what was expected}. */
public final class InvalidPlan extends Exception {

    private static final long serialVersionUID = 1;

    private final List<String> problems;

    InvalidPlan(List<String> problems) {
        super(String.join("\n", problems));
        this.problems = List.copyOf(problems);
    }

    public List<String> problems() {
        return problems;
    }
}
