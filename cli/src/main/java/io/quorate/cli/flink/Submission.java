package io.quorate.cli.flink;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.quorate.cli.stack.QuorateJob;
import io.quorate.desk.Home;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;

/**
 * One job as it is submitted. What runs is remembered with a copy of its jar, so that an upgrade finds its way back.
 *
 * @param job its name
 * @param jar the file with the job and all it needs but Flink
 * @param arguments of its main
 */
record Submission(String job, String jar, List<String> arguments, int parallelism) {

    /** What is kept of one that was taken, under the id that it runs by: another of its name is somebody else's. */
    private record Taken(String id, Submission submission) {}

    /** Where the launcher has put the jar that it built. */
    private static final String JAR_PROPERTY = "quorate.jobs.jar";

    private static final ObjectMapper JSON = new ObjectMapper();

    /**
     * The jar of this very build.
     *
     * @throws IllegalArgumentException when there is none
     */
    static Path ownJar() {
        String jar = System.getProperty(JAR_PROPERTY);
        if (jar == null || !Files.exists(Path.of(jar))) {
            throw new IllegalArgumentException("no jar of the jobs"
                    + (jar == null ? "" : " at " + jar)
                    + "; expected the one that the launcher builds; start the command by ./quorate, or name a jar with"
                    + " --jar");
        }
        return Path.of(jar);
    }

    /** Keeps it under this home, as what runs by that id from now on. */
    void remember(Home home, String id) throws IOException {
        Path kept = folder(home).resolve(hash() + ".jar");
        if (!Files.exists(kept)) {
            Path copied =
                    Files.copy(Path.of(jar), kept.resolveSibling(hash() + ".new"), StandardCopyOption.REPLACE_EXISTING);
            Files.move(copied, kept, StandardCopyOption.ATOMIC_MOVE);
        }
        Submission running = new Submission(job, kept.toString(), arguments, parallelism);
        Files.writeString(file(home, job), JSON.writeValueAsString(new Taken(id, running)));
    }

    /** What runs by that id, if it was submitted from here. */
    static Optional<Submission> of(Home home, QuorateJob job, String id) throws IOException {
        Path file = file(home, job.word());
        return Files.exists(file)
                ? Optional.of(JSON.readValue(file.toFile(), Taken.class))
                        .filter(taken -> id.equals(taken.id()))
                        .map(Taken::submission)
                : Optional.empty();
    }

    private String hash() throws IOException {
        try {
            byte[] hash = MessageDigest.getInstance("SHA-256").digest(Files.readAllBytes(Path.of(jar)));
            return HexFormat.of().formatHex(hash, 0, 8);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }

    private static Path file(Home home, String job) throws IOException {
        return folder(home).resolve(job + ".json");
    }

    private static Path folder(Home home) throws IOException {
        return Files.createDirectories(home.data().resolve("submitted"));
    }
}
