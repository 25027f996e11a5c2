package io.quorate.desk;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** How another JVM is started: by the Java that runs this one. */
public record Jvm(String classPath, List<String> flags) {

    /** Flink serializes what Java keeps to itself. */
    private static final List<String> OPENS = List.of(
            "--add-opens",
            "java.base/java.util=ALL-UNNAMED",
            "--add-opens",
            "java.base/java.lang=ALL-UNNAMED",
            "--add-opens",
            "java.base/java.time=ALL-UNNAMED");

    /** On the class path of this one. */
    public static Jvm own(String... flags) {
        return new Jvm(System.getProperty("java.class.path"), List.of(flags));
    }

    /** On all jars of a folder, and on nothing else. */
    public static Jvm on(Path lib, String... flags) {
        return new Jvm(lib + "/*", List.of(flags));
    }

    /** With what Flink needs of Java. */
    public Jvm forFlink() {
        return and(OPENS);
    }

    public Jvm and(List<String> more) {
        List<String> all = new ArrayList<>(flags);
        all.addAll(more);
        return new Jvm(classPath, all);
    }

    /** The words of its command line. */
    public List<String> command(String main, List<String> arguments) {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(flags);
        command.addAll(List.of("-cp", classPath, main));
        command.addAll(arguments);
        return command;
    }
}
