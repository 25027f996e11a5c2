package io.quorate.sinks.clickhouse;

import java.io.Serializable;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;

/**
 * A table and how rows of one type fill it.
 *
 * @param name as its event's, {@code member_window}
 */
record Table<R>(String name, Class<R> rows, List<Column<R>> columns) implements Serializable {

    /** The address of its writer in a job: {@code clickhouse-member-window}. */
    String uid() {
        return "clickhouse-" + name.replace('_', '-');
    }

    /** The table of the same columns for windows of this size: {@code member_window_1h}. */
    Table<R> of(RollUp size) {
        return new Table<>(name + size.suffix(), rows, columns);
    }

    String insertStatement() {
        return columns.stream()
                        .map(column -> '`' + column.name() + '`')
                        .collect(Collectors.joining(", ", "INSERT INTO " + name + " (", ") VALUES ("))
                + columns.stream().map(column -> "?").collect(Collectors.joining(", ", "", ")"));
    }

    void bind(PreparedStatement statement, R row) throws SQLException {
        for (int i = 0; i < columns.size(); i++) {
            statement.setObject(i + 1, columns.get(i).value().apply(row));
        }
    }

    /** All that ClickHouse would refuse or silently mangle in this row, column by column; empty when it can be written. */
    List<String> problems(R row) {
        return columns.stream()
                .map(column -> column.problem(row))
                .filter(Objects::nonNull)
                .map(problem -> Objects.requireNonNull(problem))
                .toList();
    }
}
