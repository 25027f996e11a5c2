package io.quorate.sinks.receivers.text;

/** A template that cannot be used: which, where and why. */
public final class InvalidTemplate extends Exception {

    private static final long serialVersionUID = 1L;

    private final String template;
    private final int line;
    private final String reason;

    InvalidTemplate(String template, int line, String reason) {
        super(template + ": line " + line + ": " + reason);
        this.template = template;
        this.line = line;
        this.reason = reason;
    }

    /** Its name, such as {@code title}. */
    public String template() {
        return template;
    }

    /** From 1. */
    public int line() {
        return line;
    }

    /** What is wrong and what was expected, without the place. */
    public String reason() {
        return reason;
    }
}
