package io.quorate.cli;

import java.io.PrintStream;
import java.util.Locale;
import java.util.Map;

/**
 * What a look at one part of the settings brought.
 *
 * @param part such as {@code etcd prod-eu-1}
 * @param what in words; for a miss also what to do next
 */
record Finding(Verdict verdict, String part, String what) {

    enum Verdict {
        OK("ok"),
        /** Nothing is broken, but what is asked for would not come out as people expect. */
        NOTE("note"),
        MISS("MISS");

        private final String shown;

        Verdict(String shown) {
            this.shown = shown;
        }
    }

    /** An address as Java writes it: a name or none, a slash, and where that leads. */
    private static final String JAVA_ADDRESS = "(?<![^\\s(])[^\\s/()]*/([0-9.]+|\\[[0-9a-f:]+]):(\\d+)";

    Finding {
        what = what.replaceAll("\\p{Cntrl}+", " ");
    }

    static Finding ok(String part, String what) {
        return new Finding(Verdict.OK, part, what);
    }

    static Finding note(String part, String what) {
        return new Finding(Verdict.NOTE, part, what);
    }

    static Finding miss(String part, String what) {
        return new Finding(Verdict.MISS, part, what);
    }

    /** An exception's message as people write addresses. */
    static String plain(Exception e) {
        return String.valueOf(e.getMessage()).replaceAll(JAVA_ADDRESS, "$1:$2");
    }

    boolean missed() {
        return verdict == Verdict.MISS;
    }

    /** For machines. */
    Map<String, String> fields() {
        return Map.of("verdict", verdict.shown.toLowerCase(Locale.ROOT), "part", part, "what", what);
    }

    /** A miss goes to standard error, all else to standard output: either can be kept without the other. */
    void tell() {
        PrintStream to = missed() ? System.err : System.out;
        to.printf("%-5s %-16s %s%n", verdict.shown, part, what);
    }
}
