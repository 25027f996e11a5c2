package io.quorate.desk;

import io.quorate.desk.EtcdCluster.Member;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * A slow disk under one running member: strace holds each of its fdatasync and fsync calls back for a while before it
 * lets the kernel do it. When this is closed the disk is as quick as before, and also when strace dies.
 */
public final class SlowDisk implements AutoCloseable {

    private static final Duration ATTACH = Duration.ofSeconds(5);
    private static final Path YAMA = Path.of("/proc/sys/kernel/yama/ptrace_scope");

    private final Child strace;

    private SlowDisk(Child strace) {
        this.strace = strace;
    }

    /**
     * Slow from now on.
     *
     * @throws PartUnavailable when strace cannot be had, or may not attach to the member: why, and what would allow it
     */
    public static SlowDisk under(Home home, Member member, Duration delay) {
        Parts parts = Parts.of(home);
        Path strace = parts.strace();
        List<String> command = List.of(
                strace.toString(),
                "-f",
                "-qq",
                "-o",
                "/dev/null",
                "-e",
                "trace=fdatasync,fsync",
                "-e",
                "inject=fdatasync,fsync:delay_enter=" + delay.toNanos() / 1000,
                "-p",
                Long.toString(member.pid()));
        String name = "slow-disk-" + member.name();
        Path log = home.log(name);
        long before = length(log);
        Child child = Processes.spawn(home, name, command, log, parts.librariesOf(strace));
        boolean settled;
        try {
            settled = Readiness.holds(ATTACH, () -> !child.alive() || traced(member.pid(), child.pid()));
        } catch (RuntimeException broken) {
            child.close();
            throw broken;
        }
        if (settled && child.alive()) {
            return new SlowDisk(child);
        }
        child.close();
        String told = settled ? firstLine(log, before) : "it is not attached after " + ATTACH.toSeconds() + " s";
        throw new PartUnavailable("the disk of " + member.name() + " cannot be slowed: " + told + " (strace's log: "
                + log + "); " + wayOut(told, ptraceScope()));
    }

    /** Whether the member still waits for its disk; no longer when strace or the member has ended. */
    public boolean isSlow() {
        return strace.alive();
    }

    /** Of strace. */
    public long pid() {
        return strace.pid();
    }

    @Override
    public void close() {
        strace.close();
    }

    /** Every thread, as any of them may write the log. */
    private static boolean traced(long pid, long tracer) {
        try (Stream<Path> threads = Files.list(Path.of("/proc/" + pid + "/task"))) {
            return threads.allMatch(thread ->
                    tracer(thread).filter(tracerOf -> tracerOf == tracer).isPresent());
        } catch (IOException | UncheckedIOException ended) {
            return false;
        }
    }

    private static Optional<Long> tracer(Path thread) {
        try (Stream<String> lines = Files.lines(thread.resolve("status"))) {
            return lines.filter(line -> line.startsWith("TracerPid:"))
                    .map(line ->
                            Long.parseLong(line.substring(line.indexOf(':') + 1).trim()))
                    .findFirst();
        } catch (IOException | UncheckedIOException ended) {
            return Optional.empty();
        }
    }

    static String wayOut(String told, Optional<String> ptraceScope) {
        if (told.contains("not attached")) {
            return "the machine is very busy: try again";
        }
        if (!told.contains("not permitted")) {
            return "put a strace that runs on PATH, for example with: apt-get install strace";
        }
        boolean yamaForbids = ptraceScope.filter(scope -> !scope.equals("0")).isPresent();
        return yamaForbids
                ? "allow it with: sudo sysctl kernel.yama.ptrace_scope=0"
                : "allow it, in a container with: --cap-add=SYS_PTRACE";
    }

    private static Optional<String> ptraceScope() {
        try {
            return Optional.of(Files.readString(YAMA).trim());
        } catch (IOException noYama) {
            return Optional.empty();
        }
    }

    private static long length(Path file) {
        try {
            return Files.exists(file) ? Files.size(file) : 0;
        } catch (IOException e) {
            return 0;
        }
    }

    /** What strace said first: the rest is advice. */
    private static String firstLine(Path log, long from) {
        try {
            byte[] all = Files.readAllBytes(log);
            int start = (int) Math.min(from, all.length);
            return new String(all, start, all.length - start, StandardCharsets.ISO_8859_1)
                    .lines()
                    .findFirst()
                    .map(line -> "\"" + line.trim() + "\"")
                    .orElse("strace ended without a word");
        } catch (IOException e) {
            return "strace ended, and its log cannot be read";
        }
    }
}
