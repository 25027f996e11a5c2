package io.quorate.desk;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** A real etcd cluster on loopback: members m1..mn, each a process with its own log, to be stalled, killed and restarted. */
public final class EtcdCluster implements AutoCloseable {

    /** One member as it runs now; the pid changes with a restart. */
    public record Member(String name, String clientUrl, long pid, Path logFile) {

        /** Host and port, as a scrape target is written. */
        public String address() {
            return clientUrl.replaceFirst("^https?://", "");
        }
    }

    /** Files of PEM that members show and judge clients by; whoever has no certificate of that authority is refused. */
    public record Tls(Path certificate, Path key, Path clientCa) {}

    /** Where a member listens: for clients, for peers, and in TLS for whoever asks for metrics. */
    public record Ports(int client, int peer, int metrics) {

        /** How many lie from one member's first to the next one's. */
        public static final int APART = 3;

        /** Of the k-th member of a cluster whose ports are not drawn. */
        public static Ports of(int basePort, int k) {
            int first = basePort + APART * (k - 1);
            return new Ports(first, first + 1, first + 2);
        }

        private static Ports free(boolean tls) {
            return new Ports(FreePorts.next(), FreePorts.next(), tls ? FreePorts.next() : 0);
        }

        private static Ports fixed(Options options, String cluster, int k) {
            Ports wanted = of(options.basePort(), k);
            String part = "member m" + k + " of etcd cluster " + cluster;
            FreePorts.fixed(part, wanted.client());
            FreePorts.fixed(part, wanted.peer());
            if (options.tls() != null) {
                FreePorts.fixed(part, wanted.metrics());
            }
            return wanted;
        }
    }

    /**
     * What a cluster is started with.
     *
     * @param basePort zero for free ports and new data
     */
    public record Options(
            long quotaBytes,
            Duration heartbeat,
            Duration election,
            List<String> extra,
            @Nullable String line,
            @Nullable Tls tls,
            int basePort) {
        public static Options standard() {
            return new Options(0, Duration.ofMillis(100), Duration.ofSeconds(1), List.of(), null, null, 0);
        }

        /** On the ports of {@link Ports#of}, going on with the data that lie there, if any. */
        public Options at(int base) {
            return new Options(quotaBytes, heartbeat, election, extra, line, tls, base);
        }

        /** Of a line of etcd, such as {@code 3.5}, instead of whichever is at hand. */
        public Options withLine(String wanted) {
            return new Options(quotaBytes, heartbeat, election, extra, wanted, tls, basePort);
        }

        /** Zero keeps etcd's own quota of 2 GB. */
        public Options withQuotaBytes(long bytes) {
            return new Options(bytes, heartbeat, election, extra, line, tls, basePort);
        }

        /** Clients are spoken to in TLS; who leads and what ids members have is then not known here. */
        public Options withTls(Tls shown) {
            return new Options(quotaBytes, heartbeat, election, extra, line, shown, basePort);
        }

        public Options with(String... flags) {
            return new Options(quotaBytes, heartbeat, election, List.of(flags), line, tls, basePort);
        }
    }

    private record Seat(String name, boolean tls, Ports ports, Path data, Path log) {
        String clientUrl() {
            return (tls ? "https" : "http") + "://127.0.0.1:" + ports.client();
        }

        /** Plain, whatever clients are spoken to in. */
        String metricsUrl() {
            return tls ? "http://127.0.0.1:" + ports.metrics() : clientUrl();
        }

        String peerUrl() {
            return "http://127.0.0.1:" + ports.peer();
        }
    }

    private static final Duration START = Duration.ofSeconds(30);
    /** A stalled member must not hold up the question who leads. */
    private static final Duration ANSWER = Duration.ofMillis(300);

    private static final int TRIES = 3;
    private static final ObjectMapper JSON = new ObjectMapper();

    private final Home home;
    private final Path etcd;
    private final String name;
    private final Options options;
    private final Map<String, Seat> seats;
    private final Map<String, Child> children = new LinkedHashMap<>();
    private final Map<String, String> ids = new LinkedHashMap<>();

    private EtcdCluster(Home home, Path etcd, String name, Options options, Map<String, Seat> seats) {
        this.home = home;
        this.etcd = etcd;
        this.name = name;
        this.options = options;
        this.seats = seats;
    }

    public static EtcdCluster start(Home home, String directory, String name, int members) {
        return start(home, directory, name, members, Options.standard());
    }

    /** Starts a cluster with data and logs under that directory; waits until every member is healthy. */
    public static EtcdCluster start(Home home, String directory, String name, int members, Options options) {
        Parts parts = Parts.of(home);
        String line = options.line();
        Path etcd = line == null ? parts.etcd() : parts.etcd(line);
        for (int attempt = 1; ; attempt++) {
            EtcdCluster cluster =
                    new EtcdCluster(home, etcd, name, options, seats(home, directory, name, members, options));
            try {
                cluster.startAll();
                return cluster;
            } catch (PartUnavailable e) {
                cluster.close();
                if (attempt == TRIES || !e.portTaken()) {
                    throw e;
                }
            }
        }
    }

    /** Removes the data of a cluster that does not run. */
    public static void removeData(Home home, String directory) {
        Parts.delete(home.data().resolve(directory));
    }

    /** Removes the logs of a cluster that does not run. */
    public static void removeLogs(Home home, String directory) {
        Parts.delete(home.logs().resolve(directory));
    }

    private static Map<String, Seat> seats(Home home, String directory, String name, int members, Options options) {
        boolean tls = options.tls() != null;
        return IntStream.rangeClosed(1, members)
                .mapToObj(k -> new Seat(
                        "m" + k,
                        tls,
                        options.basePort() == 0 ? Ports.free(tls) : Ports.fixed(options, name, k),
                        home.data(directory).resolve("m" + k),
                        home.log(directory + "/m" + k)))
                .collect(Collectors.toMap(Seat::name, seat -> seat, (a, b) -> a, LinkedHashMap::new));
    }

    private synchronized void startAll() {
        for (Seat seat : seats.values()) {
            if (options.basePort() == 0) {
                Parts.delete(seat.data()); // a new cluster: another one's data would be refused
            }
            children.put(seat.name(), spawn(seat, "new"));
        }
        for (Seat seat : seats.values()) {
            Readiness.await(child(seat.name()), START, () -> healthy(seat));
            status(seat).ifPresent(status -> ids.put(status.id(), seat.name()));
        }
    }

    public String name() {
        return name;
    }

    public synchronized List<Member> members() {
        return seats.keySet().stream().map(this::member).toList();
    }

    public synchronized Member member(String member) {
        Seat seat = seat(member);
        return new Member(member, seat.clientUrl(), child(member).pid(), seat.log());
    }

    /** Where this member shows its metrics and its health to whoever asks: in plain HTTP. */
    public String metricsAddress(Member member) {
        return seat(member.name()).metricsUrl().substring("http://".length());
    }

    public List<String> endpoints() {
        return members().stream().map(Member::clientUrl).toList();
    }

    /** The leader as the members that answer believe, those in the latest term first; empty while there is none. */
    public Optional<Member> leader() {
        List<String> urls = seats.values().stream().map(EtcdCluster::statusUrl).toList();
        return Readiness.postAll(urls, "{}", ANSWER).values().stream()
                .flatMap(body -> read(body).stream())
                .max(Comparator.comparingLong(Status::term))
                .flatMap(status -> Optional.ofNullable(nameOf(status.leader())))
                .map(this::member);
    }

    /** Lower-case hex, as Quorate's events carry it. */
    public synchronized String id(Member member) {
        return ids.entrySet().stream()
                .filter(entry -> entry.getValue().equals(member.name()))
                .map(Map.Entry::getKey)
                .findFirst()
                .orElseThrow();
    }

    /** Every election so far, from the members' own logs. */
    public List<Election> elections() {
        return Elections.inLogs(members().stream().collect(Collectors.toMap(Member::name, Member::logFile)));
    }

    /** Freezes a member: it keeps its connections but says nothing, until it is resumed. */
    public void stall(Member member) {
        child(member.name()).stall();
    }

    public void resume(Member member) {
        child(member.name()).resume();
    }

    /** Ends a member as a crash would. */
    public void kill(Member member) {
        child(member.name()).kill();
    }

    /** Asks a member to end in its own time. */
    public void terminate(Member member) {
        child(member.name()).close();
    }

    /** Starts an ended member again on its data and ports; waits until it is healthy. */
    public Member restart(Member member) {
        Seat seat = seat(member.name());
        startAgain(member);
        Readiness.await(child(member.name()), START, () -> healthy(seat));
        return member(member.name());
    }

    /** The same without waiting: where a majority has ended, none gets healthy before the others are started too. */
    public synchronized void startAgain(Member member) {
        Seat seat = seat(member.name());
        Child before = child(member.name());
        if (before.alive()) {
            before.close();
        } else {
            before.forget();
        }
        children.put(member.name(), spawn(seat, "existing"));
    }

    /** Adds a member to the cluster as it runs, and starts it; waits until it is healthy. */
    public Member add() {
        Member asked = member(seats.keySet().iterator().next());
        Seat seat;
        synchronized (this) {
            Seat like = seat(asked.name());
            String next = "m" + (seats.size() + 1);
            seat = new Seat(
                    next,
                    like.tls(),
                    Ports.free(like.tls()),
                    like.data().resolveSibling(next),
                    like.log().resolveSibling(next));
        }
        change(asked, "add", "{\"peerURLs\":[\"" + seat.peerUrl() + "\"]}", list -> list.contains(seat.peerUrl()));
        synchronized (this) {
            Parts.delete(seat.data());
            seats.put(seat.name(), seat);
            children.put(seat.name(), spawn(seat, "existing"));
        }
        Readiness.await(child(seat.name()), START, () -> healthy(seat));
        synchronized (this) {
            status(seat).ifPresent(status -> ids.put(status.id(), seat.name()));
        }
        return member(seat.name());
    }

    /** Removes a member from the cluster, which ends it. */
    public void remove(Member member) {
        Member asked = members().stream()
                .filter(other -> !other.name().equals(member.name()))
                .findFirst()
                .orElseThrow();
        String id = Long.toUnsignedString(Long.parseUnsignedLong(id(member), 16));
        change(asked, "remove", "{\"ID\":\"" + id + "\"}", list -> !list.contains("\"" + id + "\""));
        child(member.name()).close();
        synchronized (this) {
            seats.remove(member.name());
            children.remove(member.name());
        }
    }

    /** A cluster that has only just changed refuses to change again for some seconds; and one that is slow changes all the same. */
    private void change(Member asked, String what, String body, Predicate<String> done) {
        String url = asked.clientUrl() + "/v3/cluster/member/";
        if (!Readiness.holds(
                START,
                () -> Readiness.post(url + what, body).isPresent()
                        || Readiness.post(url + "list", "{}").filter(done).isPresent())) {
            throw new PartUnavailable(
                    asked.name() + " of " + name + " did not " + what + " a member within " + START.toSeconds() + " s");
        }
    }

    public boolean alive(Member member) {
        return child(member.name()).alive();
    }

    @Override
    public void close() {
        List<Child> all;
        synchronized (this) {
            all = new ArrayList<>(children.values());
        }
        // The leader last: asked with the others it would wait seconds for one of them to take over.
        Optional<Child> leader =
                (options.tls() == null ? leader().map(Member::name) : leaderByMetrics()).map(this::child);
        List<Child> followers = all.stream()
                .filter(each -> leader.stream().noneMatch(each::equals))
                .toList();
        followers.forEach(Child::terminate);
        followers.forEach(Child::resume);
        followers.forEach(Child::close);
        leader.ifPresent(Child::close);
    }

    /** Metrics are plain whatever clients are spoken to in. */
    private Optional<String> leaderByMetrics() {
        List<String> started;
        synchronized (this) {
            started = List.copyOf(children.keySet());
        }
        return started.stream()
                .filter(member -> Readiness.get(seat(member).metricsUrl() + "/metrics")
                        .filter(page -> page.contains("\netcd_server_is_leader 1\n"))
                        .isPresent())
                .findFirst();
    }

    private Child spawn(Seat seat, String clusterState) {
        String cluster = seats.values().stream()
                .map(each -> each.name() + "=" + each.peerUrl())
                .collect(Collectors.joining(","));
        List<String> command = new ArrayList<>(List.of(
                etcd.toString(),
                "--name=" + seat.name(),
                "--data-dir=" + seat.data(),
                "--listen-client-urls=" + seat.clientUrl(),
                "--advertise-client-urls=" + seat.clientUrl(),
                "--listen-peer-urls=" + seat.peerUrl(),
                "--initial-advertise-peer-urls=" + seat.peerUrl(),
                "--initial-cluster=" + cluster,
                "--initial-cluster-token=" + name,
                "--initial-cluster-state=" + clusterState,
                "--metrics=extensive",
                "--quota-backend-bytes=" + options.quotaBytes(),
                "--heartbeat-interval=" + options.heartbeat().toMillis(),
                "--election-timeout=" + options.election().toMillis(),
                "--logger=zap",
                "--log-outputs=stderr"));
        Tls tls = options.tls();
        if (tls != null) {
            command.addAll(List.of(
                    "--listen-metrics-urls=" + seat.metricsUrl(),
                    "--cert-file=" + tls.certificate(),
                    "--key-file=" + tls.key(),
                    "--client-cert-auth",
                    "--trusted-ca-file=" + tls.clientCa()));
        }
        command.addAll(options.extra());
        return Processes.spawn(home, "etcd-" + name + "-" + seat.name(), command, seat.log(), Map.of());
    }

    private Seat seat(String member) {
        Seat seat = seats.get(member);
        if (seat == null) {
            throw new IllegalArgumentException("No member " + member + " in " + name + "; there are " + seats.keySet());
        }
        return seat;
    }

    private synchronized Child child(String member) {
        Child child = children.get(member);
        if (child == null) {
            throw new IllegalArgumentException("Member " + member + " of " + name + " was never started");
        }
        return child;
    }

    private synchronized @Nullable String nameOf(String id) {
        return ids.get(id);
    }

    private static boolean healthy(Seat seat) {
        return Readiness.get(seat.metricsUrl() + "/health")
                        .filter(body -> body.contains("true"))
                        .isPresent()
                && (seat.tls() || status(seat).isPresent());
    }

    private record Status(String id, String leader, long term) {}

    private static Optional<Status> status(Seat seat) {
        return Readiness.post(statusUrl(seat), "{}").flatMap(EtcdCluster::read);
    }

    private static String statusUrl(Seat seat) {
        return seat.clientUrl() + "/v3/maintenance/status";
    }

    private static Optional<Status> read(String body) {
        try {
            JsonNode answer = JSON.readTree(body);
            // The gateway writes 64-bit numbers as strings and leaves zeros out.
            return Optional.of(new Status(
                    hex(answer.path("header").path("member_id").asText("0")),
                    hex(answer.path("leader").asText("0")),
                    Long.parseUnsignedLong(answer.path("raftTerm").asText("0"))));
        } catch (JsonProcessingException notAnAnswer) {
            return Optional.empty();
        }
    }

    private static String hex(String decimal) {
        return Long.toHexString(Long.parseUnsignedLong(decimal));
    }
}
