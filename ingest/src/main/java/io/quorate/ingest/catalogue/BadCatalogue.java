package io.quorate.ingest.catalogue;

import java.util.List;

/** A catalogue that was refused, with every problem as {@code file:line: what is wrong, what was expected}. */
public final class BadCatalogue extends RuntimeException {

    private static final long serialVersionUID = 1;

    private final transient List<String> problems;

    BadCatalogue(List<String> problems) {
        super(String.join("\n", problems));
        this.problems = List.copyOf(problems);
    }

    public List<String> problems() {
        return problems;
    }
}
