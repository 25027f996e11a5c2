package io.quorate.rules;

import io.quorate.rules.RuleTest.Given;
import io.quorate.rules.yaml.Durations;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What happens in a test, line by line: one language for each kind of thing that rules read. */
interface Lines {

    /** One line of it. */
    void add(String line) throws Misread;

    /** What all lines together tell. */
    List<Given> given();

    /**
     * {@code 10s..60s} or {@code 70s}, and what is so then.
     *
     * @param rest behind the times
     */
    record During(Duration first, Duration last, String rest) {

        private static final Pattern FORM = Pattern.compile("(\\d{1,9}[smhd])(?:\\.\\.(\\d{1,9}[smhd]))? (\\S.*)");

        /** So that a slip of the keyboard makes no million windows. */
        private static final Duration LONGEST = Duration.ofHours(24);

        /**
         * @param step times must be multiples of it
         * @param thing of which the times are: "window"
         * @param example of such a line
         */
        static During of(String line, Duration step, String thing, String example) throws Misread {
            Matcher matcher = FORM.matcher(line);
            if (!matcher.matches()) {
                throw new Misread("'" + line + "' is no " + thing + "; expected one like '" + example + "'");
            }
            Duration first = Durations.parse(matcher.group(1));
            Duration last = matcher.group(2) == null ? first : Durations.parse(matcher.group(2));
            long size = step.toMillis();
            if (first.toMillis() % size != 0 || last.toMillis() % size != 0 || last.compareTo(first) < 0) {
                throw new Misread("'" + line + "' ends where no window ends; expected multiples of "
                        + Durations.text(step) + ", the earlier one first");
            }
            if (last.minus(first).compareTo(LONGEST) > 0) {
                throw new Misread("'" + line + "' is longer than 24h; expected at most that in one line");
            }
            return new During(first, last, matcher.group(3));
        }

        /** Its times, so far apart. */
        List<Duration> times(Duration step) {
            List<Duration> times = new ArrayList<>();
            for (Duration time = first; time.compareTo(last) <= 0; time = time.plus(step)) {
                times.add(time);
            }
            return times;
        }
    }

    /**
     * Splits {@code m1 this, others that} by member.
     *
     * @param parts as they stand in the line, who first
     */
    static Map<String, String> byMember(List<String> parts, int members) throws Misread {
        Set<String> others = new TreeSet<>();
        for (int i = 1; i <= members; i++) {
            others.add("m" + i);
        }
        Map<String, String> byMember = new LinkedHashMap<>();
        for (String part : parts) {
            String[] whoAndWhat = part.split(" ", 2);
            String who = whoAndWhat[0];
            Set<String> told = who.equals("all") || who.equals("others") ? Set.copyOf(others) : Set.of(who);
            if (!others.containsAll(told)) {
                throw new Misread(
                        "'" + who + "' is told of twice or is none of m1 to m" + members + "; expected each once");
            }
            told.forEach(member -> byMember.put(member, whoAndWhat.length > 1 ? whoAndWhat[1] : ""));
            others.removeAll(told);
        }
        return byMember;
    }

    /** The parts of a text between separators that do not stand in braces or quotes. */
    static List<String> split(String text, String separator) {
        List<String> parts = new ArrayList<>();
        int from = 0;
        int depth = 0;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            depth += c == '{' ? 1 : c == '}' ? -1 : 0;
            if (depth == 0 && text.startsWith(separator, i)) {
                parts.add(text.substring(from, i));
                from = i + separator.length();
            }
        }
        parts.add(text.substring(from));
        return parts;
    }
}
