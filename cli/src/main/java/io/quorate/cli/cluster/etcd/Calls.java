package io.quorate.cli.cluster.etcd;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.quorate.ingest.transport.CredentialTrouble;
import io.quorate.ingest.transport.TlsFiles;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** Calls of members through etcd's JSON gateway, each with a time-out of its own, so that one that hangs holds up no other. */
final class Calls {

    private static final Duration CONNECTION = Duration.ofSeconds(2);
    /** Much longer than etcd takes: on a busy machine the first TLS handshakes of this very process take seconds. */
    private static final Duration ANSWER = Duration.ofSeconds(4);

    private static final ObjectMapper JSON = new ObjectMapper();

    private final HttpClient http;

    private Calls(HttpClient http) {
        this.http = http;
    }

    /** What came of a call: a body, or why there is none. */
    record Said(@Nullable JsonNode body, @Nullable String failure) {

        static Said failed(String why) {
            return new Said(null, why);
        }

        /** Of an answer that came. */
        JsonNode told() {
            return Objects.requireNonNull(body);
        }
    }

    /** Shows the client's certificate where the cluster speaks TLS. */
    static Calls of(KeptEtcd cluster, Layout layout) throws CredentialTrouble {
        HttpClient.Builder http =
                HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).connectTimeout(CONNECTION);
        if (layout.tls()) {
            http.sslContext(
                    new TlsFiles(cluster.certificates().forClients()).current().context());
        }
        return new Calls(http.build());
    }

    CompletableFuture<Said> post(String endpoint, String path, Map<String, ?> body) {
        try {
            return send(HttpRequest.newBuilder(URI.create(endpoint + path))
                    .POST(BodyPublishers.ofString(JSON.writeValueAsString(body))));
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(body + " cannot be written", e);
        }
    }

    CompletableFuture<Said> get(String endpoint, String path) {
        return send(HttpRequest.newBuilder(URI.create(endpoint + path)).GET());
    }

    private CompletableFuture<Said> send(HttpRequest.Builder request) {
        return http.sendAsync(request.timeout(ANSWER).build(), HttpResponse.BodyHandlers.ofString())
                .thenApply(Calls::said)
                .exceptionally(thrown -> Said.failed(why(thrown)));
    }

    private static Said said(HttpResponse<String> response) {
        try {
            JsonNode body = JSON.readTree(response.body());
            // Of /health, 503 is an answer too.
            return response.statusCode() == 200 || body.has("health")
                    ? new Said(body, null)
                    : Said.failed(body.path("message")
                            .asText(body.path("error").asText("it answered HTTP " + response.statusCode())));
        } catch (JsonProcessingException e) {
            return Said.failed("it answered HTTP " + response.statusCode() + " and no JSON");
        }
    }

    private static String why(Throwable thrown) {
        Throwable cause = thrown.getCause() == null ? thrown : thrown.getCause();
        if (cause instanceof HttpTimeoutException) {
            return "it does not answer within " + ANSWER.toSeconds() + " s";
        }
        if (cause instanceof ConnectException) {
            return "nobody listens";
        }
        return String.valueOf(cause.getMessage());
    }
}
