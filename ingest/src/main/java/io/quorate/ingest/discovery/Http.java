package io.quorate.ingest.discovery;

import io.quorate.ingest.transport.HttpTransport;
import io.quorate.ingest.transport.TlsTrouble;
import io.quorate.ingest.transport.Transport;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.time.Duration;
import okhttp3.HttpUrl;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.Response;

/** Asks one HTTP address and waits for the answer. */
final class Http {

    private static final Duration PATIENCE = Duration.ofSeconds(10);
    private static final long BODY_CAP = 64L << 20;

    private Http() {}

    /**
     * The body of the answer.
     *
     * @throws IOException when there is none that counts, with a message for people
     */
    static String get(Transport transport, HttpUrl url) throws IOException {
        String where = url.scheme() + "://" + url.host() + ":" + url.port() + url.encodedPath();
        OkHttpClient client =
                HttpTransport.client(transport).callTimeout(PATIENCE).build();
        try (Response response =
                client.newCall(new Request.Builder().url(url).build()).execute()) {
            if (!response.isSuccessful()) {
                throw new IOException(where + " answers HTTP " + response.code()
                        + switch (response.code()) {
                            case 401, 403 -> "; expected credentials that may read it";
                            case 404 -> "; expected another path";
                            default -> "";
                        });
            }
            okio.BufferedSource body = response.body().source();
            if (body.request(BODY_CAP)) {
                throw new IOException(where + " answers with more than " + BODY_CAP + " bytes");
            }
            return body.readUtf8();
        } catch (InterruptedIOException e) {
            throw new IOException(where + " gave no whole answer within " + PATIENCE.toSeconds() + "s", e);
        } catch (IOException e) {
            throw TlsTrouble.of(e, url.host() + ":" + url.port())
                    .map(trouble -> new IOException(where + " cannot be asked: " + trouble, e))
                    .orElse(e);
        } finally {
            client.connectionPool().evictAll();
        }
    }
}
