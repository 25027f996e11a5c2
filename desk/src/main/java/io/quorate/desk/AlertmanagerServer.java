package io.quorate.desk;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** A real Alertmanager on loopback, alone, with the settings it is given. */
public final class AlertmanagerServer implements AutoCloseable {

    private static final Duration START = Duration.ofSeconds(30);
    private static final int TRIES = 3;
    private static final String TEMPLATES = "/usr/share/prometheus/alertmanager";

    private final Child child;
    private final int port;

    private AlertmanagerServer(Child child, int port) {
        this.child = child;
        this.port = port;
    }

    /**
     * One of this line, such as {@code 0.33}, with data under that directory; waits until it is ready.
     *
     * @param port 0 takes a free one
     * @param settings what stands in alertmanager.yml
     */
    public static AlertmanagerServer ofLine(Home home, String line, String directory, int port, String settings) {
        List<String> binary = command(home, Parts.of(home).alertmanager(line));
        Path data = home.data(directory);
        Path file = data.resolve("alertmanager.yml");
        try {
            Files.writeString(file, settings);
        } catch (IOException e) {
            throw new UncheckedIOException(file + " cannot be written", e);
        }
        for (int attempt = 1; ; attempt++) {
            int chosen = FreePorts.asked("Alertmanager", port);
            List<String> command = new ArrayList<>(binary);
            command.addAll(List.of(
                    "--config.file=" + file,
                    "--storage.path=" + data.resolve("state"),
                    "--web.listen-address=127.0.0.1:" + chosen,
                    "--cluster.listen-address=",
                    "--log.level=warn"));
            Child child = Processes.spawn(home, directory, command, home.log(directory), Map.of());
            AlertmanagerServer server = new AlertmanagerServer(child, chosen);
            try {
                Readiness.await(
                        child,
                        START,
                        () -> Readiness.get(server.url() + "/-/ready").isPresent());
                return server;
            } catch (PartUnavailable e) {
                child.close();
                if (port != 0 || attempt == TRIES || !e.portTaken()) {
                    throw e;
                }
            }
        }
    }

    /**
     * Debian's build reads its own templates from one folder of the system, which is not ours to write into. Of one that was
     * only unpacked, a copy runs that reads them from where it is started.
     */
    private static List<String> command(Home home, Path binary) {
        if (!binary.startsWith(home.parts())) {
            return List.of(binary.toString());
        }
        Path copy = binary.resolveSibling(binary.getFileName() + "-here");
        Path templates =
                binary.resolveSibling("../share/prometheus/alertmanager").normalize();
        try {
            if (!Files.isExecutable(copy)) {
                String program = Files.readString(binary, StandardCharsets.ISO_8859_1);
                String here = '.' + "/".repeat(TEMPLATES.length() - 1);
                Path unfinished = Files.createTempFile(copy.getParent(), "copy", null);
                Files.writeString(unfinished, program.replace(TEMPLATES, here), StandardCharsets.ISO_8859_1);
                Files.setPosixFilePermissions(unfinished, PosixFilePermissions.fromString("rwxr-xr-x"));
                Files.move(unfinished, copy, StandardCopyOption.ATOMIC_MOVE);
            }
            return List.of("env", "-C", templates.toString(), copy.toString());
        } catch (IOException e) {
            throw new UncheckedIOException(binary + " cannot be copied", e);
        }
    }

    public String url() {
        return "http://127.0.0.1:" + port;
    }

    public int port() {
        return port;
    }

    /** At once, as kill -9 does. */
    public void kill() {
        child.kill();
    }

    @Override
    public void close() {
        child.close();
    }
}
