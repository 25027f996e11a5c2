package io.quorate.cli.data;

import com.fasterxml.jackson.core.JsonProcessingException;
import io.quorate.sinks.clickhouse.ClickHouseClient;
import java.io.IOException;
import java.util.List;
import java.util.Map;

/** How answers of ClickHouse are written. */
public enum Format {
    /** Aligned for people. */
    TABLE(Columns.FORMAT, Map.of("output_format_json_quote_denormals", "1")),
    /** An object a line. */
    JSON("JSONEachRow", Map.of("date_time_output_format", "iso")),
    /** The names first. */
    CSV("CSVWithNames", Map.of("date_time_output_format", "iso", "format_csv_null_representation", ""));

    private final String name;
    private final Map<String, String> settings;

    Format(String name, Map<String, String> settings) {
        this.name = name;
        this.settings = settings;
    }

    /** The lines of the answer to this statement with these values of its parameters. */
    public List<String> answer(ClickHouseClient client, String sql, Map<String, String> values) throws IOException {
        String answer = client.execute(sql + "\nFORMAT " + name, values, settings);
        return lines(answer);
    }

    private List<String> lines(String answer) throws JsonProcessingException {
        return this == TABLE ? Columns.linesOf(answer) : answer.lines().toList();
    }

    /** Whether an answer of these lines holds a row. */
    public boolean hasRows(List<String> lines) {
        return lines.size() > (this == JSON ? 0 : 1);
    }
}
