package io.quorate.cli.stack;

import io.quorate.desk.Home;
import io.quorate.desk.PartUnavailable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** One run per home: two would write into the same broker's and engine's data. The kernel lets go of it with the process. */
public final class RunLock implements AutoCloseable {

    private final FileChannel channel;

    private RunLock(FileChannel channel) {
        this.channel = channel;
    }

    /**
     * Takes it, for as long as this process lives or until it is closed.
     *
     * @param patience how long to wait for a run that is just ending
     * @throws PartUnavailable while another run goes on
     */
    public static RunLock take(Home home, Duration patience) throws IOException, InterruptedException {
        Path file = home.data().resolve("run.lock");
        FileChannel channel =
                FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
        Instant until = Instant.now().plus(patience);
        FileLock lock = lock(channel);
        while (lock == null) {
            if (Instant.now().isAfter(until)) {
                String holder = holder(channel);
                channel.close();
                throw new PartUnavailable("a run goes on from " + home.root() + " already" + holder
                        + "; end it there with Ctrl-C, or set QUORATE_HOME for another one beside it");
            }
            Thread.sleep(200);
            lock = lock(channel);
        }
        channel.truncate(0);
        channel.write(
                ByteBuffer.wrap(Long.toString(ProcessHandle.current().pid()).getBytes(StandardCharsets.US_ASCII)));
        return new RunLock(channel);
    }

    /** Whether a run goes on from this home. */
    public static boolean isTaken(Home home) throws IOException {
        Path file = home.data().resolve("run.lock");
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
            return lock(channel) == null;
        }
    }

    private static @Nullable FileLock lock(FileChannel channel) throws IOException {
        return channel.tryLock();
    }

    private static String holder(FileChannel channel) throws IOException {
        ByteBuffer pid = ByteBuffer.allocate(20);
        int read = channel.read(pid, 0);
        return read > 0 ? " (pid " + new String(pid.array(), 0, read, StandardCharsets.US_ASCII) + ")" : "";
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
