package io.quorate.cli.simulate;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.quorate.simulator.face.Simulation;
import io.quorate.simulator.plan.Plan;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Labelled incidents: fleets of clusters of several kinds, in each cluster at most one thing goes wrong, between a calm
 * beginning and a calm end. What went wrong and where is what the simulator's truth says, not what was asked for. Beside them
 * stand clusters in which nothing goes wrong but what operators and clients do every day.
 */
final class Corpus {

    static final Instant BEGIN = Instant.parse("2026-01-01T00:00:00Z");
    static final Duration LASTS = Duration.ofMinutes(8);

    /** Faults begin within half a minute from here, so that they fall anywhere between two scrapes. */
    private static final int CALM_SECONDS = 180;

    private static final int PER_CAUSE = 3;
    private static final ObjectMapper JSON = new ObjectMapper();

    /** The causes, each with the faults that have it; {@code @at} and {@code @for} are filled in. */
    private static final Map<String, List<String>> FAULTS = faults();

    /** What is no incident. */
    private static final List<String> DAILY = List.of(
            "",
            "{ fault: rolling-restart, every: 30s, down: 2s, at: @at, target: { member: all } }",
            "{ fault: rolling-restart, every: 45s, down: 6s, at: @at, target: { member: all } }",
            "{ fault: compact, repeat: 4, apart: 30s, at: @at }",
            "{ fault: request-storm, times: 2.5, at: @at, for: 120s }",
            "{ fault: request-storm, times: 20, at: @at, for: 60s }",
            "{ fault: request-storm, times: 0.1, at: @at, for: 120s }",
            "{ fault: defragment, at: @at, target: { member: all } }",
            "{ fault: terminate, at: @at, for: 6s, target: { member: follower } }",
            "{ fault: terminate, at: @at, for: 6s, target: { member: leader } }");

    /** A kind of fleet. */
    private record Kind(String name, String fleet, List<String> causes, List<String> daily) {}

    private static final List<String> EVERYWHERE = List.of(
            "slow-disk", "disk-stall", "network", "cpu", "restart", "pause", "expensive-requests", "quota", "watch");

    private static final List<Kind> KINDS = List.of(
            new Kind("a", "etcd: '3.5', members: 3, load: { puts: 40 }", EVERYWHERE, DAILY),
            new Kind(
                    "b",
                    "etcd: '3.4', members: 3, load: { puts: 20, ranges: 5 }, disk: { times: 1.6 }",
                    EVERYWHERE,
                    DAILY),
            new Kind("c", "etcd: '3.6', members: 5, load: { puts: 60, value: 2KiB, ranges: 40 }", EVERYWHERE, DAILY),
            // A backend so large that rewriting it takes half a minute. It is filled in the calm, which is no calm for
            // rules on growth: no clusters without incident here.
            new Kind(
                    "d",
                    "etcd: '3.5', members: 3, quota: 8GiB, compact-every: 60s,"
                            + " load: { puts: 40, value: 512KiB, keys: 6000 }",
                    List.of("maintenance"),
                    List.of()));

    /**
     * What went wrong in one cluster.
     *
     * @param cause by its code; null where nothing went wrong
     * @param fault as the plan says it
     * @param members whom it hit; none where it is about the whole cluster
     * @param from when it began; of a cluster without incident, its whole time
     */
    record Incident(
            String cluster, @Nullable String cause, String fault, Set<String> members, Instant from, Instant to) {}

    private final Simulation fleet;
    private final Map<String, String> wanted = new LinkedHashMap<>();
    private final Map<String, String> causes = new LinkedHashMap<>();
    private final long seed;

    /** The kinds of fleets, by name. */
    static List<String> kinds() {
        return KINDS.stream().map(Kind::name).toList();
    }

    /**
     * The fleet of this kind and seed, scraped so often; its statuses are a second apart.
     *
     * @param shown the metrics that its members show
     */
    static Corpus of(String kind, Duration scrape, long seed, Predicate<String> shown) throws Exception {
        for (Kind one : KINDS) {
            if (one.name().equals(kind)) {
                return new Corpus(one, scrape, seed, shown);
            }
        }
        throw new IllegalArgumentException(kind + ": expected one of " + kinds());
    }

    private Corpus(Kind kind, Duration scrape, long seed, Predicate<String> shown) throws Exception {
        this.seed = seed;
        Random random = new Random(seed * 31 + kind.name().hashCode() + scrape.toMillis());
        // Each interval and kind begins elsewhere in the lists, so that every fault comes under each.
        int turn = (int) scrape.toSeconds() / 5 + KINDS.indexOf(kind);
        for (String cause : kind.causes()) {
            List<String> ways = FAULTS.getOrDefault(cause, List.of());
            for (int i = 0; i < (kind.causes().size() == 1 ? 3 * PER_CAUSE : PER_CAUSE); i++) {
                add(kind, cause, ways.get((turn * PER_CAUSE + i) % ways.size()));
            }
        }
        kind.daily().forEach(daily -> add(kind, "", daily));
        StringBuilder plan =
                new StringBuilder("""
                schema: plan/v1
                name: corpus
                fleet: { clusters: %d, prefix: %s-, metrics: extensive, %s }
                collector: { scrape: %ds, status: 1s }
                faults:
                """.formatted(wanted.size(), kind.name(), kind.fleet(), scrape.toSeconds()));
        wanted.forEach((cluster, fault) -> plan.append(lines(fault, cluster, random)));
        fleet = new Simulation(Plan.read("corpus.yaml", plan.toString()), seed, BEGIN, shown);
    }

    private void add(Kind kind, String cause, String fault) {
        String cluster = String.format(Locale.ROOT, "%s-%05d", kind.name(), wanted.size());
        wanted.put(cluster, fault);
        causes.put(cluster, cause);
    }

    /** Each of several faults of one cluster begins and lasts as the first does, unless it says otherwise. */
    private static String lines(String faults, String cluster, Random random) {
        StringBuilder lines = new StringBuilder();
        double at = CALM_SECONDS + random.nextInt(3000) / 100.0;
        int lasts = 60 + random.nextInt(40);
        int shortly = 9 + random.nextInt(14);
        for (String fault : faults.isEmpty() ? List.<String>of() : List.of(faults.split(";"))) {
            String target = fault.contains("target: {")
                    ? fault.replace("target: {", "target: { cluster: " + cluster + ",")
                    : fault.replace(" }", ", target: { cluster: " + cluster + " } }");
            lines.append("  - ")
                    .append(target.strip()
                            .replace("@at+", seconds(at + 4))
                            .replace("@at", seconds(at))
                            .replace("@for", lasts + "s")
                            .replace("@short", shortly + "s"))
                    .append('\n');
        }
        return lines.toString();
    }

    private static String seconds(double seconds) {
        return String.format(Locale.ROOT, "%.2fs", seconds);
    }

    Simulation fleet() {
        return fleet;
    }

    /** What truly happened, by cluster; to be asked when all of it has. */
    Map<String, Incident> incidents(Path folder) throws IOException {
        Map<String, Incident> incidents = new LinkedHashMap<>();
        Path file = Files.createTempFile(folder, "corpus", ".truth.json");
        fleet.truth(seed, LASTS.toSeconds()).write(file);
        JsonNode truth = JSON.readTree(file.toFile());
        for (JsonNode cluster : truth.get("clusters")) {
            String name = cluster.get("cluster").asText();
            incidents.put(name, incident(name, truth.get("events")));
        }
        return incidents;
    }

    private Incident incident(String cluster, JsonNode events) {
        String cause = String.valueOf(causes.get(cluster));
        Set<String> members = new TreeSet<>();
        Instant from = null;
        Instant to = BEGIN.plus(LASTS);
        for (JsonNode event : events) {
            if (event.get("cluster").asText().equals(cluster)) {
                Instant at = Instant.ofEpochMilli(Math.round(event.get("t").asDouble() * 1000));
                event.get("members").forEach(member -> members.add(member.asText()));
                from = from == null ? at : from;
                to = at;
            }
        }
        if (cause.isEmpty()) {
            return new Incident(cluster, null, String.valueOf(wanted.get(cluster)), Set.of(), BEGIN, BEGIN.plus(LASTS));
        }
        if (from == null) {
            throw new IllegalStateException(cluster + ": nothing happened, expected " + wanted.get(cluster));
        }
        return new Incident(cluster, cause, String.valueOf(wanted.get(cluster)), members, from, to);
    }

    private static Map<String, List<String>> faults() {
        Map<String, List<String>> faults = new LinkedHashMap<>();
        faults.put(
                "slow-disk",
                List.of(
                        "{ fault: disk-slow, writes-per-second: 30, at: @at, for: @for, target: { member: follower } }",
                        "{ fault: disk-slow, writes-per-second: 60, at: @at, for: @for, target: { member: leader } }",
                        "{ fault: disk-slow, times: 120, at: @at, for: @for, target: { member: leader } }",
                        "{ fault: disk-slow, times: 200, at: @at, for: @for, target: { member: follower } }",
                        "{ fault: disk-slow, writes-per-second: 15, at: @at, for: @for, target: { member: leader } }",
                        "{ fault: disk-slow, times: 70, at: @at, for: @for, target: { member: follower } }"));
        faults.put(
                "disk-stall",
                List.of(
                        "{ fault: disk-hang, at: @at, for: @short, target: { member: leader } }",
                        "{ fault: disk-hang, at: @at, for: @short, target: { member: follower } }",
                        "{ fault: disk-hang, at: @at, for: @for, target: { member: follower } }",
                        "{ fault: disk-hang, at: @at, for: @for, target: { member: leader } }"));
        faults.put(
                "network",
                List.of(
                        "{ fault: partition, at: @at, for: @for, target: { member: leader } }",
                        "{ fault: partition, at: @at, for: @for, target: { member: follower } }",
                        "{ fault: partition, direction: in, at: @at, for: @for, target: { member: follower } }",
                        "{ fault: partition, direction: out, at: @at, for: @for, target: { member: leader } }",
                        "{ fault: link-flap, every: 4s, at: @at, for: @for, target: { member: leader } }",
                        "{ fault: link-flap, every: 12s, at: @at, for: @for, target: { member: follower } }",
                        "{ fault: network-delay, delay: 150ms, at: @at, for: @for, target: { member: leader } }"));
        faults.put(
                "cpu",
                List.of(
                        "{ fault: cpu-starved, share: 0.05, at: @at, for: @for, target: { member: leader } }",
                        "{ fault: cpu-starved, share: 0.05, at: @at, for: @for, target: { member: follower } }",
                        "{ fault: cpu-starved, share: 0.02, at: @at, for: @for, target: { member: leader } }",
                        "{ fault: cpu-starved, share: 0.1, at: @at, for: @for, target: { member: leader } }"));
        faults.put(
                "restart",
                List.of(
                        "{ fault: kill, at: @at, for: @short, target: { member: leader } }",
                        "{ fault: kill, at: @at, for: @for, target: { member: follower } }",
                        "{ fault: terminate, at: @at, for: @for, target: { member: m1 } };"
                                + "{ fault: terminate, at: @at+, for: @for, target: { member: m2 } }",
                        "{ fault: kill, at: @at, for: @for, target: { member: leader } }",
                        "{ fault: kill, at: @at, for: @short, repeat: 3, apart: 30s, target: { member: m3 } }"));
        faults.put(
                "pause",
                List.of(
                        "{ fault: pause, at: @at, for: @short, target: { member: leader } }",
                        "{ fault: pause, at: @at, for: @for, target: { member: follower } }",
                        "{ fault: pause, at: @at, for: 5s, repeat: 4, apart: 15s, target: { member: m1 } }",
                        "{ fault: pause, at: @at, for: @short, target: { member: follower } }"));
        faults.put(
                "expensive-requests",
                List.of(
                        "{ fault: expensive-reads, per-second: 6, each: 500ms, at: @at, for: @for }",
                        "{ fault: expensive-reads, per-second: 3, each: 2s, at: @at, for: @for }",
                        "{ fault: expensive-reads, per-second: 1, each: 4s, at: @at, for: @for }",
                        "{ fault: expensive-reads, per-second: 10, each: 300ms, at: @at, for: @for }"));
        faults.put(
                "quota",
                List.of(
                        "{ fault: quota-growth, value: 512KiB, puts: 60, at: @at, for: 150s }",
                        "{ fault: quota-growth, value: 1MiB, puts: 40, at: @at, for: 150s }",
                        "{ fault: quota-growth, value: 256KiB, puts: 150, at: @at, for: 150s }"));
        faults.put(
                "maintenance",
                List.of(
                        "{ fault: defragment, at: @at, target: { member: leader } }",
                        "{ fault: defragment, at: @at, target: { member: follower } }",
                        "{ fault: defragment, at: @at, repeat: 3, apart: 20s, target: { member: all } }",
                        "{ fault: compact, at: @at };{ fault: defragment, at: @at+, target: { member: all } }"));
        faults.put(
                "watch",
                List.of(
                        "{ fault: watch-starved, watchers: 5, events: 10000, at: @at, for: 150s, target: { member: follower } }",
                        "{ fault: watch-starved, watchers: 40, events: 400000, at: @at, for: 150s, target: { member: leader } }"));
        return faults;
    }
}
