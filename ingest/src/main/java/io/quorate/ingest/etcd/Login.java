package io.quorate.ingest.etcd;

import com.google.common.util.concurrent.FutureCallback;
import com.google.common.util.concurrent.Futures;
import io.etcd.jetcd.api.AuthenticateRequest;
import io.etcd.jetcd.api.AuthenticateResponse;
import io.grpc.Status;
import io.quorate.ingest.transport.BasicLogin;
import io.quorate.ingest.transport.CredentialTrouble;
import io.quorate.ingest.transport.Rereading;
import io.quorate.ingest.transport.Transport;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * A user's token, which every member of the cluster takes. It costs a proposal of raft, so it is asked for only when a call
 * was refused for want of one, and not again soon. Runs on one clock alone.
 */
final class Login {

    /** From one try to the next: a wrong password must not cost the cluster a hash of it at every poll. */
    private static final Duration PAUSE = Duration.ofSeconds(30);

    private final String user;
    private final Rereading<String> password;

    private @Nullable String token;
    private @Nullable FailedCall refused;
    private boolean underWay;
    private boolean tried;
    private long triedNanos;

    private Login(BasicLogin login) {
        this.user = login.user();
        this.password = login.password().rereading(known -> known);
    }

    /** Null when the settings name no user. */
    static @Nullable Login of(Transport transport) {
        return transport.authorization() instanceof BasicLogin login ? new Login(login) : null;
    }

    /** Null as long as no call needed one. */
    @Nullable
    String token() {
        return token;
    }

    /** Why the last try brought no token; null when it did. */
    @Nullable
    FailedCall refused() {
        return refused;
    }

    /** Whether a call failed for want of a token that is valid. */
    static boolean wanted(Throwable thrown) {
        Status status = Status.fromThrowable(thrown);
        String said = String.valueOf(status.getDescription());
        return switch (status.getCode()) {
            case UNAUTHENTICATED -> true;
            case INVALID_ARGUMENT ->
                said.contains("user name is empty") || said.contains("revision of auth store is old");
            default -> false;
        };
    }

    /**
     * Asks this endpoint for a token when that is due.
     *
     * @param used by the call that was refused
     * @param then whether there is another token now, on that clock
     */
    void renew(Endpoint endpoint, Duration deadline, @Nullable String used, Executor clock, Outcome then) {
        if (!Objects.equals(token, used)) {
            then.settled(true);
            return;
        }
        if (underWay || tried && System.nanoTime() - triedNanos < PAUSE.toNanos()) {
            then.settled(false);
            return;
        }
        AuthenticateRequest request;
        try {
            request = AuthenticateRequest.newBuilder()
                    .setName(user)
                    .setPassword(password.current())
                    .build();
        } catch (CredentialTrouble e) {
            refused = new FailedCall("auth", String.valueOf(e.getMessage()));
            then.settled(false);
            return;
        }
        underWay = true;
        tried = true;
        triedNanos = System.nanoTime();
        Futures.addCallback(
                endpoint.auth(deadline).authenticate(request),
                new FutureCallback<AuthenticateResponse>() {
                    @Override
                    public void onSuccess(@Nullable AuthenticateResponse answer) {
                        underWay = false;
                        refused = null;
                        token = Objects.requireNonNull(answer).getToken();
                        then.settled(true);
                    }

                    @Override
                    public void onFailure(Throwable thrown) {
                        underWay = false;
                        FailedCall failed = FailedCall.of(thrown, endpoint, deadline, true);
                        refused = Status.fromThrowable(thrown).getCode() == Status.Code.INVALID_ARGUMENT
                                ? new FailedCall(
                                        "auth",
                                        endpoint.hostAndPort() + " takes no login of user '" + user
                                                + "'; check ingest.etcd.user and its password")
                                : failed;
                        then.settled(false);
                    }
                },
                clock);
    }

    /** Told once. */
    interface Outcome {
        void settled(boolean another);
    }
}
