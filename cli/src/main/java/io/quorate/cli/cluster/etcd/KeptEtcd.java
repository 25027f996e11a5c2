package io.quorate.cli.cluster.etcd;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.quorate.cli.kept.Keeper;
import io.quorate.desk.EtcdCluster;
import io.quorate.desk.Home;
import io.quorate.desk.PartUnavailable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** A cluster on this machine by its name: where its data and logs are, and the process that keeps it. */
record KeptEtcd(Home home, String name) {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Pattern NAME = Pattern.compile("[a-z][a-z0-9-]{0,39}");
    private static final String CLUSTERS = "clusters/etcd";
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final Duration PATIENCE_WITH_EACH = Duration.ofSeconds(2);

    KeptEtcd {
        if (!NAME.matcher(name).matches()) {
            throw new IllegalArgumentException("--name " + name
                    + " is refused, expected a lower-case letter, then up to 39 letters, digits or hyphens");
        }
    }

    /** Whatever clusters have data here, running or not. */
    static List<KeptEtcd> all(Home home) {
        Path folder = home.data().resolve(CLUSTERS);
        if (!Files.isDirectory(folder)) {
            return List.of();
        }
        try (Stream<Path> folders = Files.list(folder)) {
            return folders.map(path -> path.getFileName().toString())
                    .filter(name -> NAME.matcher(name).matches())
                    .sorted()
                    .map(name -> new KeptEtcd(home, name))
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(folder + " cannot be read", e);
        }
    }

    /** How a verb about a cluster of that name is called. */
    static String line(String verb, String name) {
        return "quorate cluster etcd " + verb + (name.equals(Layout.USUAL_NAME) ? "" : " --name " + name);
    }

    String line(String verb) {
        return line(verb, name);
    }

    Keeper keeper() {
        return new Keeper(home, "cluster-etcd-" + name);
    }

    Path keeperLog() {
        return keeper().log();
    }

    Path folder() {
        return home.data().resolve(directory());
    }

    Path memberLog(String member) {
        return home.logs().resolve(directory()).resolve(member + ".log");
    }

    /** Below the home's data, and below its logs. */
    String directory() {
        return CLUSTERS + "/" + name;
    }

    Certificates certificates() {
        return new Certificates(folder().resolve("tls"));
    }

    /** What its data are bound to; empty when it has none. */
    Optional<Layout> layout() {
        if (!Files.exists(layoutFile())) {
            return Optional.empty();
        }
        try {
            return Optional.of(JSON.readValue(layoutFile().toFile(), Layout.class));
        } catch (IOException e) {
            throw new IllegalArgumentException(
                    layoutFile() + " cannot be read, expected what 'start' wrote; begin anew: " + line("clean"), e);
        }
    }

    /** The same, of one that must have been started once. */
    Layout known() {
        return layout().orElseThrow(() -> new IllegalArgumentException(
                "no etcd cluster " + name + " here; " + others() + "start one: " + line("start 3")));
    }

    private String others() {
        List<String> names = all(home).stream().map(KeptEtcd::name).toList();
        return names.isEmpty() ? "" : "there are: " + String.join(", ", names) + " (--name); or ";
    }

    Optional<Running> told() {
        return keeper().tells(Running.class);
    }

    /** What it is like while it runs. */
    Running running() {
        Layout layout = known();
        return told().orElseThrow(() -> new PartUnavailable(
                "etcd cluster " + name + " (" + layout.words() + ") does not run; start it: " + layout.line()));
    }

    /** Starts it in a process apart; waits until every member is healthy. A new one that does not come up leaves its logs alone. */
    void begin(Layout layout) throws IOException, InterruptedException {
        boolean isNew = layout().isEmpty();
        end(); // the members of a keeper that has crashed still hold the ports
        Files.createDirectories(folder());
        if (layout.tls()) {
            certificates().make();
        }
        Files.writeString(layoutFile(), JSON.writeValueAsString(layout));
        try {
            keeper().begin(
                            EtcdKeeperMain.class,
                            List.of(name),
                            PATIENCE.plus(PATIENCE_WITH_EACH.multipliedBy(layout.members())));
        } catch (PartUnavailable e) {
            end();
            if (isNew) {
                EtcdCluster.removeData(home, directory());
            }
            throw e;
        }
    }

    /** False when it did not run. */
    boolean end() throws IOException {
        return keeper().end();
    }

    /** Ends it, and removes its data and logs. */
    void remove() throws IOException {
        end();
        EtcdCluster.removeData(home, directory());
        EtcdCluster.removeLogs(home, directory());
        Files.deleteIfExists(keeperLog());
    }

    private Path layoutFile() {
        return folder().resolve("layout.json");
    }
}
