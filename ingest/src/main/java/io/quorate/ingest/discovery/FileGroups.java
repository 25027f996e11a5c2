package io.quorate.ingest.discovery;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Files in the format of Prometheus' file_sd, JSON or YAML by their name, read again at each look. A file that cannot be read
 * keeps its groups of before, and where no file is left at all, nothing can be said: to end it, write an empty list.
 */
public final class FileGroups implements Groups {

    private static final long serialVersionUID = 1;

    private final ArrayList<String> patterns;
    private transient Map<Path, List<Group>> lastGood = new HashMap<>();

    /** These files; the last part of a path may hold {@code *}. */
    public FileGroups(List<String> patterns) {
        this.patterns = new ArrayList<>(patterns);
    }

    @Override
    public String name() {
        return "files " + String.join(" ", patterns);
    }

    @Override
    public List<Group> find(List<String> problems) throws IOException {
        Map<Path, List<Group>> before = lastGood == null ? Map.of() : lastGood;
        Map<Path, List<Group>> now = new HashMap<>();
        List<Group> groups = new ArrayList<>();
        TreeSet<Path> files = files(problems);
        if (files.isEmpty()) {
            throw new IOException(String.join("; ", problems));
        }
        for (Path file : files) {
            List<Group> read;
            try {
                read = GroupFormat.read(Files.readString(file), !file.toString().endsWith(".json"));
            } catch (IOException | IllegalArgumentException e) {
                problems.add(file + ": " + e.getMessage()
                        + (before.containsKey(file) ? "; its targets of before are kept" : ""));
                read = before.getOrDefault(file, List.of());
            }
            now.put(file, read);
            groups.addAll(read);
        }
        lastGood = now;
        return groups;
    }

    private TreeSet<Path> files(List<String> problems) {
        TreeSet<Path> files = new TreeSet<>();
        for (String pattern : patterns) {
            Path path = Path.of(pattern);
            Path folder = path.getParent() == null ? Path.of(".") : path.getParent();
            int found = files.size();
            try (DirectoryStream<Path> matches = Files.newDirectoryStream(folder, String.valueOf(path.getFileName()))) {
                matches.forEach(files::add);
            } catch (IOException e) {
                problems.add(folder + " cannot be read: " + e);
                continue;
            }
            if (files.size() == found) {
                problems.add(pattern + " matches no file");
            }
        }
        return files;
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof FileGroups that && patterns.equals(that.patterns);
    }

    @Override
    public int hashCode() {
        return patterns.hashCode();
    }

    @Override
    public String toString() {
        return name();
    }
}
