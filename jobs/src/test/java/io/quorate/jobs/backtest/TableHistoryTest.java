package io.quorate.jobs.backtest;

import static io.quorate.jobs.backtest.Events.BASE;
import static io.quorate.jobs.backtest.Events.BEGIN;
import static io.quorate.jobs.backtest.Events.coverage;
import static io.quorate.jobs.backtest.Events.roster;
import static io.quorate.jobs.backtest.Events.status;
import static io.quorate.jobs.backtest.Events.window;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.quorate.desk.ClickHouseEngine;
import io.quorate.desk.Home;
import io.quorate.events.ClusterRoster;
import io.quorate.events.Coverage;
import io.quorate.events.Measures;
import io.quorate.events.MemberStatus;
import io.quorate.events.MemberWindow;
import io.quorate.events.Sample;
import io.quorate.jobs.JobEnvironment;
import io.quorate.jobs.backtest.TableHistory.TableReader;
import io.quorate.jobs.settings.FlinkSettings;
import io.quorate.sinks.clickhouse.ClickHouseClient;
import io.quorate.sinks.clickhouse.ClickHouseSettings;
import io.quorate.sinks.clickhouse.ClickHouseTables;
import io.quorate.sinks.clickhouse.Migrations;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.function.BiFunction;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.util.InstantiationUtil;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What was heard live, heard once more from the tables of a real engine; and what of it is not. */
@Timeout(120)
class TableHistoryTest {

    private static ClickHouseEngine engine;

    private ClickHouseSettings settings;

    @BeforeAll
    static void start(@TempDir Path folder) {
        engine = ClickHouseEngine.start(Home.current().withState(folder), "clickhouse", 0);
    }

    @AfterAll
    static void stop() {
        engine.close();
    }

    @BeforeEach
    void beginWithEmptyTables() throws IOException {
        settings = ClickHouseSettings.at(engine.url());
        new ClickHouseClient(new ClickHouseSettings(engine.url(), "default", settings.user(), null))
                .execute("DROP DATABASE IF EXISTS " + settings.database());
        Migrations.applyTo(settings);
    }

    @Tag("slow")
    @Test
    void bringsTheSameInChunksOfAnyLengthOrderedByTimeClusterAndMember() throws Exception {
        List<MemberWindow> windows = new ArrayList<>();
        List<MemberStatus> statuses = new ArrayList<>();
        List<ClusterRoster> rosters = new ArrayList<>();
        for (int second = 10; second <= 120; second += 10) {
            for (String cluster : List.of("a", "b")) {
                for (String member : List.of("m1", "m2")) {
                    windows.add(window(cluster, member, second, 1, 50 + second));
                    statuses.add(status(cluster, member, second));
                    statuses.add(status(cluster, member, second + 3));
                }
                rosters.add(roster(cluster, second, "m1", "m2"));
            }
        }
        Coverage coverage = coverage("a", "m1", 30);
        List<Happened> all = new ArrayList<>();
        rosters.forEach(roster -> all.add(Happened.of(roster)));
        all.add(Happened.of(coverage));
        statuses.forEach(status -> all.add(Happened.of(status)));
        windows.forEach(window -> all.add(Happened.of(window)));
        all.sort(Comparator.comparing(Happened::at)
                .thenComparing(happened -> String.valueOf(happened.cluster()))
                .thenComparing(TableHistoryTest::member));
        Random random = new Random(1);
        for (List<?> some : List.of(windows, statuses, rosters)) {
            Collections.shuffle(some, random);
        }
        save(ClickHouseTables::saveMemberWindows, windows);
        save(ClickHouseTables::saveMemberStatuses, statuses);
        save(ClickHouseTables::saveClusterRosters, rosters);
        save(ClickHouseTables::saveCoverages, List.of(coverage));

        for (Duration length : List.of(Duration.ofHours(1), Duration.ofSeconds(10), Duration.ofMillis(7_001))) {
            assertThat(chunks(history(Clusters.ALL), Duration.ofHours(1), length))
                    .as("in chunks of %s", length)
                    .isEqualTo(all);
        }
        assertThat(chunks(history(Clusters.named("b*")), Duration.ofHours(1), Duration.ofHours(1)))
                .isEqualTo(all.stream().filter(one -> "b".equals(one.cluster())).toList());
        assertThat(chunks(history(Clusters.ALL), Duration.ofSeconds(60), Duration.ofSeconds(60)))
                .isEqualTo(all.stream()
                        .filter(one -> one.at().isBefore(BEGIN.plusSeconds(60)))
                        .toList());
    }

    @Test
    void knowsWhatWasSaidBeforeAndStillHolds() throws Exception {
        ClusterRoster last = roster("a", -50, "m1", "m2");
        ClusterRoster labels = ClusterRoster.ofLabels("a", BEGIN.minusSeconds(40), Map.of("env", "prod"));
        save(
                ClickHouseTables::saveClusterRosters,
                List.of(roster("a", -90, "m1"), last, labels, roster("b", -30, "m1"), roster("b", 5, "m2")));
        save(ClickHouseTables::saveCoverages, List.of(coverage("a", "m1", -20), coverage("a", "m2", 5)));
        save(ClickHouseTables::saveMemberStatuses, List.of(status("a", "m1", -5), status("a", "m1", 5)));

        try (TableReader reader = history(Clusters.ALL).open(BEGIN)) {
            assertThat(reader.standing())
                    .containsExactly(
                            Happened.of(last),
                            Happened.of(labels),
                            Happened.of(roster("b", -30, "m1")),
                            Happened.of(coverage("a", "m1", -20)));
            assertThat(reader.chunk(BEGIN, BEGIN.plusSeconds(60)))
                    .containsExactly(
                            Happened.of(status("a", "m1", 5)),
                            Happened.of(coverage("a", "m2", 5)),
                            Happened.of(roster("b", 5, "m2")));
        }
    }

    /** One sentence each, in the order in which they are told. */
    @Test
    void lacksWhatItSaysThatItLacks() throws Exception {
        List<String> lacks = history(Clusters.ALL).lacks();
        assertThat(lacks).hasSize(7);

        assertThat(new ClickHouseClient(settings).execute("SHOW TABLES"))
                .as(lacks.get(0))
                .contains("member_status")
                .doesNotContain("control");

        MemberStatus late = status("a", "m1", 20);
        save(ClickHouseTables::saveMemberStatuses, List.of(status("a", "m1", 40), late));
        assertThat(hour()).as(lacks.get(1)).containsExactly(Happened.of(late), Happened.of(status("a", "m1", 40)));

        MemberWindow first = window("b", "m1", 10, 1, 50);
        save(ClickHouseTables::saveMemberWindows, List.of(first));
        save(ClickHouseTables::saveMemberWindows, List.of(window("b", "m1", 10, 2, 60)));
        MemberWindow corrected = window("b", "m1", 10, 1, 60);
        assertThat(hour()).as(lacks.get(2)).contains(Happened.of(corrected)).doesNotContain(Happened.of(first));

        MemberWindow nothing = window("b", 10, 3, Measures.NONE);
        save(ClickHouseTables::saveMemberWindows, List.of(nothing));
        assertThat(hour()).as(lacks.get(3)).contains(Happened.of(corrected)).doesNotContain(Happened.of(nothing));

        save(ClickHouseTables::saveCoverages, List.of(coverage("c", "m1", 10)));
        save(ClickHouseTables::saveCoverages, List.of(coverage("c", "m1", 20)));
        assertThat(hour())
                .as(lacks.get(4))
                .contains(Happened.of(coverage("c", "m1", 20)))
                .doesNotContain(Happened.of(coverage("c", "m1", 10)));

        Sample sound = new Sample("some_total", "", 1);
        Sample none = new Sample("some_more_total", "", Double.NaN);
        save(
                ClickHouseTables::saveMemberWindows,
                List.of(window("d", 10, 1, new Measures(List.of(), List.of(none, sound), List.of()))));
        assertThat(hour())
                .as(lacks.get(5))
                .contains(Happened.of(window("d", 10, 1, new Measures(List.of(), List.of(sound), List.of()))));

        Instant at = BEGIN.plusSeconds(50);
        save(
                ClickHouseTables::saveMemberStatuses,
                List.of(status("e", at.plusNanos(100_000)), status("e", at.plusNanos(900_000))));
        assertThat(hour().stream().filter(one -> "e".equals(one.cluster())))
                .as(lacks.get(6))
                .extracting(Happened::at)
                .containsExactly(at);
    }

    @Test
    void tellsWhatHasExpired() throws Exception {
        assertThat(lost(BEGIN))
                .containsExactly("ClickHouse holds no windows of 10s.", "ClickHouse holds no answers of members.");

        MemberWindow hour = new MemberWindow(
                "a",
                null,
                "m1",
                null,
                BEGIN,
                BEGIN.plusSeconds(3600),
                false,
                1,
                window("a", "m1", 10, 1, 5).measures());
        save(ClickHouseTables::saveMemberWindows, List.of(hour, window("a", "m1", 5000, 1, 5)));
        save(ClickHouseTables::saveMemberStatuses, List.of(status("a", "m1", 600)));
        assertThat(lost(BEGIN))
                .containsExactly(
                        "ClickHouse holds windows of 10s from 2026-01-01T01:23:10Z on: those before have expired, or were"
                                + " never written, and the longer windows that outlive them are not heard.",
                        "ClickHouse holds answers of members from 2026-01-01T00:10:00Z on: those before have expired, or"
                                + " were never written.");
        assertThat(lost(BEGIN.plusSeconds(600)))
                .singleElement()
                .asString()
                .startsWith("ClickHouse holds windows of 10s from");
        assertThat(lost(BEGIN.plusSeconds(4990))).isEmpty();
        assertThat(hour()).containsExactly(Happened.of(status("a", "m1", 600)));
    }

    @Test
    void saysInWordsThatNoClickHouseAnswers() {
        TableHistory nowhere =
                new TableHistory(ClickHouseSettings.at("http://127.0.0.1:9"), BASE, Clusters.ALL, Set.of());
        assertThatThrownBy(() -> nowhere.open(BEGIN))
                .isInstanceOf(IOException.class)
                .hasMessage("ClickHouse does not answer at http://127.0.0.1:9: start it, or set clickhouse.url to where"
                        + " it is");
    }

    @Test
    void travelsToWhereItIsRead() throws Exception {
        TableHistory history = history(Clusters.named("a", "b*"));
        assertThat(InstantiationUtil.clone(history)).isEqualTo(history);
    }

    private TableHistory history(Clusters clusters) {
        return new TableHistory(settings, BASE, clusters, Set.of());
    }

    private List<String> lost(Instant since) throws IOException {
        try (TableReader reader = history(Clusters.ALL).open(since)) {
            return reader.lost();
        }
    }

    private List<Happened> hour() throws IOException {
        return chunks(history(Clusters.ALL), Duration.ofHours(1), Duration.ofHours(1));
    }

    private static List<Happened> chunks(TableHistory history, Duration whole, Duration length) throws IOException {
        return Walk.chunks(history, BEGIN, BEGIN.plus(whole), length);
    }

    private <T> void save(BiFunction<DataStream<T>, ClickHouseSettings, ClickHouseTables.Saved> way, List<T> events)
            throws Exception {
        StreamExecutionEnvironment env = StreamExecutionEnvironment.createLocalEnvironment(
                1, JobEnvironment.configuration(new FlinkSettings(null, Duration.ofDays(1))));
        way.apply(env.fromData(events), settings);
        env.execute();
    }

    private static String member(Happened happened) {
        if (happened.window() != null) {
            return happened.window().member();
        }
        if (happened.status() != null) {
            return happened.status().member();
        }
        return happened.coverage() == null ? "" : happened.coverage().member();
    }
}
