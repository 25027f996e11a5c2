package io.quorate.desk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ClickHouseEngineTest {
    @TempDir
    Path folder;

    @Test
    void keepsWhatItAcknowledgedOverACrashAndLeavesNothingRunning() throws Exception {
        Home home = TestHome.in(folder);
        long crashed;
        try (ClickHouseEngine engine = ClickHouseEngine.start(home, "clickhouse", 0)) {
            crashed = engine.pid();
            assertThat(engine.version()).startsWith("26.7");
            ask(engine, "CREATE DATABASE quorate");
            ask(engine, "CREATE TABLE quorate.t (n UInt64, v Array(UInt64)) ENGINE = MergeTree ORDER BY n");
            ask(engine, "INSERT INTO quorate.t SELECT number, [number] FROM numbers(1000)");
            engine.kill();
        }
        assertThat(TestHome.runs(crashed)).isFalse();

        long ended;
        try (ClickHouseEngine engine = ClickHouseEngine.start(home, "clickhouse", 0)) {
            ended = engine.pid();
            assertThat(ask(engine, "SELECT count(), sum(v[1]) FROM quorate.t FORMAT TSV"))
                    .isEqualTo("1000\t499500");
            assertThat(ask(engine, "SELECT value FROM system.server_settings WHERE name='max_server_memory_usage'"))
                    .isEqualTo("2147483648");
            assertThat(TestHome.pidFile(home, ended)).isPresent();
        }
        assertThat(TestHome.runs(ended)).isFalse();
        assertThat(TestHome.pidFile(home, ended)).isEmpty();
    }

    @Test
    void refusesABusyPortAndNamesItsHolder() throws Exception {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            assertThatThrownBy(() -> ClickHouseEngine.start(TestHome.in(folder), "clickhouse", taken.getLocalPort()))
                    .isInstanceOf(PortBusy.class)
                    .hasMessageContaining("port " + taken.getLocalPort() + ", asked for by ClickHouse")
                    .hasMessageContaining("(pid " + ProcessHandle.current().pid() + ")");
        }
    }

    private static String ask(ClickHouseEngine engine, String query) throws Exception {
        HttpRequest request = HttpRequest.newBuilder(URI.create(engine.url()))
                .POST(HttpRequest.BodyPublishers.ofString(query))
                .build();
        HttpResponse<String> response = HttpClient.newHttpClient().send(request, HttpResponse.BodyHandlers.ofString());
        assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
        return response.body().trim();
    }
}
