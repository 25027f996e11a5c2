package io.quorate.cli.demo;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.regex.Pattern;

/** How much a page may hold. */
record Terminal(int rows, int columns) {

    private static final Terminal USUAL = new Terminal(24, 80);
    private static final Pattern CONTROL = Pattern.compile("\u001b\\[[?0-9;]*[A-Za-z]");
    private static final Pattern BLANKS_AT_END = Pattern.compile(" ++((?:" + CONTROL + ")*)$");
    private static final String CUT = "...";

    /** The one that this process has, whatever its standard input is. */
    static Terminal current() {
        try {
            Process asking = new ProcessBuilder("stty", "size")
                    .redirectInput(new File("/dev/tty"))
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start();
            String told = new String(asking.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
            return told(told, System.getenv());
        } catch (IOException untold) {
            return told("", System.getenv());
        }
    }

    /** By what stty answered, else by LINES and COLUMNS, else the usual size; each number for itself. */
    static Terminal told(String stty, Map<String, String> environment) {
        String[] words = stty.trim().split(" ");
        return new Terminal(
                positive(words[0], positive(environment.getOrDefault("LINES", ""), USUAL.rows)),
                positive(
                        words.length > 1 ? words[1] : "",
                        positive(environment.getOrDefault("COLUMNS", ""), USUAL.columns)));
    }

    private static int positive(String number, int otherwise) {
        try {
            int value = Integer.parseInt(number);
            return value > 0 ? value : otherwise;
        } catch (NumberFormatException untold) {
            return otherwise;
        }
    }

    /** How many columns a line takes: its colours take none. */
    static int width(String line) {
        return CONTROL.matcher(line).replaceAll("").length();
    }

    /** Without the blanks at its end, also those before a colour is switched off. */
    static String trimmed(String line) {
        return BLANKS_AT_END.matcher(line).replaceFirst("$1");
    }

    /** No wider than this terminal, with every colour that it switches on or off. */
    String cut(String line) {
        if (width(line) <= columns) {
            return line;
        }
        StringBuilder cut = new StringBuilder();
        StringBuilder controls = new StringBuilder();
        var control = CONTROL.matcher(line);
        int room = Math.max(0, columns - CUT.length());
        int at = 0;
        while (at < line.length()) {
            if (control.find(at) && control.start() == at) {
                (room > 0 ? cut : controls).append(control.group());
                at = control.end();
            } else {
                if (room > 0) {
                    cut.append(line.charAt(at));
                    room--;
                }
                at++;
            }
        }
        return cut.append(CUT, 0, Math.min(CUT.length(), columns))
                .append(controls)
                .toString();
    }
}
