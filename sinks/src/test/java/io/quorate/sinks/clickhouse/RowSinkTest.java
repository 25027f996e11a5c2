package io.quorate.sinks.clickhouse;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.sql.Connection;
import org.apache.flink.api.connector.sink2.SinkWriter;
import org.apache.flink.connector.jdbc.datasource.connections.JdbcConnectionProvider;
import org.junit.jupiter.api.Test;

class RowSinkTest {

    private final FakeConnection connection = new FakeConnection();
    private final RowSink.Writer<String> writer = new RowSink.Writer<>("alert", new FakeAwayWriter(), connection);

    @Test
    void closesQuietlyWhenClickHouseIsAway() {
        assertThatCode(writer::close).doesNotThrowAnyException();
        assertThat(connection.closed).isTrue();
    }

    @Test
    void failsTheCheckpointWhenClickHouseIsAway() {
        assertThatThrownBy(() -> writer.flush(false)).hasMessage("away");
        assertThatThrownBy(() -> writer.write("row", null)).hasMessage("away");
    }

    /** As JdbcWriter is when ClickHouse is away. */
    private static final class FakeAwayWriter implements SinkWriter<String> {

        @Override
        public void write(String row, Context context) throws IOException {
            throw new IOException("away");
        }

        @Override
        public void flush(boolean endOfInput) throws IOException {
            throw new IOException("away");
        }

        @Override
        public void close() {
            throw new IllegalStateException("Writing records to JDBC failed.");
        }
    }

    private static final class FakeConnection implements JdbcConnectionProvider {

        boolean closed;

        @Override
        public Connection getConnection() {
            return null;
        }

        @Override
        public boolean isConnectionValid() {
            return false;
        }

        @Override
        public Connection getOrEstablishConnection() {
            return null;
        }

        @Override
        public void closeConnection() {
            closed = true;
        }

        @Override
        public Connection reestablishConnection() {
            return null;
        }
    }
}
