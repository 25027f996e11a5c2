package io.quorate.desk;

/** Ends this JVM when the process that started it has ended, so that a crash leaves no broker behind. */
public final class ParentWatch {
    static final String PROPERTY = "quorate.desk.parent";

    private ParentWatch() {}

    /** The JVM flag that tells the process about to be started who its parent is. */
    public static String flag() {
        return "-D" + PROPERTY + "=" + ProcessHandle.current().pid();
    }

    /** Watches from now on; does nothing without the flag. */
    public static void begin() {
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
