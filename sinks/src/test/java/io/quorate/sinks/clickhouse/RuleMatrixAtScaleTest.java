package io.quorate.sinks.clickhouse;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** 50 rules, 1,000 clusters of 3 members, each cell told every ten minutes for two hours; {@code target/rule-matrix.txt} says how long answers take. */
@Tag("slow")
class RuleMatrixAtScaleTest {

    private static final Path TIMES = Path.of("target/rule-matrix.txt");
    private static final Instant BEGIN = Instant.parse("2026-03-29T01:00:00Z");
    private static final int RULES = 50;
    private static final int CLUSTERS = 1_000;
    private static final int CELLS = RULES * CLUSTERS * 3;
    private static final Span LAST_HOUR = new Span(BEGIN.plus(Duration.ofHours(1)), BEGIN.plus(Duration.ofHours(2)));

    private static ClickHouseClient client;

    private final List<String> times = new ArrayList<>();

    @BeforeAll
    static void fill() throws IOException {
        client = new ClickHouseClient(Engine.databaseFor(RuleMatrixAtScaleTest.class));
        for (int told = 0; told < 12; told++) {
            client.execute("""
                    INSERT INTO rule_coverage (rule, cluster, member, observed_at, state, metric, why, detail, rule_version)
                    SELECT concat('EtcdRule', toString(number %% 50)) AS rule,
                           concat('cluster-', toString(intDiv(number, 150))) AS cluster,
                           concat('m', toString(intDiv(number, 50) %% 3 + 1)),
                           toDateTime64('2026-03-29 01:00:00', 3, 'UTC') + 600 * %d + number / 1000,
                           multiIf(number %% 97 = 0, 'blind', number %% 89 = 0, 'too-few', 'evaluated') AS state,
                           if(state = 'blind', 'etcd_disk_wal_fsync_duration_seconds', ''),
                           if(state = 'blind', 'not-scraped', ''),
                           if(state = 'blind', 'nobody scrapes it', ''),
                           '0011aabb'
                    FROM numbers(%d)
                    """.formatted(told, CELLS));
        }
    }

    @Test
    void theMatrixIsComplete() throws IOException {
        assertThat(timed("SELECT count(), sum(cells_count), sum(blind_count) FROM (" + sql("rule-matrix") + ")"))
                .isEqualTo(RULES * CLUSTERS + "\t" + CELLS + "\t" + blind() + "\n");
        assertThat(timed("SELECT count(), countIf(state = 'blind') FROM rule_coverage_now"))
                .isEqualTo(CELLS + "\t" + blind() + "\n");
        assertThat(timed("SELECT sum(length(members)) FROM (" + sql("rule-coverage") + ")"))
                .isEqualTo(blind() + "\n");
        times.add("bytes per row of rule_coverage on disk: "
                + client.execute("SELECT round(sum(bytes_on_disk) / sum(rows), 2) FROM system.parts WHERE active AND"
                                + " database = currentDatabase() AND table = 'rule_coverage'")
                        .strip());
        Files.write(TIMES, times);
    }

    /** Every 97th. */
    private static int blind() {
        return (CELLS + 96) / 97;
    }

    private static String sql(String question) {
        return Question.named(question).orElseThrow().sql();
    }

    private String timed(String sql) throws IOException {
        String answer = "";
        for (int time = 0; time < 3; time++) {
            long begin = System.nanoTime();
            answer = client.execute(
                    sql,
                    sql.contains("{")
                            ? Question.named("rule-matrix").orElseThrow().values(LAST_HOUR, WindowSize.BASE, "", "")
                            : Map.of(),
                    Map.of());
            times.add((System.nanoTime() - begin) / 1_000_000 + " ms: "
                    + sql.lines().findFirst().orElse(""));
        }
        return answer;
    }
}
