package io.quorate.rules;

import java.util.Comparator;
import java.util.Locale;

/**
 * What lint has to say of a rule that can be read.
 *
 * @param rule its name
 * @param message what is so, and what to do about it
 */
public record Finding(String file, int line, String rule, Severity severity, String message)
        implements Comparable<Finding> {

    /** Errors and warnings are to be mended; the rest is to be known. */
    public enum Severity {
        ERROR,
        WARNING,
        INFO
    }

    public boolean isToBeMended() {
        return severity != Severity.INFO;
    }

    @Override
    public int compareTo(Finding other) {
        return Comparator.comparing(Finding::file)
                .thenComparingInt(Finding::line)
                .thenComparing(Finding::severity)
                .thenComparing(Finding::message)
                .compare(this, other);
    }

    /** {@code rules/a.yaml:12: warning: ...}. */
    @Override
    public String toString() {
        return file + ":" + line + ": " + severity.name().toLowerCase(Locale.ROOT) + ": " + message;
    }
}
