package io.quorate.cli.rules;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.quorate.events.Alert;
import io.quorate.rules.yaml.InvalidYaml;
import io.quorate.rules.yaml.YamlProblem;
import io.quorate.sinks.clickhouse.ClickHouseClient;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The transitions of one alert, from where they were written, in the order of time. */
final class ToldAlerts {

    private static final ObjectMapper JSON = new ObjectMapper();

    /** As the lines of a backtest name the fields, so that one reader reads both. */
    private static final String TRANSITIONS = """
            SELECT id, rule, severity, cluster, cluster_id AS clusterId, member, member_id AS memberId, status, at,
                started_at AS startedAt, summary, cause, part_of AS partOf, runbook, shadow,
                arrayMap((what, value, at) -> tuple(what, value, formatDateTime(at, '%Y-%m-%dT%H:%i:%S.%fZ', 'UTC'))::Tuple(what String, value String, at String),
                    evidence_what, evidence_value, evidence_at) AS evidence
            FROM
            (
                SELECT *, false AS shadow FROM alert FINAL WHERE id = {id:String}
                UNION ALL
                SELECT *, true AS shadow FROM shadow_alert FINAL WHERE id = {id:String}
            )
            FORMAT JSONEachRow
            """;

    private ToldAlerts() {}

    static List<AlertStory.Told> inClickHouse(ClickHouseClient client, String id) throws IOException {
        List<AlertStory.Told> told = new ArrayList<>();
        String answer = client.execute(TRANSITIONS, Map.of("id", id), Map.of("date_time_output_format", "iso"));
        for (String line : answer.lines().toList()) {
            told.add(told(JSON.readTree(line)));
        }
        return inOrder(told);
    }

    static List<AlertStory.Told> inFile(Path file, String id) throws InvalidYaml {
        List<AlertStory.Told> told = new ArrayList<>();
        int number = 0;
        try {
            for (String line : Files.readAllLines(file)) {
                number++;
                JsonNode transition = JSON.readTree(line);
                if (transition.path("id").asText().equals(id)) {
                    told.add(told(transition));
                }
            }
        } catch (IOException | RuntimeException e) {
            throw new InvalidYaml(List.of(new YamlProblem(
                    file.toString(),
                    Math.max(1, number),
                    "cannot be read as alerts; expected the file that 'quorate backtest --alerts' wrote")));
        }
        return inOrder(told);
    }

    private static List<AlertStory.Told> inOrder(List<AlertStory.Told> told) {
        told.sort(Comparator.comparing((AlertStory.Told each) -> each.alert().at())
                .thenComparing(each -> each.alert().status()));
        return told;
    }

    private static AlertStory.Told told(JsonNode row) {
        List<Alert.Evidence> evidence = new ArrayList<>();
        row.path("evidence")
                .forEach(each -> evidence.add(new Alert.Evidence(
                        each.path("what").asText(),
                        each.path("value").asText(),
                        Instant.parse(each.path("at").asText()))));
        return new AlertStory.Told(
                new Alert(
                        row.path("id").asText(),
                        row.path("rule").asText(),
                        Alert.Severity.valueOf(upper(row, "severity")),
                        row.path("cluster").asText(),
                        text(row, "clusterId"),
                        text(row, "member"),
                        text(row, "memberId"),
                        Alert.Status.valueOf(upper(row, "status")),
                        Instant.parse(row.path("at").asText()),
                        Instant.parse(row.path("startedAt").asText()),
                        row.path("summary").asText(),
                        text(row, "cause"),
                        text(row, "partOf"),
                        text(row, "runbook"),
                        evidence),
                row.path("shadow").asBoolean());
    }

    private static String upper(JsonNode row, String field) {
        return row.path(field).asText().toUpperCase(Locale.ROOT);
    }

    private static @Nullable String text(JsonNode row, String field) {
        String text = row.path(field).asText("");
        return text.isEmpty() || row.path(field).isNull() ? null : text;
    }
}
