package io.quorate.cli.demo;

import io.quorate.sinks.clickhouse.Verification;
import java.io.PrintStream;
import java.time.InstantSource;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What a person sees: on a terminal one page, drawn anew twice a second; else a line for each thing that happens.
 */
final class Screen {

    private static final String HOME = "\u001b[H";
    private static final String REST_OF_LINE = "\u001b[K";
    private static final String REST_OF_SCREEN = "\u001b[J";
    private static final String NO_WRAP = "\u001b[?7l";
    private static final String WRAP = "\u001b[?7h";
    private static final String CLEAR = HOME + "\u001b[2J";

    private final PrintStream out;

    /** Null when there is none. */
    private final @Nullable Supplier<Terminal> terminal;

    private final NewsLines news = new NewsLines();

    /** The one that the page was drawn for; null before the first. */
    private @Nullable Terminal drawn;

    private boolean over;

    private Screen(PrintStream out, @Nullable Supplier<Terminal> terminal) {
        this.out = out;
        this.terminal = terminal;
    }

    /** One page on a terminal. */
    static Screen page(PrintStream out) {
        return page(out, new TerminalSize(Terminal::current, InstantSource.system()));
    }

    static Screen page(PrintStream out, Supplier<Terminal> terminal) {
        return new Screen(out, terminal);
    }

    /** A line for each thing that happens. */
    static Screen lines(PrintStream out) {
        return new Screen(out, null);
    }

    /** A step on the way there. */
    synchronized void say(String text) {
        if (!over) {
            out.println(text);
        }
    }

    synchronized void show(Scene scene) {
        if (over) {
            return;
        }
        if (terminal == null) {
            news.newOf(scene).forEach(out::println);
        } else {
            draw(scene, terminal.get());
        }
    }

    private void draw(Scene scene, Terminal terminal) {
        // Only the first page of a size clears: one that is written over the last does not flicker.
        StringBuilder page = new StringBuilder(NO_WRAP).append(terminal.equals(drawn) ? HOME : CLEAR);
        for (String line : LivePage.of(scene, terminal)) {
            // At the last column it would clear that column's letter.
            page.append(line)
                    .append(Terminal.width(line) < terminal.columns() ? REST_OF_LINE : "")
                    .append('\n');
        }
        out.print(page.append(WRAP).append(REST_OF_SCREEN));
        out.flush();
        drawn = terminal;
    }

    /** What it came down to, the recomputing included. */
    synchronized void summary(Scene scene, Verification verification, List<String> failings) {
        end(Endings.summary(scene, verification, failings));
    }

    /**
     * What it came down to so far, when somebody ends it; nothing is said after it.
     *
     * @param scene null when it was not ready
     */
    synchronized void stopped(@Nullable Scene scene) {
        end(Endings.stopped(scene));
    }

    private void end(List<String> ending) {
        say("");
        ending.forEach(this::say);
        over = true;
    }
}
