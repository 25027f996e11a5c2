package io.quorate.cli.demo;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Data and logs of one demo. Its lock lasts as long as the demo's process, whatever ends that: a folder whose lock is
 * free is nobody's.
 */
final class DemoFolder implements AutoCloseable {

    private static final String PREFIX = "demo-";
    private static final String LOCK = "demo.lock";

    /** Held while folders are made or swept: one that is made just now has no lock yet. */
    private static final String ALL = "demos.lock";

    private final Path path;
    private final FileChannel lock;

    private DemoFolder(Path path, FileChannel lock) {
        this.path = path;
        this.lock = lock;
    }

    static DemoFolder make(Path data) throws IOException {
        try (FileChannel all = open(data.resolve(ALL));
                FileLock held = all.lock()) {
            Path path = Files.createTempDirectory(data, PREFIX);
            FileChannel lock = open(path.resolve(LOCK));
            if (lock(lock) == null) {
                throw new IllegalStateException(held + " is held, and " + path + " is somebody else's");
            }
            return new DemoFolder(path, lock);
        }
    }

    /** Removes what killed demos have left, and says how much it was. */
    static void sweep(Path data, Consumer<String> progress) throws IOException {
        int removed = 0;
        long bytes = 0;
        try (FileChannel all = open(data.resolve(ALL));
                FileLock held = all.lock()) {
            for (Path folder : folders(data)) {
                if (held.isValid() && isNobodys(folder)) {
                    bytes += remove(folder);
                    removed++;
                }
            }
        }
        if (removed > 0) {
            progress.accept("Removed what %s had left in %s: %d MB"
                    .formatted(
                            removed == 1 ? "a killed demo" : removed + " killed demos",
                            data,
                            Math.round(bytes / 1_000_000.0)));
        }
    }

    private static List<Path> folders(Path data) throws IOException {
        List<Path> folders = new ArrayList<>();
        try (DirectoryStream<Path> found = Files.newDirectoryStream(data, PREFIX + "*")) {
            found.forEach(path -> {
                if (Files.isDirectory(path)) {
                    folders.add(path);
                }
            });
        }
        return folders;
    }

    private static boolean isNobodys(Path folder) throws IOException {
        try (FileChannel channel = open(folder.resolve(LOCK))) {
            return lock(channel) != null;
        } catch (NoSuchFileException e) {
            // Its demo has just removed it.
            return false;
        }
    }

    private static FileChannel open(Path file) throws IOException {
        return FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    }

    private static @Nullable FileLock lock(FileChannel channel) throws IOException {
        try {
            return channel.tryLock();
        } catch (OverlappingFileLockException e) {
            return null;
        }
    }

    Path path() {
        return path;
    }

    /** Removes it; once or more often. */
    @Override
    public void close() throws IOException {
        remove(path);
        lock.close();
    }

    /** Answers how many bytes it held. What goes away meanwhile is gone as well. */
    private static long remove(Path folder) throws IOException {
        long[] bytes = {0};
        Files.walkFileTree(folder, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                bytes[0] += attributes.size();
                Files.deleteIfExists(file);
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFileFailed(Path file, IOException e) throws IOException {
                if (e instanceof NoSuchFileException) {
                    return FileVisitResult.CONTINUE;
                }
                throw e;
            }

            @Override
            public FileVisitResult postVisitDirectory(Path inside, @Nullable IOException e) throws IOException {
                if (e != null && !(e instanceof NoSuchFileException)) {
                    throw e;
                }
                Files.deleteIfExists(inside);
                return FileVisitResult.CONTINUE;
            }
        });
        return bytes[0];
    }
}
