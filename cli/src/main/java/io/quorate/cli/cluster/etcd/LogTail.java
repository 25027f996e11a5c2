package io.quorate.cli.cluster.etcd;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The end of a log, then what is added to it, whole lines only. */
final class LogTail {

    /** A log may have grown for weeks; more of its end is not looked at. */
    private static final int MOST = 4 << 20;

    private final Path log;
    private final ByteArrayOutputStream begun = new ByteArrayOutputStream();
    private long read;

    LogTail(Path log) {
        this.log = log;
    }

    /** The last lines as of now; asked first. */
    List<String> last(int lines) throws IOException {
        long size = Files.exists(log) ? Files.size(log) : 0;
        read = Math.max(0, size - MOST);
        List<String> all = added();
        return all.subList(Math.max(0, all.size() - lines), all.size());
    }

    /** What came since it was last asked. */
    List<String> added() throws IOException {
        if (!Files.exists(log)) {
            return List.of();
        }
        try (RandomAccessFile file = new RandomAccessFile(log.toFile(), "r")) {
            long size = file.length();
            if (size < read) { // begun anew
                read = 0;
                begun.reset();
            }
            byte[] bytes = new byte[Math.toIntExact(Math.min(MOST, size - read))];
            file.seek(read);
            file.readFully(bytes);
            read += bytes.length;
            return whole(bytes);
        }
    }

    private List<String> whole(byte[] bytes) {
        List<String> lines = new ArrayList<>();
        for (byte next : bytes) {
            if (next == '\n') {
                lines.add(begun.toString(StandardCharsets.UTF_8));
                begun.reset();
            } else {
                begun.write(next);
            }
        }
        return lines;
    }
}
