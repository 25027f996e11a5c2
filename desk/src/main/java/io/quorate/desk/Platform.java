package io.quorate.desk;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;

/** The one platform the parts run on: Linux on x86-64 with glibc. */
public final class Platform {
    private static final Path GLIBC_LOADER = Path.of("/lib64/ld-linux-x86-64.so.2");

    private Platform() {}

    /** Says at once, before anything is fetched, when the parts cannot run here. */
    public static void check() {
        check(System.getProperty("os.name", "?"), System.getProperty("os.arch", "?"), Files.exists(GLIBC_LOADER));
    }

    static void check(String system, String architecture, boolean glibc) {
        boolean linux = system.toLowerCase(Locale.ROOT).startsWith("linux");
        if (!linux || !architecture.equals("amd64") || !glibc) {
            throw new PartUnavailable("the local parts run on Linux x86-64 with glibc; this is " + system + " "
                    + architecture + (linux && !glibc ? " without glibc" : "")
                    + "; use such a machine, or give your own kafka.bootstrap and clickhouse.url in quorate.yaml");
        }
    }
}
