package io.quorate.cli.backtest;

import java.io.PrintWriter;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.DoubleSupplier;

/**
 * How far a run is, on one line that is written again and again.
 *
 * @param shows whether there is a person to see it
 */
record Bar(PrintWriter to, boolean shows) {

    private static final int WIDTH = 40;
    private static final Duration EVERY = Duration.ofMillis(250);

    /** While it is shown. */
    interface Shown extends AutoCloseable {

        @Override
        void close();
    }

    /** Until it is closed; the line goes then. */
    Shown show(String name, DoubleSupplier share) {
        if (!shows) {
            return () -> {};
        }
        ScheduledExecutorService clock = Executors.newSingleThreadScheduledExecutor(task -> {
            Thread thread = new Thread(task, "progress");
            thread.setDaemon(true);
            return thread;
        });
        clock.scheduleAtFixedRate(
                () -> write(line(name, share.getAsDouble())), 0, EVERY.toMillis(), TimeUnit.MILLISECONDS);
        return () -> {
            clock.shutdownNow();
            write(" ".repeat(name.length() + WIDTH + 8));
            write("");
        };
    }

    static String line(String name, double share) {
        int full = (int) Math.round(share * WIDTH);
        return String.format(
                Locale.ROOT,
                "%s [%s%s] %3d %%",
                name,
                "#".repeat(full),
                ".".repeat(WIDTH - full),
                Math.round(100 * share));
    }

    private void write(String line) {
        to.print('\r' + line);
        to.flush();
    }
}
