package io.quorate.cli;

import java.io.PrintStream;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/**
 * What a look at one part of the settings brought.
 *
 * @param part such as {@code etcd prod-eu-1}
 * @param what in words; for a miss also what to do next
 * @param reason one of few, for machines: of a failed poll the one that ingest counts it by; blank where there is none
 * @param alike what all that are alike share: of many of those only some are told; blank for what is always told
 */
record Finding(Verdict verdict, String part, String what, String reason, String alike) {

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
        return new Finding(Verdict.OK, part, what, "", "");
    }

    static Finding note(String part, String what) {
        return new Finding(Verdict.NOTE, part, what, "", "");
    }

    static Finding miss(String part, String what) {
        return new Finding(Verdict.MISS, part, what, "", "");
    }

    /** This one, for that reason, alike to all others of it. */
    Finding because(String why) {
        return new Finding(verdict, part, what, why, why);
    }

    /** This one, alike to all others of which the same is said. */
    Finding alikeTo(String others) {
        return new Finding(verdict, part, what, reason, others);
    }

    /** Of what kind the part is: {@code etcd} of {@code etcd prod-eu-1}. */
    String kind() {
        return part.replaceFirst(" .*", "");
    }

    /** Which one of its kind the part is; blank when there is only one. */
    String subject() {
        return part.substring(kind().length()).strip();
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
        Map<String, String> fields = new LinkedHashMap<>();
        fields.put("verdict", verdict.shown.toLowerCase(Locale.ROOT));
        fields.put("part", part);
        if (!reason.isEmpty()) {
            fields.put("reason", reason);
        }
        fields.put("what", what);
        return fields;
    }

    /** A miss goes to standard error, all else to standard output: either can be kept without the other. */
    void tell() {
        PrintStream to = missed() ? System.err : System.out;
        to.printf("%-5s %-16s %s%n", verdict.shown, part, what);
    }
}
