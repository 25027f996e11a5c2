package io.quorate.jobs.percentiles;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.quorate.events.ClusterEvent;
import io.quorate.events.ClusterRoster;
import io.quorate.events.MemberScrape;
import io.quorate.events.MemberStatus;
import io.quorate.jobs.backtest.Happened;
import io.quorate.jobs.backtest.HistorySource;
import io.quorate.jobs.backtest.RecordingHistory;
import java.io.BufferedReader;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.zip.GZIPInputStream;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.util.CloseableIterator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What really happened to a real cluster, against what its recordings tell. */
class RecordedClusterEventsTest {

    private static final ObjectMapper JSON = new ObjectMapper();

    @TempDir
    Path folder;

    @Test
    void namesEveryRestartOfMembersThatWereKilledAndNothingElse() throws Exception {
        List<JsonNode> restarts = new ArrayList<>();
        JSON.readTree(resource("kill.truth.json")).get("events").forEach(event -> {
            if (event.get("event").asText().equals("restart")) {
                restarts.add(event);
            }
        });
        List<ClusterEvent> told = told("kill");

        assertThat(told)
                .extracting(ClusterEvent::kind)
                .containsOnly("restarted")
                .hasSize(3);
        for (int i = 0; i < restarts.size(); i++) {
            assertThat(told.get(i).member())
                    .isEqualTo(restarts.get(i).get("member").asText());
            // The kernel tells when a process began to the hundredth, from a boot time in whole seconds.
            assertThat(told.get(i).observedAt().toEpochMilli() / 1000.0)
                    .isCloseTo(restarts.get(i).get("t").asDouble(), within(1.2));
        }
    }

    /** Against the alarm list, which the recorder asked for every 5 s and Quorate never does. */
    @Test
    void tellsTheAlarmsThatTheAlarmListNamed() throws Exception {
        List<ClusterEvent> told = told("quota");
        assertThat(told).extracting(ClusterEvent::kind).containsOnly("alarm-raised", "alarm-cleared");
        assertThat(told)
                .extracting(event -> event.kind() + ' ' + event.member())
                .contains("alarm-cleared m3");

        int alarmed = 0;
        for (JsonNode line : alarmLists("quota")) {
            Instant at = Instant.ofEpochMilli(
                    Math.round((line.get("t").asDouble() + line.get("d").asDouble()) * 1000));
            SortedSet<String> listed = new TreeSet<>();
            JSON.readTree(line.at("/body/text").asText())
                    .path("alarms")
                    .forEach(alarm -> listed.add(Long.toHexString(
                                    Long.parseUnsignedLong(alarm.get("memberID").asText()))
                            + ' '
                            + alarm.get("alarm").asText()));
            alarmed += listed.isEmpty() ? 0 : 1;
            // Statuses are asked every second.
            assertThat(listed)
                    .as("%s, between what was told a little before and a little after", at)
                    .isIn(standing(told, at.minusMillis(500)), standing(told, at.plusMillis(1500)));
        }
        assertThat(alarmed).isBetween(40, 80);
    }

    @ParameterizedTest
    @ValueSource(strings = {"healthy", "storm", "slowdisk"})
    void saysNothingOfARecordingInWhichNobodyRestartedOrCame(String scenario) throws Exception {
        assertThat(told(scenario)).isEmpty();
    }

    private static SortedSet<String> standing(List<ClusterEvent> told, Instant at) {
        SortedSet<String> standing = new TreeSet<>();
        for (ClusterEvent event : told) {
            if (event.observedAt().isAfter(at)) {
                break;
            }
            if (event.after() == null) {
                standing.remove(event.memberId() + ' ' + event.before());
            } else {
                standing.add(event.memberId() + ' ' + event.after());
            }
        }
        return standing;
    }

    private List<ClusterEvent> told(String scenario) throws Exception {
        Path recording = folder.resolve(scenario + ".jsonl.gz");
        try (InputStream in = resource(scenario + ".jsonl.gz")) {
            Files.copy(in, recording);
        }
        StreamExecutionEnvironment env = StreamExecutionEnvironment.createLocalEnvironment(1);
        DataStream<Happened> observations = env.fromSource(
                new HistorySource(
                        new RecordingHistory(List.of(recording)),
                        Instant.EPOCH,
                        Instant.parse("2100-01-01T00:00:00Z"),
                        Duration.ofDays(365_000),
                        scenario),
                WatermarkStrategy.forMonotonousTimestamps(),
                "recording");
        DataStream<MemberScrape> scrapes = observations
                .filter(one -> one.scrape() != null)
                .map(Happened::scrape)
                .returns(MemberScrape.class);
        DataStream<MemberStatus> statuses = observations
                .filter(one -> one.status() != null)
                .map(Happened::status)
                .returns(MemberStatus.class);
        // A recording has no member list.
        DataStream<ClusterRoster> none = env.fromData(ClusterRoster.ofLabels(scenario, Instant.EPOCH, Map.of()));
        List<ClusterEvent> told = new ArrayList<>();
        try (CloseableIterator<ClusterEvent> all =
                ClusterEventsPipeline.of(scrapes, statuses, none).executeAndCollect("events")) {
            all.forEachRemaining(told::add);
        }
        told.sort(Comparator.comparing(ClusterEvent::observedAt));
        return told;
    }

    private static List<JsonNode> alarmLists(String scenario) throws Exception {
        List<JsonNode> lists = new ArrayList<>();
        try (BufferedReader lines = new BufferedReader(
                new InputStreamReader(new GZIPInputStream(resource(scenario + ".jsonl.gz")), StandardCharsets.UTF_8))) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                if (line.contains("\"kind\":\"alarms\"")) {
                    lists.add(JSON.readTree(line));
                }
            }
        }
        return lists;
    }

    private static InputStream resource(String name) {
        return Objects.requireNonNull(RecordedClusterEventsTest.class.getResourceAsStream("/recordings/" + name), name);
    }
}
