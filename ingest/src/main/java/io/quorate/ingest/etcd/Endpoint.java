package io.quorate.ingest.etcd;

import io.etcd.jetcd.api.ClusterGrpc;
import io.etcd.jetcd.api.MaintenanceGrpc;
import io.grpc.ChannelCredentials;
import io.grpc.ConnectivityState;
import io.grpc.Grpc;
import io.grpc.InsecureChannelCredentials;
import io.grpc.ManagedChannel;
import io.grpc.TlsChannelCredentials;
import java.io.File;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** One member's address with one connection that stays open; every call on it has its own deadline. */
final class Endpoint implements AutoCloseable {

    private final String url;
    private final String hostAndPort;
    private final boolean plain;
    private final ManagedChannel channel;

    Endpoint(String url, EtcdSettings.@Nullable Tls tls) {
        URI uri = URI.create(url);
        this.url = url;
        this.hostAndPort = uri.getHost() + ":" + uri.getPort();
        this.plain = uri.getScheme().equals("http");
        this.channel = Grpc.newChannelBuilderForAddress(uri.getHost(), uri.getPort(), credentials(uri, tls))
                // A connection into the void is given up after 13 s of questions without an answer.
                .keepAliveTime(10, TimeUnit.SECONDS)
                .keepAliveTimeout(3, TimeUnit.SECONDS)
                .build();
    }

    private static ChannelCredentials credentials(URI uri, EtcdSettings.@Nullable Tls tls) {
        if (uri.getScheme().equals("http")) {
            return InsecureChannelCredentials.create();
        }
        TlsChannelCredentials.Builder credentials = TlsChannelCredentials.newBuilder();
        if (tls != null) {
            String file = "";
            try {
                if (tls.ca() != null) {
                    file = tls.ca();
                    credentials.trustManager(new File(tls.ca()));
                }
                if (tls.certificate() != null && tls.key() != null) {
                    file = tls.certificate() + " or " + tls.key();
                    credentials.keyManager(new File(tls.certificate()), new File(tls.key()));
                }
            } catch (IOException e) {
                throw new IllegalStateException("ingest.etcd.tls: " + file + " cannot be read, expected PEM", e);
            }
        }
        return credentials.build();
    }

    /** As the settings and the member list write it. */
    String url() {
        return url;
    }

    String hostAndPort() {
        return hostAndPort;
    }

    /** Whether it is asked without TLS. */
    boolean plain() {
        return plain;
    }

    /** Asks for a new try at once where gRPC would wait, up to two minutes: a member that came back must be seen. */
    void wake() {
        if (channel.getState(false) == ConnectivityState.TRANSIENT_FAILURE) {
            channel.resetConnectBackoff();
        }
    }

    MaintenanceGrpc.MaintenanceFutureStub maintenance(Duration deadline) {
        return MaintenanceGrpc.newFutureStub(channel).withDeadlineAfter(deadline.toMillis(), TimeUnit.MILLISECONDS);
    }

    ClusterGrpc.ClusterFutureStub cluster(Duration deadline) {
        return ClusterGrpc.newFutureStub(channel).withDeadlineAfter(deadline.toMillis(), TimeUnit.MILLISECONDS);
    }

    @Override
    public void close() {
        channel.shutdownNow();
    }
}
