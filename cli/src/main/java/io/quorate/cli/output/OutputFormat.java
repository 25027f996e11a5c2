package io.quorate.cli.output;

/** For people, or an object a line. */
public enum OutputFormat {
    TEXT,
    JSON
}
