package io.quorate.cli.flink;

import io.quorate.cli.stack.QuorateJob;
import io.quorate.desk.Home;
import io.quorate.desk.Jvm;
import io.quorate.desk.PartUnavailable;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Flink's own command, in a process of its own: there a job finds on its class path what it finds on a cluster, which is Flink,
 * and brings everything else itself.
 *
 * @param lib the jars of a Flink home
 * @param conf a folder with an empty configuration, which the command insists on
 */
record FlinkRun(Path lib, Path conf) {

    /** Where the launcher has laid Flink's jars. */
    private static final String LIB_PROPERTY = "quorate.flink.lib";

    private static final Pattern SUBMITTED = Pattern.compile("submitted with JobID ([0-9a-f]{32})");

    /**
     * The Flink of this build.
     *
     * @throws IllegalArgumentException when there is none
     */
    static FlinkRun of(Home home) throws IOException {
        String lib = System.getProperty(LIB_PROPERTY);
        if (lib == null || !Files.isDirectory(Path.of(lib))) {
            throw new IllegalArgumentException(
                    "no Flink to submit with; expected the jars that the launcher lays out; start the command by ./quorate");
        }
        Path conf = Files.createDirectories(home.data().resolve("flink-run"));
        Files.writeString(conf.resolve("config.yaml"), "");
        return new FlinkRun(Path.of(lib), conf);
    }

    /**
     * Has the jar make the job, and leaves it at that.
     *
     * @throws IllegalArgumentException when the jar cannot, with its own words
     */
    void check(Submission submission) throws InterruptedException {
        flink(submission, List.of("info", "-p", Integer.toString(submission.parallelism())), "cannot be made");
    }

    /**
     * Submits it, to begin with that savepoint or checkpoint, or with empty state; answers its id.
     *
     * @throws IllegalArgumentException when the jar cannot make the job, or the cluster does not take it
     */
    String submit(String url, Submission submission, @Nullable String state) throws InterruptedException {
        URI uri = URI.create(url);
        boolean tls = "https".equals(uri.getScheme());
        List<String> action = new ArrayList<>(List.of(
                "run",
                "--detached",
                "--target",
                "remote",
                "-Drest.address=" + uri.getHost(),
                "-Drest.port=" + (uri.getPort() < 0 ? (tls ? 443 : 80) : uri.getPort()),
                "-Drest.path=" + uri.getPath(),
                "-Dsecurity.ssl.rest.enabled=" + tls,
                "--parallelism",
                Integer.toString(submission.parallelism())));
        if (state != null) {
            // What a rule that is no more has left in the state is let go.
            action.addAll(List.of("--fromSavepoint", state, "--allowNonRestoredState"));
        }
        String said = flink(submission, action, "is not taken by " + url);
        Matcher id = SUBMITTED.matcher(said);
        if (!id.find()) {
            throw new PartUnavailable("Flink's command tells no id of " + submission.job() + ": " + said.strip());
        }
        return id.group(1);
    }

    private String flink(Submission submission, List<String> action, String complaint) throws InterruptedException {
        List<String> arguments = new ArrayList<>(action);
        arguments.addAll(List.of("--class", QuorateJob.named(submission.job()).entryPoint(), submission.jar()));
        arguments.addAll(submission.arguments());
        List<String> command = Jvm.on(lib, "-Xmx512m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1")
                .forFlink()
                .command("org.apache.flink.client.cli.CliFrontend", arguments);
        ProcessBuilder builder = new ProcessBuilder(command);
        builder.environment().put("FLINK_CONF_DIR", conf.toString());
        try {
            Process process = builder.start();
            try {
                CompletableFuture<String> complaints =
                        CompletableFuture.supplyAsync(() -> all(process.getErrorStream()));
                String said = all(process.getInputStream());
                if (process.waitFor() != 0) {
                    throw new IllegalArgumentException("job " + submission.job() + " of " + submission.jar() + ' '
                            + complaint + ": " + reason(said + complaints.join()));
                }
                return said;
            } finally {
                process.destroy();
            }
        } catch (IOException e) {
            throw new PartUnavailable("Flink's command could not be started: " + e.getMessage(), e);
        }
    }

    /** The cause that says most stands last in Flink's stack trace. */
    static String reason(String trace) {
        return trace.lines()
                .filter(line -> line.startsWith("Caused by: "))
                .reduce((first, second) -> second)
                .map(line -> line.replaceFirst("^Caused by: ([a-z]+\\.)*", ""))
                .or(() -> trace.lines().filter(line -> !line.isBlank()).findFirst())
                .orElse("it gives no reason");
    }

    private static String all(InputStream stream) {
        try (stream) {
            return new String(stream.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
