package io.quorate.rules;

import io.quorate.rules.RuleTest.Given;
import io.quorate.rules.RuleTest.Move;
import io.quorate.rules.yaml.Durations;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Leader changes: {@code 80s b->c term 8}, with {@code planned} behind it where somebody meant it. */
final class MoveLines implements Lines {

    private static final Pattern MOVE =
            Pattern.compile("(\\d{1,9}(?:ms|s|m|h)) (\\w+)->(\\w+) term (\\d{1,18})( planned)?");

    private final List<Given> given = new ArrayList<>();

    @Override
    public void add(String line) throws Misread {
        given.add(move(line));
    }

    @Override
    public List<Given> given() {
        return given;
    }

    static boolean isMove(String line) {
        return line.contains("->");
    }

    static Move move(String line) throws Misread {
        Matcher matcher = MOVE.matcher(line);
        if (!matcher.matches()) {
            throw new Misread("'" + line + "' is no leader change; expected one like '80s b->c term 8'");
        }
        return new Move(
                Durations.parse(matcher.group(1)),
                matcher.group(2),
                matcher.group(3),
                Long.parseLong(matcher.group(4)),
                matcher.group(5) != null);
    }
}
