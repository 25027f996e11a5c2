package io.quorate.desk;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** The resident memory of one process, now and at its highest. */
public record ProcessMemory(long residentBytes, long peakBytes) {

    /** Empty when the process has ended. */
    public static Optional<ProcessMemory> of(long pid) {
        try {
            List<String> status = Files.readAllLines(Path.of("/proc/" + pid + "/status"));
            long resident = bytes(status, "VmRSS:");
            // Never below: the kernel updates the peak lazily.
            return Optional.of(new ProcessMemory(resident, Math.max(resident, bytes(status, "VmHWM:"))));
        } catch (IOException ended) {
            return Optional.empty();
        }
    }

    private static long bytes(List<String> status, String key) {
        return status.stream()
                .filter(line -> line.startsWith(key))
                .mapToLong(line -> Long.parseLong(
                                line.substring(key.length()).replace("kB", "").trim())
                        * 1024)
                .findFirst()
                .orElse(0);
    }
}
