package io.quorate.simulator.plan;

import io.quorate.simulator.model.ClusterShape;
import io.quorate.simulator.model.Load;
import io.quorate.simulator.model.Release;
import io.quorate.simulator.model.ServiceTime;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Reads plans, and tells every problem of one at once. */
final class PlanReader {

    private static final Pattern DURATION = Pattern.compile("(-?)([0-9]+(?:\\.[0-9]+)?)(ms|s|m|h)");
    private static final Pattern SIZE = Pattern.compile("([0-9]+)(B|KiB|MiB|GiB)");
    private static final Set<String> DURATIONS = Set.of("every", "down", "delay", "each", "offset");
    private static final Set<String> SIZES = Set.of("value");
    private static final YamlNode NOTHING = new YamlNode(1, null, null, Map.of());

    private final Problems problems;

    PlanReader(String file) {
        this.problems = new Problems(file);
    }

    Plan read(String yaml) throws InvalidPlan {
        YamlNode root = YamlNode.parse(yaml, problems);
        Plan plan = root == null ? null : plan(root);
        if (plan == null || !problems.none()) {
            throw new InvalidPlan(problems.told());
        }
        return plan;
    }

    private @Nullable Plan plan(YamlNode root) {
        Map<String, YamlNode> keys = keys(root, "schema", "name", "fleet", "collector", "faults");
        if (!"plan/v1".equals(text(keys, "schema", ""))) {
            problems.add(line(keys, "schema", root), "schema: expected plan/v1");
        }
        YamlNode fleet = keys.getOrDefault("fleet", NOTHING);
        Map<String, YamlNode> of = keys(
                fleet,
                "clusters",
                "members",
                "prefix",
                "etcd",
                "metrics",
                "pre-vote",
                "election-timeout",
                "heartbeat",
                "quota",
                "compact-every",
                "load",
                "disk",
                "labels");
        ClusterShape shape = shape(fleet, of);
        Collector collector = collector(keys.getOrDefault("collector", NOTHING));
        List<Fault> faults = faults(keys.get("faults"));
        String metrics = text(of, "metrics", "extensive");
        if (!metrics.equals("basic") && !metrics.equals("extensive")) {
            problems.add(line(of, "metrics", fleet), "metrics: " + metrics + ", expected basic or extensive");
        }
        Map<String, List<String>> labels = labels(of.get("labels"));
        int clusters = (int) number(of, "clusters", 1, 1, 100_000);
        String prefix = text(of, "prefix", "c-");
        if (shape == null || collector == null) {
            return null;
        }
        return new Plan(
                text(keys, "name", "plan"),
                clusters,
                prefix,
                shape,
                metrics.equals("extensive"),
                labels,
                collector,
                faults);
    }

    private @Nullable ClusterShape shape(YamlNode fleet, Map<String, YamlNode> of) {
        String version = text(of, "etcd", "3.5");
        Release release = Release.of(version);
        if (release == null) {
            problems.add(line(of, "etcd", fleet), "etcd: " + version + " is not modelled, expected 3.4, 3.5 or 3.6");
            release = Release.V3_5;
        }
        Release known = release;
        String preVote = text(of, "pre-vote", String.valueOf(known.preVote()));
        if (!preVote.equals("true") && !preVote.equals("false")) {
            problems.add(line(of, "pre-vote", fleet), "pre-vote: " + preVote + ", expected true or false");
        }
        Load load = load(of.getOrDefault("load", NOTHING));
        Map<String, YamlNode> disk = keys(of.getOrDefault("disk", NOTHING), "times");
        double times = number(disk, "times", 1, 0.01, 1000);
        ServiceTime fsync = ClusterShape.FSYNC.times(times);
        ServiceTime commit = ClusterShape.COMMIT.times(times);
        int members = (int) number(of, "members", 3, 1, 9);
        long election = micros(of, "election-timeout", 1);
        long heartbeat = micros(of, "heartbeat", 0.1);
        long quota = bytes(of, "quota", 2L << 30);
        long compact = micros(of, "compact-every", 300);
        return guarded(
                fleet.line(),
                () -> new ClusterShape(
                        members,
                        known,
                        preVote.equals("true"),
                        election,
                        heartbeat,
                        quota,
                        compact,
                        load == null ? Load.DEFAULT : load,
                        fsync,
                        commit));
    }

    private @Nullable Load load(YamlNode node) {
        Map<String, YamlNode> of = keys(node, "puts", "workers", "value", "keys", "ranges", "others", "watchers");
        Load usual = Load.DEFAULT;
        double puts = number(of, "puts", usual.puts(), 0, 1e6);
        double workers = number(of, "workers", Math.max(usual.workers(), Math.ceil(puts * 0.05)), 1, 1e6);
        double keys = number(of, "keys", usual.keys(), 1, 1e12);
        double ranges = number(of, "ranges", usual.ranges(), 0, 1e6);
        double others = number(of, "others", usual.others(), 0, 1e6);
        double watchers = number(of, "watchers", usual.watchers(), 0, 1e6);
        long value = bytes(of, "value", usual.valueBytes());
        return guarded(
                node.line(),
                () -> new Load(puts, (int) workers, (int) value, (long) keys, ranges, others, (int) watchers));
    }

    private @Nullable Collector collector(YamlNode node) {
        Map<String, YamlNode> of = keys(node, "scrape", "status", "replicas", "late");
        Collector usual = Collector.DEFAULT;
        long scrape = micros(of, "scrape", usual.scrapeMicros() / 1e6);
        long status = micros(of, "status", usual.statusMicros() / 1e6);
        double replicas = number(of, "replicas", usual.replicas(), 1, 4);
        long late = micros(of, "late", usual.lateMicros() / 1e6);
        return guarded(node.line(), () -> new Collector(scrape, status, (int) replicas, late));
    }

    private Map<String, List<String>> labels(@Nullable YamlNode node) {
        Map<String, List<String>> labels = new TreeMap<>();
        if (node == null) {
            return labels;
        }
        if (node.keys() == null) {
            problems.add(node.line(), "labels: expected names with lists of values");
            return labels;
        }
        node.keys().forEach((name, values) -> {
            List<String> list = new ArrayList<>();
            if (values.list() != null) {
                values.list().forEach(value -> list.add(String.valueOf(value.scalar())));
            }
            if (name.equals(Target.AZ)) {
                problems.add(values.line(), "labels." + name + ": members have it by themselves, a to c");
            } else if (list.isEmpty()) {
                problems.add(values.line(), "labels." + name + ": expected a list of values");
            } else {
                labels.put(name, list);
            }
        });
        return labels;
    }

    private List<Fault> faults(@Nullable YamlNode node) {
        List<Fault> faults = new ArrayList<>();
        if (node == null) {
            return faults;
        }
        if (node.list() == null) {
            problems.add(node.line(), "faults: expected a list");
            return faults;
        }
        for (YamlNode each : node.list()) {
            fault(each, faults);
        }
        return faults;
    }

    private void fault(YamlNode node, List<Fault> faults) {
        YamlNode word = node.keys() == null ? null : node.keys().get("fault");
        FaultKind kind = word == null || word.scalar() == null
                ? null
                : FaultKind.of(word.scalar()).orElse(null);
        if (kind == null) {
            problems.add(
                    word == null ? node.line() : word.line(),
                    (word == null ? "fault: missing" : "fault: " + word.scalar() + " is unknown") + ", expected one of "
                            + String.join(
                                    ", ",
                                    java.util.Arrays.stream(FaultKind.values())
                                            .map(FaultKind::word)
                                            .toList()));
            return;
        }
        Set<String> allowed = new LinkedHashSet<>(List.of("fault", "at", "target", "repeat", "apart"));
        if (!kind.moment() && kind != FaultKind.ROLLING_RESTART) {
            allowed.add("for");
        }
        allowed.addAll(kind.parameters());
        Map<String, YamlNode> of = keys(node, allowed.toArray(new String[0]));
        if (!of.containsKey("at")) {
            problems.add(node.line(), kind.word() + ": no at, expected how long after the beginning, such as 30s");
        }
        boolean lasting = allowed.contains("for");
        if (lasting && !of.containsKey("for")) {
            problems.add(node.line(), kind.word() + ": no for, expected how long it lasts, such as 15s");
        }
        Map<String, Double> numbers = new LinkedHashMap<>();
        String direction = "both";
        for (String parameter : kind.parameters()) {
            if (!of.containsKey(parameter)) {
                continue;
            }
            if (parameter.equals("direction")) {
                direction = text(of, parameter, "both");
                if (!Set.of("both", "in", "out").contains(direction)) {
                    problems.add(line(of, parameter, node), "direction: " + direction + ", expected both, in or out");
                }
            } else if (DURATIONS.contains(parameter)) {
                numbers.put(parameter, micros(of, parameter, 0) / 1e6);
            } else if (SIZES.contains(parameter)) {
                numbers.put(parameter, (double) bytes(of, parameter, 0));
            } else {
                numbers.put(parameter, number(of, parameter, 0, 0, 1e12));
            }
        }
        if (kind == FaultKind.DISK_SLOW && numbers.isEmpty()) {
            problems.add(node.line(), "disk-slow: neither times nor writes-per-second, expected one of them");
        }
        Target target = target(of.getOrDefault("target", NOTHING));
        long at = micros(of, "at", 0);
        int repeat = (int) number(of, "repeat", 1, 1, 10_000);
        long apart = micros(of, "apart", 0);
        if (repeat > 1 && apart <= 0) {
            problems.add(node.line(), "repeat: without apart, expected how long from one to the next");
        }
        for (int i = 0; i < repeat; i++) {
            faults.add(new Fault(kind, at + i * apart, lasting ? micros(of, "for", 0) : 0, target, numbers, direction));
        }
    }

    private Target target(YamlNode node) {
        Map<String, YamlNode> of = keys(node, "cluster", "member", "labels");
        Map<String, String> labels = new TreeMap<>();
        YamlNode wanted = of.get("labels");
        if (wanted != null && wanted.keys() != null) {
            wanted.keys().forEach((name, value) -> labels.put(name, String.valueOf(value.scalar())));
        } else if (wanted != null) {
            problems.add(wanted.line(), "labels: expected names with values");
        }
        String member = text(of, "member", labels.containsKey(Target.AZ) ? "all" : "leader");
        if (!member.matches("leader|follower|all|m[1-9]")) {
            problems.add(
                    line(of, "member", node), "member: " + member + ", expected leader, follower, all, or m1 to m9");
        }
        return new Target(text(of, "cluster", "*"), labels, member);
    }

    private Map<String, YamlNode> keys(YamlNode node, String... allowed) {
        if (node.keys() == null) {
            problems.add(node.line(), "expected keys: " + String.join(", ", allowed));
            return Map.of();
        }
        node.keys().forEach((key, value) -> {
            if (!List.of(allowed).contains(key)) {
                problems.add(value.line(), key + ": is unknown, expected one of " + String.join(", ", allowed));
            }
        });
        return node.keys();
    }

    private String text(Map<String, YamlNode> of, String key, String otherwise) {
        YamlNode node = of.get(key);
        if (node == null) {
            return otherwise;
        }
        if (node.scalar() == null) {
            problems.add(node.line(), key + ": expected one value");
            return otherwise;
        }
        return node.scalar();
    }

    private double number(Map<String, YamlNode> of, String key, double otherwise, double least, double most) {
        YamlNode node = of.get(key);
        if (node == null) {
            return otherwise;
        }
        try {
            double number = Double.parseDouble(text(of, key, ""));
            if (number >= least && number <= most) {
                return number;
            }
        } catch (NumberFormatException e) {
            // Told below.
        }
        problems.add(node.line(), key + ": " + node.scalar() + ", expected a number from " + least + " to " + most);
        return otherwise;
    }

    private long micros(Map<String, YamlNode> of, String key, double otherwiseSeconds) {
        YamlNode node = of.get(key);
        if (node == null) {
            return Math.round(otherwiseSeconds * 1e6);
        }
        Matcher matcher = DURATION.matcher(text(of, key, ""));
        if (!matcher.matches() || (!matcher.group(1).isEmpty() && !key.equals("offset"))) {
            if ("0".equals(node.scalar())) {
                return 0;
            }
            problems.add(node.line(), key + ": " + node.scalar() + ", expected a duration such as 500ms, 10s or 5m");
            return 0;
        }
        double unit = switch (matcher.group(3)) {
            case "ms" -> 1e3;
            case "s" -> 1e6;
            case "m" -> 60e6;
            default -> 3600e6;
        };
        long micros = Math.round(Double.parseDouble(matcher.group(2)) * unit);
        return matcher.group(1).isEmpty() ? micros : -micros;
    }

    private long bytes(Map<String, YamlNode> of, String key, long otherwise) {
        YamlNode node = of.get(key);
        if (node == null) {
            return otherwise;
        }
        Matcher matcher = SIZE.matcher(text(of, key, ""));
        if (!matcher.matches()) {
            problems.add(node.line(), key + ": " + node.scalar() + ", expected a size such as 256B, 16KiB or 32MiB");
            return otherwise;
        }
        int shift = switch (matcher.group(2)) {
            case "B" -> 0;
            case "KiB" -> 10;
            case "MiB" -> 20;
            default -> 30;
        };
        return Long.parseLong(matcher.group(1)) << shift;
    }

    private static int line(Map<String, YamlNode> of, String key, YamlNode otherwise) {
        YamlNode node = of.get(key);
        return node == null ? otherwise.line() : node.line();
    }

    private <T> @Nullable T guarded(int line, Supplier<T> made) {
        try {
            return made.get();
        } catch (IllegalArgumentException e) {
            problems.add(line, String.valueOf(e.getMessage()));
            return null;
        }
    }
}
