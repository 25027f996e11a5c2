package io.quorate.desk;

/** Ends this JVM when the process that started it has ended, so that a crash leaves no broker behind. */
final class ParentWatch {
    static final String PROPERTY = "quorate.desk.parent";

    private ParentWatch() {}

    static String flag() {
        return "-D" + PROPERTY + "=" + ProcessHandle.current().pid();
    }

    static void begin() {
        Long pid = Long.getLong(PROPERTY);
        if (pid == null) {
            return;
        }
        ProcessHandle.of(pid)
                .ifPresentOrElse(
                        parent -> parent.onExit()
                                .thenRun(() -> System.exit(0)), // runs the shutdown hooks: an orderly end
                        () -> System.exit(0));
    }
}
