package io.quorate.desk;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Starts processes, remembers them in pid files, and leaves none behind.
 *
 * <p>Each child gets a session of its own, so that Ctrl-C reaches only us and we stop the children in order. A pid file
 * holds the start time too: a stale one never costs a stranger its life.
 */
public final class Processes {
    private static final Logger LOG = LoggerFactory.getLogger(Processes.class);
    private static final Duration CHILD_GRACE = Duration.ofSeconds(8);
    private static final Duration OWNER_GRACE = Duration.ofSeconds(20);

    private static final Set<Child> CHILDREN = ConcurrentHashMap.newKeySet();
    private static final List<Runnable> BEFORE_STOP = Collections.synchronizedList(new ArrayList<>());
    private static final List<Runnable> AFTER_STOP = Collections.synchronizedList(new ArrayList<>());
    private static final Set<Path> ANNOUNCED = ConcurrentHashMap.newKeySet();

    static {
        Runtime.getRuntime().addShutdownHook(new Thread(Processes::stopOwn, "stop-children"));
    }

    private Processes() {}

    /** What runs first when this JVM is told to end, while the children still live (a job to cancel, a report to write). */
    public static void beforeStop(Runnable step) {
        BEFORE_STOP.add(step);
    }

    /** What runs last, when no child writes any more (a folder to remove). */
    public static void afterStop(Runnable step) {
        AFTER_STOP.add(step);
    }

    /** Starts a process whose output goes to the end of a log file. */
    public static Child spawn(
            Home home, String name, List<String> command, Path logFile, Map<String, String> environment) {
        try {
            Process process = begin(command, logFile, environment);
            ProcessId id = ProcessId.of(process.pid()).orElse(new ProcessId(process.pid(), -1, "ended at once"));
            Path pidFile = write(home, name, id, Role.PART);
            Child child = new Child(name, process, id, logFile, pidFile);
            CHILDREN.add(child);
            return child;
        } catch (IOException e) {
            throw new PartUnavailable(name + " could not be started (" + command.get(0) + "): " + e.getMessage(), e);
        }
    }

    /**
     * Starts a process that lives on when this one ends. It is expected to {@link #announce} itself, so that others find and
     * stop it.
     */
    public static Process spawnApart(String name, List<String> command, Path logFile) {
        try {
            return begin(command, logFile, Map.of());
        } catch (IOException e) {
            throw new PartUnavailable(name + " could not be started (" + command.get(0) + "): " + e.getMessage(), e);
        }
    }

    private static Process begin(List<String> command, Path logFile, Map<String, String> environment)
            throws IOException {
        List<String> line = new ArrayList<>(
                onPath("setsid").map(setsid -> List.of(setsid.toString())).orElse(List.of()));
        line.addAll(command);
        ProcessBuilder builder = new ProcessBuilder(line)
                .redirectErrorStream(true)
                .redirectInput(ProcessBuilder.Redirect.from(new File("/dev/null")))
                .redirectOutput(ProcessBuilder.Redirect.appendTo(logFile.toFile()));
        builder.environment().putAll(environment);
        return builder.start();
    }

    /** Writes a pid file for this very process, so that a clean-up from another terminal can ask it to end. */
    public static void announce(Home home, String name) {
        ANNOUNCED.add(write(home, name, ProcessId.self(), Role.OWNER));
    }

    /** Stops all that was ever started from this home and still runs; answers their names. */
    public static List<String> stopAll(Home home) {
        return stop(home, record -> true);
    }

    /** Stops what outlived the process that started it; answers their names. */
    public static List<String> stopOrphans(Home home) {
        return stop(home, record -> !record.owner().alive());
    }

    /**
     * Stops the process that announced itself under that name, with all that it started, also when it has crashed and only
     * that is left; false when there is neither.
     */
    public static boolean stop(Home home, String name) {
        Set<ProcessId> owners = known(home).stream()
                .filter(record -> record.role() == Role.OWNER && record.name().equals(name))
                .map(PidFile::id)
                .collect(Collectors.toSet());
        return !stop(home, record -> owners.contains(record.role() == Role.OWNER ? record.id() : record.owner()))
                .isEmpty();
    }

    /** The pid of the process that announced itself under that name and still runs. */
    public static Optional<Long> announced(Home home, String name) {
        return known(home).stream()
                .filter(record -> record.role() == Role.OWNER && record.name().equals(name))
                .filter(record -> record.id().alive())
                .map(record -> record.id().pid())
                .findFirst();
    }

    /** The first executable of that name on PATH. */
    static Optional<Path> onPath(String name) {
        String path = Optional.ofNullable(System.getenv("PATH")).orElse("/usr/bin:/bin");
        for (String folder : path.split(File.pathSeparator)) {
            Path candidate = Path.of(folder).resolve(name);
            if (!folder.isEmpty() && Files.isRegularFile(candidate) && Files.isExecutable(candidate)) {
                return Optional.of(candidate.toAbsolutePath());
            }
        }
        return Optional.empty();
    }

    static void forget(Child child, Path pidFile) {
        CHILDREN.remove(child);
        delete(pidFile);
    }

    private static void stopOwn() {
        run(BEFORE_STOP);
        List<Child> children = List.copyOf(CHILDREN);
        children.forEach(Child::terminate);
        children.forEach(Child::resume);
        Instant until = Instant.now().plus(CHILD_GRACE);
        for (Child child : children) {
            Duration left = Duration.between(Instant.now(), until);
            if (!child.ended(left.isNegative() ? Duration.ZERO : left)) {
                child.kill();
            }
            child.forget();
        }
        run(AFTER_STOP);
        ANNOUNCED.forEach(Processes::delete);
    }

    private static void run(List<Runnable> steps) {
        for (Runnable step : List.copyOf(steps)) {
            try {
                step.run();
            } catch (RuntimeException e) {
                LOG.warn("A step of stopping failed; stopping all the same", e);
            }
        }
    }

    private enum Role {
        OWNER,
        PART
    }

    private record PidFile(Path file, String name, Role role, ProcessId id, ProcessId owner) {}

    private static Path write(Home home, String name, ProcessId id, Role role) {
        ProcessId owner = ProcessId.self();
        String line = String.join(
                        " ",
                        role.name(),
                        Long.toString(id.pid()),
                        Long.toString(id.startTicks()),
                        id.boot().replace(' ', '-'),
                        Long.toString(owner.pid()),
                        Long.toString(owner.startTicks()),
                        owner.boot())
                + "\n";
        Path file = home.pids().resolve(name.replace('/', '-') + "." + id.pid() + ".pid");
        try {
            Path written = Files.writeString(file.resolveSibling(file.getFileName() + ".new"), line);
            return Files.move(written, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            throw new UncheckedIOException("The pid file " + file + " cannot be written", e);
        }
    }

    private static Optional<PidFile> read(Path file) throws IOException {
        String[] words = Files.readString(file).trim().split(" ");
        String name = file.getFileName().toString().replaceFirst("\\.\\d+\\.pid$", "");
        try {
            return Optional.of(new PidFile(
                    file,
                    name,
                    Role.valueOf(words[0]),
                    new ProcessId(Long.parseLong(words[1]), Long.parseLong(words[2]), words[3]),
                    new ProcessId(Long.parseLong(words[4]), Long.parseLong(words[5]), words[6])));
        } catch (IllegalArgumentException | ArrayIndexOutOfBoundsException e) {
            LOG.warn("{} is no pid file of ours; left alone", file);
            return Optional.empty();
        }
    }

    private static List<PidFile> known(Home home) {
        List<PidFile> known = new ArrayList<>();
        try (DirectoryStream<Path> files = Files.newDirectoryStream(home.pids(), "*.pid")) {
            for (Path file : files) {
                read(file).ifPresent(known::add);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("The pid files under " + home.pids() + " cannot be read", e);
        }
        return known;
    }

    private static List<String> stop(Home home, Predicate<PidFile> which) {
        List<PidFile> meant = known(home).stream()
                .filter(record -> !record.id().equals(ProcessId.self()))
                .filter(which)
                .toList();
        List<String> stopped = new ArrayList<>();
        // Owners first: each stops its own parts in order, and only what is left then is ours to stop.
        stopped.addAll(end(meant.stream().filter(r -> r.role() == Role.OWNER).toList(), OWNER_GRACE));
        stopped.addAll(end(meant.stream().filter(r -> r.role() == Role.PART).toList(), CHILD_GRACE));
        return stopped;
    }

    private static List<String> end(List<PidFile> records, Duration grace) {
        List<PidFile> alive = records.stream().filter(r -> r.id().alive()).toList();
        for (PidFile record : alive) {
            record.id().signal(LibC.SIGTERM);
            record.id().signal(LibC.SIGCONT);
        }
        if (!allEnded(alive, grace)) {
            alive.forEach(record -> record.id().signal(LibC.SIGKILL));
            allEnded(alive, CHILD_GRACE);
        }
        records.forEach(record -> delete(record.file()));
        return alive.stream().map(PidFile::name).toList();
    }

    private static boolean allEnded(List<PidFile> records, Duration within) {
        return Readiness.holds(within, () -> records.stream().noneMatch(r -> r.id().alive()));
    }

    private static void delete(Path file) {
        try {
            Files.deleteIfExists(file);
        } catch (IOException e) {
            LOG.warn("{} could not be removed", file, e);
        }
    }
}
