package io.quorate.cli.stack;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.apache.flink.core.fs.FileStatus;
import org.apache.flink.core.fs.FileSystem;
import org.apache.flink.core.fs.Path;

/**
 * The checkpoints of one job, as Flink lays them: {@code FOLDER/JOB-ID/chk-N/_metadata}, the last file written when a
 * checkpoint is complete. A job has another id at each start.
 */
public record Checkpoints(Path folder) {

    /** Those of the job of this name under the folder of all jobs' checkpoints, an address as Flink takes it. */
    public static Checkpoints of(String folderOfAll, String job) {
        return new Checkpoints(new Path(folderOfAll, job));
    }

    public String address() {
        return folder.toString();
    }

    /** The address of the newest complete one. */
    public Optional<String> newest() throws IOException {
        return complete().stream()
                .max(Comparator.comparingLong(FileStatus::getModificationTime))
                .map(metadata -> metadata.getPath().getParent().toString());
    }

    /** When the newest complete one was. */
    Optional<Instant> newestAt() throws IOException {
        return complete().stream()
                .map(metadata -> Instant.ofEpochMilli(metadata.getModificationTime()))
                .max(Comparator.naturalOrder());
    }

    /** Removes what earlier starts have left, but for the newest: else each start would leave a checkpoint for ever. */
    void removeAllButNewest() throws IOException {
        FileSystem files = folder.getFileSystem();
        Optional<String> kept = newest();
        for (FileStatus start : list(folder)) {
            boolean holdsNewest = kept.isPresent()
                    && new Path(kept.get())
                            .getParent()
                            .toUri()
                            .getPath()
                            .equals(start.getPath().toUri().getPath());
            if (!holdsNewest && isOfAStart(start)) {
                files.delete(start.getPath(), true);
            }
        }
    }

    /** Named by a job's id: whatever else lies there is somebody's. */
    private static boolean isOfAStart(FileStatus folder) {
        return folder.isDir() && folder.getPath().getName().matches("[0-9a-f]{32}");
    }

    private List<FileStatus> complete() throws IOException {
        List<FileStatus> complete = new ArrayList<>();
        for (FileStatus start : list(folder)) {
            for (FileStatus checkpoint : list(start.getPath())) {
                if (checkpoint.getPath().getName().startsWith("chk-")) {
                    list(checkpoint.getPath()).stream()
                            .filter(file -> file.getPath().getName().equals("_metadata"))
                            .forEach(complete::add);
                }
            }
        }
        return complete;
    }

    private List<FileStatus> list(Path path) throws IOException {
        try {
            FileStatus[] inside = path.getFileSystem().listStatus(path);
            return inside == null ? List.of() : List.of(inside);
        } catch (FileNotFoundException none) {
            return List.of();
        }
    }
}
