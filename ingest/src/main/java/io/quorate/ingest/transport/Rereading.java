package io.quorate.ingest.transport;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What stands in files, read again when they change. They are looked at when somebody asks, at most once a second. What
 * cannot be used, such as a file that is half written, is told once, and what was there before stays in force. Safe from any thread.
 */
public final class Rereading<T> {

    private static final Logger LOG = LoggerFactory.getLogger(Rereading.class);
    private static final Duration PAUSE = Duration.ofSeconds(1);

    /** A file that changed less than this before it was read may have changed after it, under the same time. */
    private static final Duration SETTLED = Duration.ofSeconds(2);

    /** Certificates and tokens are small; whatever is larger is neither. */
    private static final long CAP = 1 << 20;

    /** A file by the key of the settings that names it. */
    record Named(String key, String path) {}

    /** From the contents of the files, in their order. */
    interface Reader<T> {
        T read(List<byte[]> contents) throws CredentialTrouble;
    }

    private record Stamp(
            FileTime modified, long size, @Nullable Object file) {}

    private final String reason;
    private final List<Named> files;
    private final Reader<T> reader;

    private @Nullable T value;
    private @Nullable CredentialTrouble trouble;
    private @Nullable String told;
    private List<Stamp> stamps = List.of();
    private List<byte[]> contents = List.of();
    private boolean settled;
    private boolean looked;
    private long lookedNanos;

    /**
     * @param reason of troubles: {@code tls} or {@code auth}
     */
    Rereading(String reason, List<Named> files, Reader<T> reader) {
        this.reason = reason;
        this.files = files;
        this.reader = reader;
    }

    /**
     * The latest that could be used.
     *
     * @throws CredentialTrouble when there never was any
     */
    public synchronized T current() throws CredentialTrouble {
        long now = System.nanoTime();
        if (!looked || now - lookedNanos >= PAUSE.toNanos()) {
            looked = true;
            lookedNanos = now;
            look();
        }
        if (value != null) {
            return value;
        }
        throw trouble == null ? new CredentialTrouble(reason, "nothing to read") : trouble;
    }

    private void look() {
        try {
            List<Stamp> before = new ArrayList<>();
            for (Named file : files) {
                before.add(stamp(file));
            }
            if (value != null && settled && before.equals(stamps)) {
                return;
            }
            Instant newest = before.stream()
                    .map(stamp -> stamp.modified().toInstant())
                    .max(Instant::compareTo)
                    .orElse(Instant.EPOCH);
            List<byte[]> read = new ArrayList<>();
            for (Named file : files) {
                read.add(read(file));
            }
            boolean same = value != null && same(read);
            T usable = same ? value : reader.read(read);
            settled = newest.plus(SETTLED).isBefore(Instant.ofEpochMilli(System.currentTimeMillis()));
            stamps = before;
            contents = read;
            if (!same && value != null) {
                LOG.info("{}: changed, and read again", names());
            }
            value = usable;
            trouble = null;
            told = null;
        } catch (CredentialTrouble e) {
            trouble = e;
            settled = false;
            if (value != null && !String.valueOf(e.getMessage()).equals(told)) {
                told = String.valueOf(e.getMessage());
                LOG.warn("{}; what was there before stays in force", told);
            }
        }
    }

    private boolean same(List<byte[]> read) {
        for (int i = 0; i < read.size(); i++) {
            if (!Arrays.equals(read.get(i), contents.get(i))) {
                return false;
            }
        }
        return true;
    }

    private Stamp stamp(Named file) throws CredentialTrouble {
        try {
            BasicFileAttributes attributes = Files.readAttributes(Path.of(file.path()), BasicFileAttributes.class);
            return new Stamp(attributes.lastModifiedTime(), attributes.size(), attributes.fileKey());
        } catch (IOException e) {
            throw unreadable(file, e);
        }
    }

    private byte[] read(Named file) throws CredentialTrouble {
        try {
            Path path = Path.of(file.path());
            if (Files.size(path) > CAP) {
                throw new CredentialTrouble(reason, file.key() + " " + file.path() + " is larger than 1 MiB");
            }
            return Files.readAllBytes(path);
        } catch (CredentialTrouble e) {
            throw e;
        } catch (IOException e) {
            throw unreadable(file, e);
        }
    }

    private CredentialTrouble unreadable(Named file, IOException e) {
        return new CredentialTrouble(
                reason,
                file.key() + " " + file.path() + " cannot be read ("
                        + (e instanceof NoSuchFileException
                                ? "no such file"
                                : e.getClass().getSimpleName())
                        + "); expected a readable file");
    }

    private String names() {
        return files.stream().map(file -> file.key() + " " + file.path()).collect(Collectors.joining(", "));
    }
}
