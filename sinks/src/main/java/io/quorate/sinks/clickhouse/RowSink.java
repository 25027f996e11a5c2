package io.quorate.sinks.clickhouse;

import java.io.IOException;
import java.time.Duration;
import org.apache.flink.api.common.eventtime.Watermark;
import org.apache.flink.api.connector.sink2.Sink;
import org.apache.flink.api.connector.sink2.SinkWriter;
import org.apache.flink.api.connector.sink2.WriterInitContext;
import org.apache.flink.connector.jdbc.JdbcConnectionOptions;
import org.apache.flink.connector.jdbc.JdbcExecutionOptions;
import org.apache.flink.connector.jdbc.core.datastream.sink.JdbcSink;
import org.apache.flink.connector.jdbc.datasource.connections.JdbcConnectionProvider;
import org.apache.flink.connector.jdbc.datasource.connections.SimpleJdbcConnectionProvider;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes rows by Flink's own JdbcSink, at least once: a checkpoint carries the guarantee, natural keys make repeats
 * harmless. Unlike the stock sink, closing never throws: there a ClickHouse that is away would take the whole TaskManager
 * down.
 */
final class RowSink<R> implements Sink<R> {

    private static final Logger LOG = LoggerFactory.getLogger(RowSink.class);

    /** Batches of 1,000 would cost ClickHouse ten times the work. */
    private static final int BATCH_ROWS = 10_000;

    private static final Duration BATCH_INTERVAL = Duration.ofSeconds(1);

    private final Table<R> table;
    private final ClickHouseSettings settings;

    RowSink(Table<R> table, ClickHouseSettings settings) {
        this.table = table;
        this.settings = settings;
    }

    @Override
    public SinkWriter<R> createWriter(WriterInitContext context) throws IOException {
        JdbcConnectionProvider connection = new SimpleJdbcConnectionProvider(connectionOptions());
        JdbcSink<R> sink = JdbcSink.<R>builder()
                .withQueryStatement(table.insertStatement(), table::bind)
                .withExecutionOptions(JdbcExecutionOptions.builder()
                        .withBatchSize(BATCH_ROWS)
                        .withBatchIntervalMs(BATCH_INTERVAL.toMillis())
                        // The driver prepares the statement anew against a server that is away: only restarts help.
                        .withMaxRetries(0)
                        .build())
                .buildAtLeastOnce(connection);
        return new Writer<>(table.name(), sink.createWriter(context), connection);
    }

    private JdbcConnectionOptions connectionOptions() {
        JdbcConnectionOptions.JdbcConnectionOptionsBuilder options =
                new JdbcConnectionOptions.JdbcConnectionOptionsBuilder()
                        .withDriverName("com.clickhouse.jdbc.ClickHouseDriver")
                        .withUrl(settings.jdbcUrl())
                        .withUsername(settings.user())
                        .withProperty("beta.row_binary_for_simple_insert", "true")
                        .withProperty("connection_timeout", "5000")
                        .withProperty("socket_timeout", "60000");
        String password = settings.password();
        if (password != null) {
            options.withPassword(password);
        }
        return options.build();
    }

    record Writer<R>(String table, SinkWriter<R> delegate, JdbcConnectionProvider connection) implements SinkWriter<R> {

        @Override
        public void write(R row, Context context) throws IOException, InterruptedException {
            delegate.write(row, context);
        }

        @Override
        public void flush(boolean endOfInput) throws IOException, InterruptedException {
            delegate.flush(endOfInput);
        }

        @Override
        public void writeWatermark(Watermark watermark) throws IOException, InterruptedException {
            delegate.writeWatermark(watermark);
        }

        @Override
        public void close() {
            try {
                delegate.close();
            } catch (Exception e) {
                LOG.warn(
                        "rows for {} since the last checkpoint are not written; they will be after the restart",
                        table,
                        e);
            } finally {
                connection.closeConnection();
            }
        }
    }
}
