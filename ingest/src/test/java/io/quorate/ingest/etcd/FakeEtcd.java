package io.quorate.ingest.etcd;

import io.etcd.jetcd.api.AuthGrpc;
import io.etcd.jetcd.api.AuthenticateRequest;
import io.etcd.jetcd.api.AuthenticateResponse;
import io.etcd.jetcd.api.ClusterGrpc;
import io.etcd.jetcd.api.MaintenanceGrpc;
import io.etcd.jetcd.api.Member;
import io.etcd.jetcd.api.MemberListRequest;
import io.etcd.jetcd.api.MemberListResponse;
import io.etcd.jetcd.api.ResponseHeader;
import io.etcd.jetcd.api.StatusRequest;
import io.etcd.jetcd.api.StatusResponse;
import io.grpc.Grpc;
import io.grpc.InsecureServerCredentials;
import io.grpc.Metadata;
import io.grpc.Server;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;

/** A member that asks for tokens as etcd does where its status and member list are not open to everybody. */
final class FakeEtcd implements AutoCloseable {

    private static final Metadata.Key<String> TOKEN = Metadata.Key.of("token", Metadata.ASCII_STRING_MARSHALLER);

    /** User and password of every try, whether it was let in or not. */
    final List<String> logins = new CopyOnWriteArrayList<>();

    final List<String> calls = new CopyOnWriteArrayList<>();

    private final ResponseHeader header;
    private final Server server;
    private volatile String valid = "none yet";
    private volatile boolean open;
    private volatile CountDownLatch speaks = new CountDownLatch(0);
    /** Beside m1, which it is itself: addresses by name. */
    private volatile Map<String, String> others = Map.of();

    FakeEtcd() {
        this(1);
    }

    FakeEtcd(long clusterId) {
        header = ResponseHeader.newBuilder()
                .setClusterId(clusterId)
                .setMemberId(2)
                .build();
        try {
            server = Grpc.newServerBuilderForPort(0, InsecureServerCredentials.create())
                    .addService(new Auth())
                    .addService(new Cluster())
                    .addService(new Maintenance())
                    .intercept(new Guard())
                    .build()
                    .start();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Keeps its member list to itself until then. */
    FakeEtcd silentUntil(CountDownLatch then) {
        speaks = then;
        return this;
    }

    FakeEtcd openToEverybody() {
        open = true;
        return this;
    }

    /** Names these members beside itself, each with its address. */
    void lists(Map<String, String> members) {
        others = members;
    }

    /** As a restart of a member does. */
    void forgetTokens() {
        valid = "none any more";
    }

    String url() {
        return "http://127.0.0.1:" + server.getPort();
    }

    @Override
    public void close() {
        server.shutdownNow();
    }

    private final class Guard implements ServerInterceptor {

        @Override
        public <A, B> ServerCall.Listener<A> interceptCall(
                ServerCall<A, B> call, Metadata headers, ServerCallHandler<A, B> next) {
            String name = String.valueOf(call.getMethodDescriptor().getBareMethodName());
            calls.add(name);
            String token = headers.get(TOKEN);
            if (open || name.equals("Authenticate") || valid.equals(token)) {
                return next.startCall(call, headers);
            }
            call.close(
                    token == null
                            ? Status.INVALID_ARGUMENT.withDescription("etcdserver: user name is empty")
                            : Status.UNAUTHENTICATED.withDescription("etcdserver: invalid auth token"),
                    new Metadata());
            return new ServerCall.Listener<>() {};
        }
    }

    private final class Auth extends AuthGrpc.AuthImplBase {

        @Override
        public void authenticate(AuthenticateRequest request, StreamObserver<AuthenticateResponse> to) {
            logins.add(request.getName() + ":" + request.getPassword());
            if (!request.getPassword().equals("s3cret")) {
                to.onError(Status.INVALID_ARGUMENT
                        .withDescription("etcdserver: authentication failed, invalid user ID or password")
                        .asRuntimeException());
                return;
            }
            valid = "token-" + logins.size();
            answer(to, AuthenticateResponse.newBuilder().setToken(valid).build());
        }
    }

    private final class Cluster extends ClusterGrpc.ClusterImplBase {

        @Override
        public void memberList(MemberListRequest request, StreamObserver<MemberListResponse> to) {
            try {
                speaks.await();
            } catch (InterruptedException closing) {
                Thread.currentThread().interrupt();
                return;
            }
            MemberListResponse.Builder list = MemberListResponse.newBuilder()
                    .setHeader(header)
                    .addMembers(Member.newBuilder().setID(2).setName("m1"));
            others.forEach((name, url) -> list.addMembers(
                    Member.newBuilder().setID(name.hashCode()).setName(name).addClientURLs(url)));
            answer(to, list.build());
        }
    }

    private final class Maintenance extends MaintenanceGrpc.MaintenanceImplBase {

        @Override
        public void status(StatusRequest request, StreamObserver<StatusResponse> to) {
            answer(
                    to,
                    StatusResponse.newBuilder()
                            .setHeader(header)
                            .setVersion("3.9.9")
                            .setLeader(2)
                            .build());
        }
    }

    private static <T> void answer(StreamObserver<T> to, T answer) {
        to.onNext(answer);
        to.onCompleted();
    }
}
