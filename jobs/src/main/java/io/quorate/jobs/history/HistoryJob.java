package io.quorate.jobs.history;

import io.quorate.events.DeadLetter;
import io.quorate.events.codec.Topic;
import io.quorate.jobs.JobEnvironment;
import io.quorate.jobs.kafka.KafkaStreams;
import io.quorate.jobs.settings.Settings;
import io.quorate.sinks.clickhouse.ClickHouseSettings;
import io.quorate.sinks.clickhouse.ClickHouseTables;
import io.quorate.sinks.clickhouse.ClickHouseTables.Saved;
import io.quorate.sinks.clickhouse.Migrations;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiFunction;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;

/** Every topic but the scrapes to the ClickHouse table of its name. */
public final class HistoryJob {

    public static final String NAME = "history";

    private HistoryJob() {}

    public static void main(String[] args) throws Exception {
        Settings settings = Settings.ofArguments(args);
        Migrations.applyTo(settings.clickhouse());
        settings.retention().applyTo(settings.clickhouse());
        JobEnvironment.run(NAME, settings, HistoryJob::define);
    }

    public static void define(StreamExecutionEnvironment env, Settings settings) {
        List<DataStream<DeadLetter>> letters = new ArrayList<>();
        Tables tables = new Tables(env, settings, letters);
        tables.save(Topic.MEMBER_WINDOW, Topic.EARLY_MEMBER_WINDOW, ClickHouseTables::saveMemberWindows);
        tables.save(Topic.SCOPE_WINDOW, Topic.EARLY_SCOPE_WINDOW, ClickHouseTables::saveScopeWindows);
        tables.save(Topic.MEMBER_STATUS, ClickHouseTables::saveMemberStatuses);
        tables.save(Topic.CLUSTER_ROSTER, ClickHouseTables::saveClusterRosters);
        tables.save(Topic.COVERAGE, ClickHouseTables::saveCoverages);
        tables.save(Topic.POLL_TALLY, ClickHouseTables::savePollTallies);
        tables.save(Topic.LEADER_CHANGE, ClickHouseTables::saveLeaderChanges);
        tables.save(Topic.CLUSTER_EVENT, ClickHouseTables::saveClusterEvents);
        tables.save(Topic.ALERT, ClickHouseTables::saveAlerts);
        tables.save(Topic.SHADOW_ALERT, ClickHouseTables::saveShadowAlerts);
        tables.save(Topic.RULE_COVERAGE, ClickHouseTables::saveRuleCoverages);
        tables.save(Topic.NOTIFICATION, ClickHouseTables::saveNotifications);
        tables.save(Topic.DEAD_LETTER, ClickHouseTables::saveDeadLetters);
        KafkaStreams.writeLetters(letters.stream().reduce(DataStream::union).orElseThrow(), settings.kafka());
    }

    /** One topic after the other, and what none of the tables could take. */
    private record Tables(StreamExecutionEnvironment env, Settings settings, List<DataStream<DeadLetter>> letters) {

        <T> void save(Topic<T> topic, BiFunction<DataStream<T>, ClickHouseSettings, Saved> table) {
            letters.add(table.apply(read(topic), settings.clickhouse()).refused());
        }

        /** Early rows lie in the table of those that replace them. */
        <T> void save(Topic<T> topic, Topic<T> early, BiFunction<DataStream<T>, ClickHouseSettings, Saved> table) {
            letters.add(table.apply(read(topic).union(read(early)), settings.clickhouse())
                    .refused());
        }

        private <T> DataStream<T> read(Topic<T> topic) {
            KafkaStreams.Read<T> events = KafkaStreams.read(env, settings.kafka(), topic, NAME, Duration.ofSeconds(1));
            letters.add(events.unreadable());
            return events.events();
        }
    }
}
