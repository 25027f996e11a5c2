package io.quorate.desk;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** A real Prometheus on loopback, or a VictoriaMetrics in its place, that scrapes the targets it is given. */
public final class PrometheusServer implements AutoCloseable {

    /** What to scrape: the job, host:port, and labels that every series of it carries. */
    public record Target(String job, String address, Map<String, String> labels) {

        /** The members of a cluster, in the job {@code etcd}, with the labels {@code cluster} and {@code member}. */
        public static List<Target> membersOf(EtcdCluster cluster) {
            return cluster.members().stream()
                    .map(member -> new Target(
                            "etcd", member.address(), Map.of("cluster", cluster.name(), "member", member.name())))
                    .toList();
        }
    }

    /** How such a server is started. */
    private interface Command {
        List<String> of(Path settings, Path data, int port);
    }

    private static final Duration START = Duration.ofSeconds(30);
    private static final int TRIES = 3;

    private final Child child;
    private final String url;

    private PrometheusServer(Child child, String url) {
        this.child = child;
        this.url = url;
    }

    public static PrometheusServer start(Home home, String directory, Duration interval, List<Target> targets) {
        return start(home, directory, 0, interval, targets);
    }

    /** Starts it with data under that directory; port 0 takes a free one. Waits until it is ready. */
    public static PrometheusServer start(
            Home home, String directory, int port, Duration interval, List<Target> targets) {
        return start(home, prometheus(Parts.of(home).prometheus()), directory, port, interval, targets, false);
    }

    /** The same with a Prometheus of this line, such as {@code 3.5}. */
    public static PrometheusServer ofLine(
            Home home, String line, String directory, Duration interval, List<Target> targets) {
        return start(home, prometheus(Parts.of(home).prometheus(line)), directory, 0, interval, targets, false);
    }

    /** The same with a VictoriaMetrics of this line, such as {@code 1.79}. */
    public static PrometheusServer ofVictoriaMetrics(
            Home home, String line, String directory, Duration interval, List<Target> targets) {
        Path binary = Parts.of(home).victoriaMetrics(line);
        Command command = (settings, data, port) -> List.of(
                binary.toString(),
                "-promscrape.config=" + settings,
                "-storageDataPath=" + data.resolve("storage"),
                "-retentionPeriod=1d",
                "-httpListenAddr=127.0.0.1:" + port,
                "-loggerLevel=WARN");
        return start(home, command, directory, 0, interval, targets, false);
    }

    /** Behind TLS and users as that file says, in the form of Prometheus' {@code --web.config.file}; waits until it listens. */
    public static PrometheusServer startSecured(
            Home home, String directory, Duration interval, List<Target> targets, Path webConfig) {
        Command open = prometheus(Parts.of(home).prometheus());
        return start(
                home, with(open, List.of("--web.config.file=" + webConfig)), directory, 0, interval, targets, true);
    }

    /** With these flags beside its own, such as {@code --query.max-samples=1000}. */
    public static PrometheusServer startWith(
            Home home, String directory, Duration interval, List<Target> targets, List<String> flags) {
        Command usual = prometheus(Parts.of(home).prometheus());
        return start(home, with(usual, flags), directory, 0, interval, targets, false);
    }

    private static Command with(Command usual, List<String> flags) {
        return (settings, data, port) -> Stream.concat(usual.of(settings, data, port).stream(), flags.stream())
                .toList();
    }

    private static Command prometheus(Path binary) {
        return (settings, data, port) -> List.of(
                binary.toString(),
                "--config.file=" + settings,
                "--storage.tsdb.path=" + data.resolve("tsdb"),
                "--storage.tsdb.retention.time=1d",
                "--web.listen-address=127.0.0.1:" + port,
                "--log.level=warn");
    }

    private static PrometheusServer start(
            Home home,
            Command command,
            String directory,
            int port,
            Duration interval,
            List<Target> targets,
            boolean secured) {
        Path data = home.data(directory);
        Path settings = data.resolve("prometheus.yml");
        try {
            Files.writeString(settings, settings(interval, targets));
        } catch (IOException e) {
            throw new UncheckedIOException(settings + " cannot be written", e);
        }
        for (int attempt = 1; ; attempt++) {
            int chosen = FreePorts.asked("Prometheus", port);
            String url = (secured ? "https" : "http") + "://127.0.0.1:" + chosen;
            Child child =
                    Processes.spawn(home, directory, command.of(settings, data, chosen), home.log(directory), Map.of());
            try {
                Readiness.await(
                        child,
                        START,
                        () -> secured
                                ? Readiness.listens(chosen)
                                : Readiness.get(url + "/-/ready").isPresent());
                return new PrometheusServer(child, url);
            } catch (PartUnavailable e) {
                child.close();
                if (port != 0 || attempt == TRIES || !e.portTaken()) {
                    throw e;
                }
            }
        }
    }

    public String url() {
        return url;
    }

    public long pid() {
        return child.pid();
    }

    /** As it tells itself, such as {@code 2.42.0+ds}. */
    public String version() {
        return Readiness.get(url() + "/api/v1/status/buildinfo")
                .map(answer -> answer.replaceAll(".*\"version\":\"([^\"]*)\".*", "$1"))
                .orElse("unknown");
    }

    public Path logFile() {
        return child.logFile();
    }

    public void stall() {
        child.stall();
    }

    public void resume() {
        child.resume();
    }

    public void kill() {
        child.kill();
    }

    @Override
    public void close() {
        child.close();
    }

    static String settings(Duration interval, List<Target> targets) {
        StringBuilder yaml = new StringBuilder("global:\n")
                .append("  scrape_interval: ")
                .append(interval.toMillis())
                .append("ms\n")
                .append("  scrape_timeout: ")
                .append(interval.toMillis() * 95 / 100)
                .append("ms\n")
                .append("scrape_configs:\n");
        Map<String, List<Target>> jobs =
                targets.stream().collect(Collectors.groupingBy(Target::job, LinkedHashMap::new, Collectors.toList()));
        jobs.forEach((job, ofJob) -> {
            yaml.append("  - job_name: ").append(quoted(job)).append("\n    static_configs:\n");
            for (Target target : ofJob) {
                yaml.append("      - targets: [")
                        .append(quoted(target.address()))
                        .append("]\n        labels: {");
                yaml.append(new TreeMap<>(target.labels())
                        .entrySet().stream()
                                .map(label -> label.getKey() + ": " + quoted(label.getValue()))
                                .collect(Collectors.joining(", ")));
                yaml.append("}\n");
            }
        });
        return yaml.toString();
    }

    private static String quoted(String text) {
        return "'" + text.replace("'", "''") + "'";
    }
}
