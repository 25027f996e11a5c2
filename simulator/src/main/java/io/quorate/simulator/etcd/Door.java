package io.quorate.simulator.etcd;

import io.grpc.BindableService;
import io.grpc.Server;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import io.quorate.simulator.model.Cluster;
import io.quorate.simulator.model.Member;
import io.quorate.simulator.model.Process;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;

/** The port of one member: closed while its process is down, open but silent while it is stopped. */
final class Door {

    private final Seat seat;
    private final Executor threads;
    private final Queue<Waiting<?>> waiting = new ConcurrentLinkedQueue<>();
    private List<BindableService> services = List.of();
    private @Nullable Server server;
    private int port;

    /** A call that a stopped member has taken and not answered. */
    private record Waiting<T>(ServerCallStreamObserver<T> caller, BiFunction<Cluster, Member, T> question) {}

    Door(Seat seat, Executor threads) {
        this.seat = seat;
        this.threads = threads;
    }

    Seat seat() {
        return seat;
    }

    /** Known once it was open. */
    String url() {
        return "http://127.0.0.1:" + port;
    }

    /** Opens for the first time; 0 for a free port, which it then keeps. */
    void open(int wanted, BindableService... offered) throws IOException {
        port = wanted;
        services = List.of(offered);
        Server opened = server();
        server = opened;
        port = opened.getPort();
    }

    private Server server() throws IOException {
        NettyServerBuilder builder = NettyServerBuilder.forAddress(
                        new InetSocketAddress(InetAddress.getByName("127.0.0.1"), port))
                // As etcd does by default: a question for a sign of life every five seconds is no abuse.
                .permitKeepAliveTime(5, TimeUnit.SECONDS)
                .executor(threads);
        services.forEach(builder::addService);
        return builder.build().start();
    }

    /** Answers, or keeps the caller waiting until the member goes on or the caller gives up. */
    <T> void answer(StreamObserver<T> caller, BiFunction<Cluster, Member, T> question) {
        Waiting<T> call = new Waiting<>((ServerCallStreamObserver<T>) caller, question);
        // Also lets an answer to somebody who has gone pass without complaint.
        call.caller().setOnCancelHandler(() -> waiting.remove(call));
        if (!answered(call)) {
            waiting.add(call);
        }
    }

    private <T> boolean answered(Waiting<T> call) {
        try {
            Optional<T> said = seat.ask(call.question());
            said.ifPresent(answer -> {
                call.caller().onNext(answer);
                call.caller().onCompleted();
            });
            return said.isPresent();
        } catch (StatusRuntimeException refused) {
            call.caller().onError(refused);
            return true;
        }
    }

    /** Does as the process did since the last look. */
    void follow() {
        boolean down = seat.process() == Process.DOWN;
        if (down && server != null) {
            server.shutdownNow();
            server = null;
            waiting.clear();
        } else if (!down && server == null) {
            try {
                server = server();
            } catch (IOException e) {
                // The kernel may not have let the port go yet; the next look tries again.
                return;
            }
        }
        waiting.removeIf(call -> call.caller().isCancelled() || answered(call));
    }

    void close() {
        if (server != null) {
            server.shutdownNow();
        }
    }

    /** Connections still end on the threads of all: those may go only when the doors are shut. */
    void awaitClosed() throws InterruptedException {
        if (server != null) {
            server.awaitTermination(2, TimeUnit.SECONDS);
        }
    }
}
