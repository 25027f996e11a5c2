package io.quorate.cli.data;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.StreamSupport;

/** An answer of ClickHouse, aligned for people: numbers to the right, nothing where there is nothing. */
final class Columns {

    /** Names, types and rows, a JSON array each; nan and inf as words. */
    static final String FORMAT = "JSONCompactEachRowWithNamesAndTypes";

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String BETWEEN = "  ";
    private static final String WHOLE_SECOND = ".000";

    private final List<String> names;
    private final List<String> types;
    private final List<List<String>> rows = new ArrayList<>();

    private Columns(List<String> names, List<String> types) {
        this.names = names;
        this.types = types;
    }

    /** The lines of this answer, the names first. */
    static List<String> linesOf(String answer) throws JsonProcessingException {
        List<List<String>> lines = new ArrayList<>();
        for (String line : answer.lines().toList()) {
            lines.add(StreamSupport.stream(JSON.readTree(line).spliterator(), false)
                    .map(Columns::text)
                    .toList());
        }
        Columns columns = new Columns(lines.get(0), lines.get(1));
        columns.rows.addAll(lines.subList(2, lines.size()));
        return columns.lines();
    }

    private static String text(JsonNode value) {
        if (value.isNull()) {
            return "";
        }
        if (value.isBoolean()) {
            return value.booleanValue() ? "yes" : "no";
        }
        if (value.isNumber()) {
            return value.decimalValue().stripTrailingZeros().toPlainString();
        }
        if (value.isArray()) {
            return StreamSupport.stream(value.spliterator(), false)
                    .map(Columns::text)
                    .collect(Collectors.joining(", "));
        }
        return value.asText();
    }

    private List<String> lines() {
        List<List<String>> shown =
                IntStream.range(0, names.size()).mapToObj(this::column).toList();
        return IntStream.rangeClosed(0, rows.size())
                .mapToObj(row -> shown.stream()
                        .map(column -> column.get(row))
                        .collect(Collectors.joining(BETWEEN))
                        .stripTrailing())
                .toList();
    }

    private List<String> column(int index) {
        List<String> cells = rows.stream().map(row -> row.get(index)).toList();
        boolean wholeSeconds = types.get(index).contains("DateTime64")
                && cells.stream().allMatch(cell -> cell.isEmpty() || cell.endsWith(WHOLE_SECOND));
        List<String> column = new ArrayList<>(List.of(names.get(index)));
        cells.forEach(cell -> column.add(
                wholeSeconds && !cell.isEmpty() ? cell.substring(0, cell.length() - WHOLE_SECOND.length()) : cell));
        int width = column.stream().mapToInt(String::length).max().orElse(0);
        boolean number = types.get(index).matches(".*(Int|Float|Decimal).*")
                && !types.get(index).startsWith("Array");
        return column.stream()
                .map(cell ->
                        number ? " ".repeat(width - cell.length()) + cell : cell + " ".repeat(width - cell.length()))
                .toList();
    }
}
