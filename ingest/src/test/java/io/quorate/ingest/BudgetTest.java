package io.quorate.ingest;

import static org.assertj.core.api.Assertions.assertThat;

import io.quorate.desk.EtcdCluster;
import io.quorate.desk.Home;
import io.quorate.ingest.etcd.EtcdSettings;
import io.quorate.ingest.etcd.EtcdSource;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.util.CloseableIterator;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What polling costs whom it watches: nothing that is written, and few calls. Counted by a real, idle etcd itself. */
@Tag("slow")
class BudgetTest {

    private static final Duration WATCHED = Duration.ofMinutes(5);
    private static final List<String> WRITES =
            List.of("etcd_server_proposals_committed_total", "etcd_disk_wal_fsync_duration_seconds_count");
    private static final Pattern CALLS =
            Pattern.compile("grpc_server_started_total\\{grpc_method=\"(\\w+)\"[^}]*} ([0-9.e+]+)");

    private final HttpClient http = HttpClient.newHttpClient();

    @TempDir
    Path folder;

    @Test
    void anIdleEtcdWritesNothingForUsAndAnswersAtMostThreeCallsOfAMemberPerPoll() throws Exception {
        Home home = Home.current().withState(folder);
        try (EtcdCluster etcd = EtcdCluster.start(home, "etcd", "c1", 3)) {
            Map<String, Double> atFirst = read(etcd);
            pass(WATCHED);
            Map<String, Double> idle = increase(atFirst, read(etcd));

            Map<String, Double> before = read(etcd);
            StreamExecutionEnvironment env = StreamExecutionEnvironment.createLocalEnvironment(1);
            int polls = 0;
            try (CloseableIterator<Observation> observations = env.fromSource(
                            new EtcdSource(List.of(EtcdSettings.of("c1", etcd.endpoints()))),
                            WatermarkStrategy.noWatermarks(),
                            "etcd")
                    .executeAndCollect()) {
                Instant until = Instant.now().plus(WATCHED);
                while (Instant.now().isBefore(until) && observations.hasNext()) {
                    polls += observations.next().status() == null ? 0 : 1;
                }
            }
            Map<String, Double> watched = increase(before, read(etcd));

            assertThat(polls).as("statuses of three members").isGreaterThan(700);
            for (String write : WRITES) {
                assertThat(watched.get(write)).as(write + ", idle " + idle).isLessThanOrEqualTo(idle.get(write) + 1);
            }
            Map<String, Double> calls = new TreeMap<>(watched);
            calls.keySet().removeAll(WRITES);
            calls.values().removeIf(count -> count == 0);
            // The first round asks each for its member list; whoever is asked last may count a call more than came
            // back.
            assertThat(calls).containsOnlyKeys("Status", "MemberList");
            assertThat(calls.values().stream().mapToDouble(Double::doubleValue).sum() / polls)
                    .as("calls of a member per poll: " + calls + " in " + polls)
                    .isLessThan(1.5);
        }
    }

    private static void pass(Duration time) {
        Instant until = Instant.now().plus(time);
        Awaitility.await()
                .atMost(time.multipliedBy(2))
                .pollInterval(Duration.ofSeconds(1))
                .until(() -> Instant.now().isAfter(until));
    }

    /** Of all members together: what they wrote, and calls by method. */
    private Map<String, Double> read(EtcdCluster etcd) throws Exception {
        Map<String, Double> counts = new TreeMap<>();
        for (EtcdCluster.Member member : etcd.members()) {
            String page = http.send(
                            HttpRequest.newBuilder(URI.create(member.clientUrl() + "/metrics"))
                                    .build(),
                            HttpResponse.BodyHandlers.ofString())
                    .body();
            page.lines().forEach(line -> {
                for (String write : WRITES) {
                    if (line.startsWith(write + " ")) {
                        counts.merge(write, Double.parseDouble(line.substring(write.length() + 1)), Double::sum);
                    }
                }
                Matcher call = CALLS.matcher(line);
                if (call.matches()) {
                    counts.merge(call.group(1), Double.parseDouble(call.group(2)), Double::sum);
                }
            });
        }
        return counts;
    }

    private static Map<String, Double> increase(Map<String, Double> before, Map<String, Double> after) {
        Map<String, Double> increase = new TreeMap<>();
        after.forEach((name, value) -> increase.put(name, value - before.getOrDefault(name, 0.0)));
        return increase;
    }
}
