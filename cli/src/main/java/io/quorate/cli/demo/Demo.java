package io.quorate.cli.demo;

import io.quorate.cli.stack.Beginning;
import io.quorate.cli.stack.Stack;
import io.quorate.cli.stack.TopicFollower;
import io.quorate.desk.EtcdCluster;
import io.quorate.desk.EtcdCluster.Member;
import io.quorate.desk.EtcdLoad;
import io.quorate.desk.Home;
import io.quorate.desk.KafkaBroker;
import io.quorate.desk.PartUnavailable;
import io.quorate.desk.Parts;
import io.quorate.desk.ProcessMemory;
import io.quorate.desk.PrometheusServer;
import io.quorate.events.Alert;
import io.quorate.events.MemberStatus;
import io.quorate.events.codec.Topic;
import io.quorate.sinks.clickhouse.ClickHouseClient;
import io.quorate.sinks.clickhouse.Verification;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.apache.flink.runtime.util.EnvironmentInformation;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A real etcd cluster under light load, the whole of Quorate watching it, a leader that is stalled again and again, and
 * then a follower whose disk is slow. Closing stops everything, in order, once.
 */
final class Demo implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(Demo.class);

    private static final String CLUSTER = "demo";
    private static final int MEMBERS = 3;
    private static final Duration SCRAPE_INTERVAL = Duration.ofSeconds(2);
    private static final Duration IDLE_AFTER = Duration.ofSeconds(3);
    private static final int REQUESTS_PER_SECOND = 40;
    private static final Duration READY = Duration.ofSeconds(90);
    private static final Duration DRAW = Duration.ofMillis(500);

    /** What is still on its way when faults end: a window, its sums, a batch to ClickHouse. */
    private static final Duration SETTLE = Duration.ofSeconds(6);

    private final Home home;
    private final Screen screen;
    private final Deque<AutoCloseable> started = new ArrayDeque<>();
    private final AtomicBoolean closed = new AtomicBoolean();

    /** Null until ready. */
    private volatile @Nullable Supplier<Scene> scene;

    Demo(Home home, Screen screen) {
        this.home = home;
        this.screen = screen;
    }

    /** Runs it for this long after ready; whether what it showed held. */
    boolean run(Duration length, @Nullable Path reportFile) throws Exception {
        Plan plan = possible(Plan.of(length));
        Instant startedAt = Instant.now();
        if (plan.stalls().isEmpty()) {
            screen.say(Plan.TOO_SHORT);
        }
        screen.say("Starting etcd, Kafka, ClickHouse, Prometheus and Flink");
        EtcdCluster cluster = closing(EtcdCluster.start(home, "etcd", CLUSTER, MEMBERS));
        PrometheusServer prometheus = closing(PrometheusServer.start(
                home, "prometheus", SCRAPE_INTERVAL, PrometheusServer.Target.membersOf(cluster)));
        EtcdLoad load = closing(EtcdLoad.start(cluster.endpoints(), REQUESTS_PER_SECOND));
        WebhookListener listener = closing(WebhookListener.start());
        Path config = writeSettings(cluster, prometheus, listener);
        Stack stack = closing(Stack.start(home, config, IDLE_AFTER, Beginning.ANEW, screen::say));
        View view = new View();
        closing(new TopicFollower(stack.kafka())
                .on(Topic.MEMBER_STATUS, view::see)
                .on(Topic.MEMBER_WINDOW, view::see)
                .on(Topic.SCOPE_WINDOW, view::see)
                .on(Topic.LEADER_CHANGE, view::see)
                .on(Topic.ALERT, view::see)
                .start(startedAt));
        stack.awaitRunning();
        awaitEveryMember(cluster, view);

        Instant readyAt = Instant.now();
        Instant endsAt = readyAt.plus(length);
        Duration startup = Duration.between(startedAt, readyAt);
        screen.say("Ready after %.1f s".formatted(startup.toMillis() / 1000.0));
        List<Scene.Link> lookAt = lookAt(stack, listener);
        lookAt.forEach(link -> screen.say("%-20s %s".formatted(link.name(), link.url())));
        listener.shows(
                () -> IndexPage.of(stack.clickhouse().url(), stack.flink().url()));

        Faults faults = closing(new Faults(home, cluster, plan, readyAt).start());
        Supplier<Scene> now = () -> new Scene(
                readyAt,
                endsAt,
                view,
                plan,
                faults.soFar(),
                faults.skipped(),
                Story.of(readyAt, faults.soFar(), cluster.elections(), view.changes()),
                Notice.of(listener.pages(), view.alerts()),
                lookAt);
        scene = now;
        while (Instant.now().isBefore(endsAt)) {
            screen.show(now.get());
            Thread.sleep(DRAW.toMillis());
        }
        faults.close();
        load.close();
        Thread.sleep(SETTLE.toMillis());
        Scene last = now.get();
        screen.show(last);

        Verification verification = Verification.of(stack.clickhouse());
        Report report = new Report(
                CLUSTER,
                startedAt,
                readyAt,
                cluster.elections(),
                last.stories(),
                last.faults(),
                last.pages(),
                view.windows(),
                last.skipped(),
                peakRssMiB(stack, prometheus, cluster),
                versions(stack, prometheus, view),
                verification);
        if (reportFile != null) {
            report.writeTo(reportFile);
        }
        // At once, so that no member hands leadership over in the end: the logs stay the demo's own.
        cluster.members().forEach(cluster::kill);
        return epilogue(last, verification);
    }

    /** What there is to tell when it is ended sooner; null before it was ready. */
    @Nullable
    Scene soFar() {
        Supplier<Scene> now = scene;
        return now == null ? null : now.get();
    }

    /** The slow disk needs a program that nothing else needs: without it the rest is shown. */
    private Plan possible(Plan plan) {
        if (plan.slowDisk() == null) {
            return plan;
        }
        try {
            Parts.of(home, screen::say).strace();
            return plan;
        } catch (PartUnavailable e) {
            return plan.withoutSlowDisk(String.valueOf(e.getMessage()));
        }
    }

    /** What it comes down to, and whether it held. */
    private boolean epilogue(Scene last, Verification verification) {
        List<String> failings = new ArrayList<>();
        if (last.seen() != last.stories().size()) {
            failings.add("a leader change was missed or invented");
        }
        Set<String> paged = last.pages().stream()
                .map(Notice::page)
                .filter(WebhookListener.Page::isFiring)
                .map(WebhookListener.Page::id)
                .collect(Collectors.toSet());
        last.view().alerts().stream()
                .filter(alert -> alert.status() == Alert.Status.FIRING && !paged.contains(alert.id()))
                .forEach(alert -> failings.add("no page came for the alert " + alert.id() + " of " + alert.rule()));
        last.faults().stream()
                .filter(fault ->
                        fault.kind() == Fault.Kind.SLOW_DISK && !last.skipped().containsKey(Plan.SLOW_DISK))
                .filter(fault -> last.pages().stream().noneMatch(notice -> notice.names(fault)))
                .forEach(fault -> failings.add("no page named " + fault.member() + ", whose disk was slow"));
        if (!verification.holds()) {
            failings.add("rows recomputed in SQL differ");
        }
        screen.summary(last, verification, failings);
        return failings.isEmpty();
    }

    private Path writeSettings(EtcdCluster cluster, PrometheusServer prometheus, WebhookListener listener)
            throws IOException {
        String settings =
                """
                # What the demo runs with. Your own looks like it, without the haste.
                ingest:
                  metrics-interval: 2s
                  prometheus:
                    - url: %s
                      selector: '{job="etcd"}'
                      cluster-label: cluster
                  etcd:
                    - cluster: %s
                      endpoints: [%s]
                rules:
                  profile: lab
                alerting:
                  receivers:
                    - webhook: { url: %s/hook, per-minute: 0 }
                  routes:
                    - { name: demo, receivers: [webhook], group-by: [alertname, cluster, member], group-wait: 1s }
                flink:
                  checkpoint-interval: 5s
                """.formatted(prometheus.url(), CLUSTER, String.join(", ", cluster.endpoints()), listener.url());
        Path file = home.data().resolve("quorate.yaml");
        Files.writeString(file, settings);
        return file;
    }

    /** Ready is when every member has been heard of, by its name, through the whole of the stream's first half. */
    private static void awaitEveryMember(EtcdCluster cluster, View view) throws InterruptedException {
        List<String> names = cluster.members().stream().map(Member::name).toList();
        Instant until = Instant.now().plus(READY);
        while (!view.knows(names)) {
            if (Instant.now().isAfter(until)) {
                throw new IllegalStateException(
                        "no status of every member, with its name, after " + READY.toSeconds() + " s");
            }
            Thread.sleep(100);
        }
    }

    private static List<Scene.Link> lookAt(Stack stack, WebhookListener listener) {
        return List.of(
                new Scene.Link("Three ready queries", listener.url() + "/"),
                new Scene.Link("Flink", stack.flink().url()),
                new Scene.Link("ClickHouse", stack.clickhouse().url() + "/play"),
                new Scene.Link("Own metrics", stack.flink().metricsUrl()));
    }

    private static Map<String, Long> peakRssMiB(Stack stack, PrometheusServer prometheus, EtcdCluster cluster) {
        Map<String, Long> pids = new LinkedHashMap<>(stack.pids());
        pids.put("prometheus", prometheus.pid());
        for (Member member : cluster.members()) {
            pids.put("etcd-" + member.name(), member.pid());
        }
        pids.put("quorate", ProcessHandle.current().pid());
        Map<String, Long> peaks = new LinkedHashMap<>();
        pids.forEach((name, pid) ->
                ProcessMemory.of(pid).ifPresent(memory -> peaks.put(name, memory.peakBytes() / (1 << 20))));
        return peaks;
    }

    private static Map<String, String> versions(Stack stack, PrometheusServer prometheus, View view)
            throws IOException, InterruptedException {
        Map<String, String> versions = new LinkedHashMap<>();
        versions.put("java", Runtime.version().toString());
        versions.put("flink", EnvironmentInformation.getVersion());
        versions.put("kafka", KafkaBroker.version());
        versions.put(
                "clickhouse",
                new ClickHouseClient(stack.clickhouse())
                        .execute("SELECT version()")
                        .strip());
        versions.put("prometheus", prometheus.version());
        view.statuses().stream()
                .map(MemberStatus::version)
                .filter(version -> version != null)
                .findFirst()
                .ifPresent(version -> versions.put("etcd", version));
        return versions;
    }

    /** Ctrl-C may come while parts are still being started: what comes after it is closed at once. */
    private <T extends AutoCloseable> T closing(T part) throws Exception {
        synchronized (started) {
            if (!closed.get()) {
                started.push(part);
                return part;
            }
        }
        part.close();
        throw new IllegalStateException("the demo was ended while it was starting");
    }

    @Override
    public void close() {
        if (!closed.compareAndSet(false, true)) {
            return;
        }
        List<AutoCloseable> parts;
        synchronized (started) {
            parts = List.copyOf(started);
        }
        for (AutoCloseable part : parts) {
            try {
                part.close();
            } catch (Exception e) {
                LOG.warn("A part did not close", e);
            }
        }
    }
}
