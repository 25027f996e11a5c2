package io.quorate.ingest.transport;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import io.quorate.testkit.TestAuthority;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.Response;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HttpTransportTest {

    private static final int MEMBERS = 20;

    @TempDir
    Path folder;

    @Test
    void keepsAConnectionToEachMemberOverTls() throws Exception {
        Set<InetSocketAddress> connections = ConcurrentHashMap.newKeySet();
        // Every address of loopback is a member of its own.
        HttpsServer server = HttpsServer.create(new InetSocketAddress(0), 0);
        TestAuthority.Issued shown = new TestAuthority(folder, "ours").issue("members");
        Tls tls = new Tls(null, shown.certificate().toString(), shown.key().toString(), null, false);
        server.setHttpsConfigurator(
                new HttpsConfigurator(new TlsFiles(tls).current().context()));
        server.createContext("/", exchange -> {
            connections.add(exchange.getRemoteAddress());
            exchange.sendResponseHeaders(200, -1);
            exchange.close();
        });
        server.start();
        try {
            OkHttpClient client = HttpTransport.client(Transport.of(new Tls(null, null, null, null, true)))
                    .build();
            for (int round = 0; round < 3; round++) {
                for (int member = 1; member <= MEMBERS; member++) {
                    fetch(
                            client,
                            "https://127.0.0." + member + ":"
                                    + server.getAddress().getPort());
                }
            }
            client.connectionPool().evictAll();
        } finally {
            server.stop(0);
        }

        assertThat(connections).hasSize(MEMBERS);
    }

    private static void fetch(OkHttpClient client, String url) throws IOException {
        try (Response answer =
                client.newCall(new Request.Builder().url(url).build()).execute()) {
            assertThat(answer.code()).isEqualTo(200);
        }
    }
}
