package io.quorate.desk;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** A process that cannot be mistaken for a later one with the same pid: pid, start time in ticks, and boot. */
record ProcessId(long pid, long startTicks, String boot) {

    /** Empty when no such process runs (one that has ended but is not yet reaped counts as ended). */
    static Optional<ProcessId> of(long pid) {
        try {
            String stat = Files.readString(Path.of("/proc/" + pid + "/stat"));
            // The name in parentheses may hold blanks and parentheses itself.
            String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
            boolean ended = fields[0].equals("Z") || fields[0].equals("X");
            return ended ? Optional.empty() : Optional.of(new ProcessId(pid, Long.parseLong(fields[19]), thisBoot()));
        } catch (IOException ended) {
            return Optional.empty();
        }
    }

    static ProcessId self() {
        return of(ProcessHandle.current().pid()).orElseThrow();
    }

    boolean alive() {
        return of(pid).filter(this::equals).isPresent();
    }

    /** Sent only while the process is the one meant. */
    void signal(int signal) {
        if (alive()) {
            LibC.CALLS.kill(Math.toIntExact(pid), signal);
        }
    }

    private static String thisBoot() throws IOException {
        return Files.readString(Path.of("/proc/sys/kernel/random/boot_id")).trim();
    }
}
