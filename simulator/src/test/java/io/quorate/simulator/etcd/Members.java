package io.quorate.simulator.etcd;

import io.etcd.jetcd.api.ClusterGrpc;
import io.etcd.jetcd.api.KVGrpc;
import io.etcd.jetcd.api.MaintenanceGrpc;
import io.etcd.jetcd.api.MemberListRequest;
import io.etcd.jetcd.api.MemberListResponse;
import io.etcd.jetcd.api.StatusRequest;
import io.etcd.jetcd.api.StatusResponse;
import io.grpc.Grpc;
import io.grpc.InsecureChannelCredentials;
import io.grpc.ManagedChannel;
import java.net.URI;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** Members of etcd as a client sees them, real or simulated, by their endpoints. */
final class Members implements AutoCloseable {

    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private final Map<String, ManagedChannel> channels = new HashMap<>();

    MemberListResponse list(String endpoint) {
        return ClusterGrpc.newBlockingStub(channel(endpoint))
                .withDeadlineAfter(PATIENCE.toMillis(), TimeUnit.MILLISECONDS)
                .memberList(MemberListRequest.getDefaultInstance());
    }

    StatusResponse status(String endpoint) {
        return status(endpoint, PATIENCE);
    }

    StatusResponse status(String endpoint, Duration patience) {
        return maintenance(endpoint, patience).status(StatusRequest.getDefaultInstance());
    }

    MaintenanceGrpc.MaintenanceBlockingStub maintenance(String endpoint) {
        return maintenance(endpoint, PATIENCE);
    }

    private MaintenanceGrpc.MaintenanceBlockingStub maintenance(String endpoint, Duration patience) {
        return MaintenanceGrpc.newBlockingStub(channel(endpoint))
                .withDeadlineAfter(patience.toMillis(), TimeUnit.MILLISECONDS);
    }

    KVGrpc.KVBlockingStub keys(String endpoint) {
        return KVGrpc.newBlockingStub(channel(endpoint)).withDeadlineAfter(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
    }

    ManagedChannel channel(String endpoint) {
        return channels.computeIfAbsent(endpoint, Members::connect);
    }

    private static ManagedChannel connect(String endpoint) {
        URI uri = URI.create(endpoint);
        return Grpc.newChannelBuilderForAddress(uri.getHost(), uri.getPort(), InsecureChannelCredentials.create())
                .build();
    }

    @Override
    public void close() {
        channels.values().forEach(ManagedChannel::shutdownNow);
        channels.clear();
    }
}
