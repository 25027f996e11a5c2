package io.quorate.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.quorate.events.MemberScrape;
import io.quorate.events.MemberStatus;
import io.quorate.ingest.Observation;
import io.quorate.ingest.etcd.EtcdSource;
import io.quorate.ingest.prometheus.PrometheusSource;
import io.quorate.jobs.settings.Settings;
import io.quorate.jobs.settings.SettingsReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.util.CloseableIterator;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The product's own sources in a real Flink, against a fleet that {@code quorate simulate --serve} serves. */
@Tag("slow")
class ServedFleetTest {

    private static final int MOST = 20_000;

    @TempDir
    Path folder;

    @Test
    void theSourcesSeeTheScrapesTheStatusesAndTheLeaderChangeOfTheTruth() throws Exception {
        Path plan = Files.writeString(folder.resolve("pair.yaml"), """
                schema: plan/v1
                name: pair
                fleet: { clusters: 2, prefix: eu-, etcd: "3.4" }
                collector: { scrape: 2s }
                faults:
                  - { fault: pause, at: 25s, for: 10s, target: { cluster: eu-00000, member: leader } }
                """);
        Path yaml = folder.resolve("quorate.yaml");
        Path truth = folder.resolve("truth.json");
        CompletableFuture<Integer> serving = CompletableFuture.supplyAsync(() -> Quorate.run(
                "simulate",
                "--plan",
                plan.toString(),
                "--serve",
                "--for",
                "75s",
                "--settings",
                yaml.toString(),
                "--truth",
                truth.toString()));
        Awaitility.await().atMost(Duration.ofSeconds(30)).until(() -> Files.exists(yaml));

        // Once each member was scraped for the first time.
        Awaitility.await()
                .atMost(Duration.ofSeconds(20))
                .until(() -> Quorate.run("doctor", "--config", yaml.toString()) == 0);
        List<Observation> seen = watch(SettingsReader.read(yaml));
        assertThat(serving.get(2, TimeUnit.MINUTES)).isZero();

        assertThat(scrapes(seen).stream().map(scrape -> scrape.cluster() + "/" + scrape.member()))
                .contains("eu-00000/m1", "eu-00000/m2", "eu-00000/m3", "eu-00001/m1", "eu-00001/m2", "eu-00001/m3");
        assertThat(scrapes(seen))
                .allSatisfy(scrape -> assertThat(scrape.histograms()).isNotEmpty());
        List<String> elected = new ArrayList<>();
        String paused = "";
        JsonNode told = new ObjectMapper().readTree(truth.toFile());
        for (JsonNode leader : told.get("leaders_from_log")) {
            String cluster = leader.get("cluster").asText();
            if (leader.get("t").asDouble() > told.get("t0").asDouble()) {
                elected.add(cluster + " " + leader.get("leader").asText() + " " + leader.get("term"));
            } else if (cluster.equals("eu-00000")) {
                paused = leader.get("leader").asText();
            }
        }
        assertThat(elected).hasSize(1);
        assertThat(changes(seen)).containsExactlyElementsOf(elected);
        assertThat(statuses(seen).stream()
                        .filter(status -> !status.answered())
                        .map(status -> status.cluster() + " " + status.member() + " " + status.failure())
                        .collect(Collectors.toSet()))
                .containsExactly("eu-00000 " + paused + " timeout");
    }

    /** Until the leader changed, and the member that was paused answers again. */
    private static List<Observation> watch(Settings settings) throws Exception {
        StreamExecutionEnvironment env = StreamExecutionEnvironment.createLocalEnvironment(2);
        PrometheusSource scrapes = new PrometheusSource(settings.prometheus());
        EtcdSource statuses = new EtcdSource(settings.etcd());
        List<Observation> seen = new ArrayList<>();
        Set<String> silent = new TreeSet<>();
        boolean again = false;
        try (CloseableIterator<Observation> observations = env.fromSource(
                        scrapes, WatermarkStrategy.noWatermarks(), "prometheus")
                .union(env.fromSource(statuses, WatermarkStrategy.noWatermarks(), "etcd"))
                .executeAndCollect()) {
            while (observations.hasNext() && !again && seen.size() < MOST) {
                Observation one = observations.next();
                seen.add(one);
                MemberStatus status = one.status();
                if (status != null) {
                    String member = status.cluster() + "/" + status.member();
                    again = status.answered()
                            && silent.contains(member)
                            && !changes(seen).isEmpty();
                    if (!status.answered()) {
                        silent.add(member);
                    }
                }
            }
        }
        return seen;
    }

    /** Who leads in which term, by the names of the roster, without the leader that each cluster began with. */
    private static Set<String> changes(List<Observation> seen) {
        Map<String, String> names = new HashMap<>();
        seen.stream()
                .map(Observation::roster)
                .filter(Objects::nonNull)
                .forEach(roster -> roster.members().forEach(member -> names.put(member.memberId(), member.name())));
        Map<String, Long> first = new HashMap<>();
        Set<String> changes = new LinkedHashSet<>();
        for (MemberStatus status : statuses(seen)) {
            if (status.answered() && status.leaderId() != null) {
                long term = status.raftTerm();
                if (term > first.computeIfAbsent(status.cluster(), unseen -> term)) {
                    changes.add(status.cluster() + " " + names.get(status.leaderId()) + " " + term);
                }
            }
        }
        return changes;
    }

    private static List<MemberStatus> statuses(List<Observation> seen) {
        return seen.stream().map(Observation::status).filter(Objects::nonNull).toList();
    }

    private static List<MemberScrape> scrapes(List<Observation> seen) {
        return seen.stream()
                .map(Observation::scrape)
                .filter(scrape -> scrape != null && scrape.answered())
                .toList();
    }
}
