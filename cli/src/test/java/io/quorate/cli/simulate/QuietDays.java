package io.quorate.cli.simulate;

import io.quorate.simulator.face.Simulation;
import io.quorate.simulator.plan.Plan;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.function.Predicate;

/**
 * Fleets in which nothing goes wrong, for days: every cluster is restarted member by member, compacted and defragmented, and
 * its load comes and goes.
 */
final class QuietDays {

    /** Of one fleet. */
    static final int CLUSTERS = 20;

    /** As other fleets are watched: small ones often, large ones less so. */
    static final Duration SCRAPE = Duration.ofSeconds(30);

    private static final List<String> FLEETS = List.of(
            "etcd: '3.5', members: 3, load: { puts: 40 }",
            "etcd: '3.4', members: 3, load: { puts: 15, ranges: 5 }, disk: { times: 1.6 }",
            "etcd: '3.6', members: 3, load: { puts: 3, ranges: 2 }",
            "etcd: '3.5', members: 5, load: { puts: 80, value: 1KiB, ranges: 40 }, compact-every: 1h",
            "etcd: '3.5', members: 1, load: { puts: 20 }");

    private QuietDays() {}

    /** The fleet of this number: numbers differ by what clusters they have, and when what is done to them. */
    static Simulation fleet(int number, Duration lasts, Duration status, Predicate<String> shown) throws Exception {
        Random random = new Random(number);
        StringBuilder plan = new StringBuilder("""
                schema: plan/v1
                name: quiet
                fleet: { clusters: %d, prefix: q%d-, metrics: extensive, %s }
                collector: { scrape: %ds, status: %ds }
                faults:
                """.formatted(
                        CLUSTERS,
                        number,
                        FLEETS.get(Math.floorMod(number, FLEETS.size())),
                        SCRAPE.toSeconds(),
                        status.toSeconds()));
        for (int i = 0; i < CLUSTERS; i++) {
            String cluster = String.format(Locale.ROOT, "q%d-%05d", number, i);
            for (Duration day = Duration.ZERO; day.compareTo(lasts) < 0; day = day.plusDays(1)) {
                Duration ends = lasts.minus(day).compareTo(Duration.ofDays(1)) < 0 ? lasts : day.plusDays(1);
                day(cluster, day, ends, random, plan);
            }
        }
        return new Simulation(Plan.read("quiet.yaml", plan.toString()), number, Corpus.BEGIN, shown);
    }

    /** Each thing in its own part of the day, so that no load change ends another one's. */
    private static void day(String cluster, Duration begins, Duration ends, Random random, StringBuilder plan) {
        long part = ends.minus(begins).toSeconds() / 8;
        long[] at = new long[8];
        for (int i = 0; i < at.length; i++) {
            at[i] = begins.toSeconds() + i * part + 60 + random.nextInt((int) Math.max(1, part / 3));
        }
        long busy = part / 2;
        add(plan, cluster, "rolling-restart, every: 60s, down: " + (2 + random.nextInt(12)) + "s", at[0], "all");
        add(plan, cluster, "request-storm, times: " + (2 + random.nextInt(4)) + ", for: " + busy + "s", at[1], "all");
        add(plan, cluster, "compact", at[2], "all");
        add(plan, cluster, "request-storm, times: 0.1, for: " + busy + "s", at[3], "all");
        add(plan, cluster, "terminate, for: " + (2 + random.nextInt(10)) + "s", at[4], "leader");
        add(plan, cluster, "request-storm, times: 8, for: 120s", at[5], "all");
        add(plan, cluster, "terminate, for: " + (2 + random.nextInt(10)) + "s", at[6], "follower");
        for (int member = 1; member <= 3; member++) {
            add(plan, cluster, "defragment", at[7] + member * 30L, "m" + member);
        }
    }

    private static void add(StringBuilder plan, String cluster, String fault, long at, String member) {
        plan.append("  - { fault: ")
                .append(fault)
                .append(", at: ")
                .append(at)
                .append("s, target: { cluster: ")
                .append(cluster)
                .append(", member: ")
                .append(member)
                .append(" } }\n");
    }
}
