package io.quorate.desk;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** A process that starts a long one and then ends: {@code HOME exits|crashes|stays|asks-for-etcd|asks-for-strace}. */
final class ShortLived {
    private ShortLived() {}

    public static void main(String[] args) throws Exception {
        Home home = Home.at(Path.of(args[0]));
        if (args[1].equals("asks-for-etcd")) {
            try {
                Parts.of(home).etcd();
            } catch (PartUnavailable e) {
                System.out.println(e.getMessage());
            }
            return;
        }
        if (args[1].equals("asks-for-strace")) {
            askForStrace(Parts.of(home));
            return;
        }
        Processes.announce(home, "short-lived");
        Processes.beforeStop(() -> System.out.println("stopping"));
        Child child = Processes.spawn(home, "long", List.of("sleep", "600"), home.log("long"), Map.of());
        Processes.afterStop(() -> System.out.println(child.alive() ? "too early" : "stopped"));
        System.out.println(child.pid());
        switch (args[1]) {
            case "crashes" -> Runtime.getRuntime().halt(1);
            case "stays" -> Thread.currentThread().join();
            default -> System.exit(0);
        }
    }

    private static void askForStrace(Parts parts) throws Exception {
        Path strace = parts.strace();
        ProcessBuilder builder = new ProcessBuilder(strace.toString(), "--version").redirectErrorStream(true);
        builder.environment().putAll(parts.librariesOf(strace));
        Process asked = builder.start();
        System.out.println(strace + " " + parts.librariesOf(strace));
        asked.getInputStream().transferTo(System.out);
        System.out.flush();
    }

    static Process start(Path home, String end, Map<String, String> environment) throws Exception {
        ProcessBuilder builder = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        ShortLived.class.getName(),
                        home.toString(),
                        end)
                .redirectError(ProcessBuilder.Redirect.DISCARD);
        builder.environment().putAll(environment);
        return builder.start();
    }
}
