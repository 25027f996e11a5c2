package io.quorate.desk;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Debian's apt with lists, cache and locks of its own under the home folder: of the system's own suite, or of another one from
 * the same sources.
 */
final class Apt {

    private static final Path SYSTEM = Path.of("/etc/apt");

    private final Path root;
    private final @Nullable Path sources;

    /**
     * Where packages come from.
     *
     * @param suite such as {@code trixie}; null for the system's own sources as they are
     */
    Apt(Home home, @Nullable String suite) {
        this.root = home.root().resolve(suite == null ? "apt" : "apt-" + suite);
        this.sources = suite == null ? null : written(suite);
    }

    private Path written(String suite) {
        try {
            Path file = Home.made(root).resolve("derived.sources");
            String own = codename(Files.readString(Path.of("/etc/os-release")));
            List<String> stanzas = new ArrayList<>();
            for (Path source : systemSources()) {
                String text = Files.readString(source, StandardCharsets.UTF_8);
                stanzas.addAll(
                        source.toString().endsWith(".sources")
                                ? ofStanzas(text, own, suite)
                                : ofLines(text, own, suite));
            }
            if (stanzas.isEmpty()) {
                throw new PartUnavailable("no package of Debian's " + suite + " can be had: none of " + systemSources()
                        + " names the suite " + own + ", expected one to take the address from");
            }
            Files.writeString(file, String.join("\n", stanzas));
            return file;
        } catch (IOException e) {
            throw new UncheckedIOException("the system's sources of packages under " + SYSTEM + " cannot be read", e);
        }
    }

    /** The name of the system's own suite, such as {@code bookworm}. */
    static String codename(String osRelease) {
        return osRelease
                .lines()
                .filter(line -> line.startsWith("VERSION_CODENAME="))
                .map(line -> line.substring("VERSION_CODENAME=".length()).replace("\"", ""))
                .findFirst()
                .orElse("stable");
    }

    private static List<Path> systemSources() throws IOException {
        List<Path> found = new ArrayList<>();
        Path list = SYSTEM.resolve("sources.list");
        if (Files.exists(list)) {
            found.add(list);
        }
        Path parts = SYSTEM.resolve("sources.list.d");
        if (Files.isDirectory(parts)) {
            try (Stream<Path> files = Files.list(parts)) {
                files.filter(file -> file.toString().endsWith(".list")
                                || file.toString().endsWith(".sources"))
                        .sorted()
                        .forEach(found::add);
            }
        }
        return found;
    }

    /** The stanzas for the system's own suite, each for the other one instead. */
    static List<String> ofStanzas(String text, String own, String suite) {
        return Arrays.stream(text.split("\n\\s*\n"))
                .filter(stanza -> stanza.lines()
                        .anyMatch(line -> line.startsWith("Suites:")
                                && List.of(line.substring(7).trim().split("\\s+"))
                                        .contains(own)))
                .filter(stanza -> stanza.lines().noneMatch(line -> line.matches("(?i)Enabled:\\s*no\\s*")))
                .map(stanza -> stanza.lines()
                        .filter(line -> !line.startsWith("#"))
                        .map(line -> line.startsWith("Suites:") ? "Suites: " + suite : line)
                        .collect(Collectors.joining("\n", "", "\n")))
                .toList();
    }

    /** The same of the older form, one source in a line. */
    static List<String> ofLines(String text, String own, String suite) {
        return text.lines()
                .map(String::trim)
                .filter(line -> line.matches("deb\\s.*\\s" + own + "\\s.*"))
                .map(line -> {
                    String options =
                            line.matches("deb\\s+\\[.*") ? line.replaceFirst("^deb\\s+\\[([^]]*)].*", "$1") : "";
                    String[] rest =
                            line.replaceFirst("^deb\\s+(\\[[^]]*]\\s*)?", "").split("\\s+", 3);
                    String signed = Arrays.stream(options.trim().split("\\s+"))
                            .filter(option -> option.startsWith("signed-by="))
                            .map(option -> "Signed-By: " + option.substring("signed-by=".length()) + "\n")
                            .collect(Collectors.joining());
                    return "Types: deb\nURIs: " + rest[0] + "\nSuites: " + suite + "\nComponents: " + rest[2] + "\n"
                            + signed;
                })
                .toList();
    }

    List<String> line(String... verb) {
        Path state = Home.made(root.resolve("state"));
        Path cache = Home.made(root.resolve("cache"));
        Home.made(state.resolve("lists/partial"));
        Home.made(cache.resolve("archives/partial"));
        List<String> line = new ArrayList<>(List.of(
                "apt-get",
                "-q",
                "-o",
                "Dir::State=" + state,
                "-o",
                "Dir::State::lists=" + state.resolve("lists"),
                "-o",
                "Dir::State::status=/var/lib/dpkg/status",
                "-o",
                "Dir::Cache=" + cache,
                // apt would otherwise hand the download to a user who may not write here.
                "-o",
                "APT::Sandbox::User=" + System.getProperty("user.name"),
                "-o",
                "Acquire::Retries=2"));
        if (sources != null) {
            line.addAll(List.of("-o", "Dir::Etc::sourcelist=" + sources, "-o", "Dir::Etc::sourceparts=-"));
        }
        line.addAll(List.of(verb));
        return line;
    }

    boolean listsAreThere() {
        try (Stream<Path> lists = Files.list(Home.made(root.resolve("state/lists")))) {
            return lists.anyMatch(list -> list.getFileName().toString().contains("_Packages"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
