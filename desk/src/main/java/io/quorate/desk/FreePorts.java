package io.quorate.desk;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Loopback ports to start parts on.
 *
 * <p>They are drawn at random below the range that the kernel gives to outgoing connections, so that no connection takes a
 * port between our look and the part's bind; what is left of the race is caught by the part's own start (it tries again).
 */
public final class FreePorts {
    private static final int FIRST = 20_000;
    private static final int LAST = 32_000;
    private static final Set<Integer> GIVEN = new HashSet<>();

    private FreePorts() {}

    /** A port that nothing listens on now and that this process has not given out before. */
    public static synchronized int next() {
        for (int attempt = 0; attempt < 10_000; attempt++) {
            int port = ThreadLocalRandom.current().nextInt(FIRST, LAST);
            if (!GIVEN.contains(port) && free(port)) {
                GIVEN.add(port);
                return port;
            }
        }
        throw new PartUnavailable("no free loopback port between " + FIRST + " and " + LAST + "; stop what holds them");
    }

    /** The port that was asked for, if it is free, or any free one for 0. */
    public static synchronized int asked(String part, int port) {
        if (port == 0) {
            return next();
        }
        take(part, port, "set another port (0 takes a free one)");
        return port;
    }

    /** Takes a port that follows from another one. */
    static synchronized void fixed(String part, int port) {
        take(part, port, "set another base port");
    }

    private static void take(String part, int port, String otherwise) {
        if (!free(port)) {
            String holder = holder(port).orElse("a process that this user may not look at");
            throw new PortBusy(part, port, holder, otherwise);
        }
        GIVEN.add(port);
    }

    static boolean free(int port) {
        try (ServerSocket socket = new ServerSocket()) {
            socket.setReuseAddress(true);
            socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
            return true;
        } catch (IOException busy) {
            return false;
        }
    }

    /** Who listens on a port: "name (pid 123)", as far as /proc lets this user see. */
    static Optional<String> holder(int port) {
        Set<String> inodes = new HashSet<>();
        for (String table : List.of("/proc/net/tcp", "/proc/net/tcp6")) {
            inodes.addAll(listeners(Path.of(table), port));
        }
        if (inodes.isEmpty()) {
            return Optional.empty();
        }
        return ProcessHandle.allProcesses()
                .filter(process -> holdsAny(process.pid(), inodes))
                .findFirst()
                .map(process -> name(process.pid()) + " (pid " + process.pid() + ")");
    }

    private static Set<String> listeners(Path table, int port) {
        Set<String> inodes = new HashSet<>();
        String suffix = String.format(":%04X", port);
        try {
            for (String line : Files.readAllLines(table, StandardCharsets.US_ASCII)) {
                String[] columns = line.trim().split("\\s+");
                if (columns.length > 9 && columns[1].endsWith(suffix) && columns[3].equals("0A")) {
                    inodes.add("socket:[" + columns[9] + "]");
                }
            }
        } catch (IOException absent) {
            return Set.of(); // no IPv6 here
        }
        return inodes;
    }

    private static boolean holdsAny(long pid, Set<String> inodes) {
        try (DirectoryStream<Path> descriptors = Files.newDirectoryStream(Path.of("/proc/" + pid + "/fd"))) {
            for (Path descriptor : descriptors) {
                if (inodes.contains(Files.readSymbolicLink(descriptor).toString())) {
                    return true;
                }
            }
            return false;
        } catch (IOException | java.nio.file.DirectoryIteratorException notOurs) {
            return false; // another user's process, or it has just ended
        }
    }

    private static String name(long pid) {
        try {
            return Files.readString(Path.of("/proc/" + pid + "/comm")).trim();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
