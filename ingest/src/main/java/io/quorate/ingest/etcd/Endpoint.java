package io.quorate.ingest.etcd;

import io.etcd.jetcd.api.AuthGrpc;
import io.etcd.jetcd.api.ClusterGrpc;
import io.etcd.jetcd.api.MaintenanceGrpc;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ChannelCredentials;
import io.grpc.ClientCall;
import io.grpc.ConnectivityState;
import io.grpc.Grpc;
import io.grpc.HttpConnectProxiedSocketAddress;
import io.grpc.InsecureChannelCredentials;
import io.grpc.ManagedChannel;
import io.grpc.ManagedChannelBuilder;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.ProxiedSocketAddress;
import io.grpc.Status;
import io.grpc.TlsChannelCredentials;
import io.grpc.stub.AbstractStub;
import io.grpc.stub.MetadataUtils;
import io.quorate.ingest.transport.CredentialTrouble;
import io.quorate.ingest.transport.HttpProxy;
import io.quorate.ingest.transport.TlsFiles;
import io.quorate.ingest.transport.Transport;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * One member's address with one connection that stays open; every call on it has its own deadline. When the files of TLS
 * change, the next call goes over a new connection. Not safe from several threads at once.
 */
final class Endpoint implements AutoCloseable {

    /** Where etcd looks for a user's token. */
    private static final Metadata.Key<String> TOKEN = Metadata.Key.of("token", Metadata.ASCII_STRING_MARSHALLER);

    private final String url;
    private final URI address;
    private final String hostAndPort;
    private final boolean plain;
    private final Transport transport;
    private final @Nullable TlsFiles files;

    private TlsFiles.@Nullable Read connectedWith;
    private @Nullable ManagedChannel channel;

    /**
     * @param files of the transport's TLS, shared by the endpoints of a cluster; null when it has none
     */
    Endpoint(String url, Transport transport, @Nullable TlsFiles files) {
        this.address = URI.create(url);
        this.url = url;
        this.hostAndPort = address.getHost() + ":" + address.getPort();
        this.plain = address.getScheme().equals("http");
        this.transport = transport;
        this.files = plain ? null : files;
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
        if (channel != null && channel.getState(false) == ConnectivityState.TRANSIENT_FAILURE) {
            channel.resetConnectBackoff();
        }
    }

    MaintenanceGrpc.MaintenanceFutureStub maintenance(Duration deadline, @Nullable String token) {
        return within(deadline, showing(token, MaintenanceGrpc.newFutureStub(channel())));
    }

    ClusterGrpc.ClusterFutureStub cluster(Duration deadline, @Nullable String token) {
        return within(deadline, showing(token, ClusterGrpc.newFutureStub(channel())));
    }

    AuthGrpc.AuthFutureStub auth(Duration deadline) {
        return within(deadline, AuthGrpc.newFutureStub(channel()));
    }

    private static <S extends AbstractStub<S>> S within(Duration deadline, S stub) {
        return stub.withDeadlineAfter(deadline.toMillis(), TimeUnit.MILLISECONDS);
    }

    private static <S extends AbstractStub<S>> S showing(@Nullable String token, S stub) {
        if (token == null) {
            return stub;
        }
        Metadata headers = new Metadata();
        headers.put(TOKEN, token);
        return stub.withInterceptors(MetadataUtils.newAttachHeadersInterceptor(headers));
    }

    private Channel channel() {
        try {
            TlsFiles.Read now = files == null ? null : files.current();
            ManagedChannel open = channel;
            if (open == null || now != connectedWith) {
                if (open != null) {
                    // Calls that are under way may end.
                    open.shutdown();
                }
                open = connect(now);
                channel = open;
                connectedWith = now;
            }
            return open;
        } catch (CredentialTrouble e) {
            return new NoChannel(e);
        }
    }

    private ManagedChannel connect(TlsFiles.@Nullable Read read) {
        ManagedChannelBuilder<?> builder = Grpc.newChannelBuilderForAddress(
                        address.getHost(), address.getPort(), credentials(read))
                // An answer is handed on by the thread that read it, as whoever asked only hands it on to its own.
                .directExecutor()
                // Who asks every second needs no second try; each has a price at every call.
                .disableRetry()
                .disableServiceConfigLookUp()
                .maxTraceEvents(0)
                // A connection into the void is given up after 13 s of questions without an answer.
                .keepAliveTime(10, TimeUnit.SECONDS)
                .keepAliveTimeout(3, TimeUnit.SECONDS);
        if (transport.tls() != null && transport.tls().serverName() != null) {
            builder.overrideAuthority(transport.tls().serverName());
        }
        HttpProxy proxy = transport.proxy();
        if (proxy != null) {
            builder.proxyDetector(target -> through(proxy, target));
        }
        return builder.build();
    }

    private ChannelCredentials credentials(TlsFiles.@Nullable Read read) {
        if (plain) {
            return InsecureChannelCredentials.create();
        }
        TlsChannelCredentials.Builder credentials = TlsChannelCredentials.newBuilder();
        if (read != null && read.trust() != null) {
            credentials.trustManager(read.trust());
        }
        if (read != null && read.keys() != null) {
            credentials.keyManager(read.keys());
        }
        return credentials.build();
    }

    private static ProxiedSocketAddress through(HttpProxy proxy, SocketAddress target) throws IOException {
        InetSocketAddress resolved = new InetSocketAddress(proxy.host(), proxy.port());
        if (resolved.isUnresolved()) {
            throw new UnknownHostException("proxy " + proxy.host());
        }
        return HttpConnectProxiedSocketAddress.newBuilder()
                .setProxyAddress(resolved)
                .setTargetAddress((InetSocketAddress) target)
                .build();
    }

    @Override
    public void close() {
        if (channel != null) {
            channel.shutdownNow();
        }
    }

    /** Stands for a connection that cannot be made for lack of certificates: every call fails and says why. */
    private static final class NoChannel extends Channel {

        private final Status why;

        private NoChannel(CredentialTrouble trouble) {
            this.why = Status.UNAVAILABLE.withDescription("no certificates").withCause(trouble);
        }

        @Override
        public <A, B> ClientCall<A, B> newCall(MethodDescriptor<A, B> method, CallOptions options) {
            return new ClientCall<>() {
                @Override
                public void start(Listener<B> listener, Metadata headers) {
                    listener.onClose(why, new Metadata());
                }

                @Override
                public void request(int messages) {}

                @Override
                public void cancel(@Nullable String message, @Nullable Throwable cause) {}

                @Override
                public void halfClose() {}

                @Override
                public void sendMessage(A message) {}
            };
        }

        @Override
        public String authority() {
            return "none";
        }
    }
}
