package io.quorate.desk;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A process that this one started and answers for. */
public final class Child implements AutoCloseable {
    private static final Duration GRACE = Duration.ofSeconds(8);
    private static final int TAIL_LINES = 5;

    private final String name;
    private final Process process;
    private final ProcessId id;
    private final Path logFile;
    private final Path pidFile;

    Child(String name, Process process, ProcessId id, Path logFile, Path pidFile) {
        this.name = name;
        this.process = process;
        this.id = id;
        this.logFile = logFile;
        this.pidFile = pidFile;
    }

    public String name() {
        return name;
    }

    public long pid() {
        return process.pid();
    }

    public boolean alive() {
        return process.isAlive();
    }

    public Path logFile() {
        return logFile;
    }

    public void stall() {
        id.signal(LibC.SIGSTOP);
    }

    public void resume() {
        id.signal(LibC.SIGCONT);
    }

    public void terminate() {
        id.signal(LibC.SIGTERM);
    }

    /** Ends it at once, as a crash would, and waits until it is gone. */
    public void kill() {
        id.signal(LibC.SIGKILL);
        ended(GRACE);
        forget();
    }

    /** Asks it to end and, if it does not within some seconds, ends it. */
    @Override
    public void close() {
        terminate();
        resume(); // a stalled process takes the request only when it runs again
        if (!ended(GRACE)) {
            kill();
        }
        forget();
    }

    boolean ended(Duration within) {
        try {
            return process.waitFor(within.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return !process.isAlive();
        }
    }

    /** Why it ended early, in one line, with the last words of its log. */
    PartUnavailable endedEarly() {
        ended(Duration.ofSeconds(1));
        return new PartUnavailable(name + " ended with code " + process.exitValue() + " before it was ready: "
                + lastWords() + " (whole log: " + logFile + ")");
    }

    String lastWords() {
        try {
            List<String> lines = Files.readAllLines(logFile, java.nio.charset.StandardCharsets.ISO_8859_1);
            String words = String.join(" | ", lines.subList(Math.max(0, lines.size() - TAIL_LINES), lines.size()));
            return words.length() > 600 ? words.substring(words.length() - 600) : words;
        } catch (IOException e) {
            return "its log cannot be read";
        }
    }

    void forget() {
        Processes.forget(this, pidFile);
    }
}
