package io.quorate.ingest.etcd;

import com.google.common.util.concurrent.ListenableFuture;
import io.etcd.jetcd.api.MemberListRequest;
import io.etcd.jetcd.api.MemberListResponse;
import io.etcd.jetcd.api.StatusRequest;
import io.etcd.jetcd.api.StatusResponse;
import io.quorate.ingest.transport.TlsFiles;
import io.quorate.ingest.transport.Transport;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.function.Function;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.jspecify.annotations.Nullable;

/** Asks one endpoint once for what the poller asks again and again: the member list and the status, and nothing more. */
public final class EtcdProbe {

    /** For the first answer, which waits for the connection too: the deadline of a call is meant for one that stands. */
    private static final Duration CONNECTION = Duration.ofSeconds(2);

    /** Kept, else its level would be forgotten: gRPC greets whoever reads standard error with what it found to work with. */
    private static final Logger GRPC = Logger.getLogger("io.grpc");

    static {
        GRPC.setLevel(Level.WARNING);
    }

    /**
     * One member by its own account.
     *
     * @param name by the member list; blank for one that has not joined yet
     * @param leaderId whom it believes to lead; null for nobody
     * @param errors as etcd words them; alarms stand here
     * @param members all of the cluster, itself among them
     */
    public record Answer(
            String endpoint,
            String clusterId,
            String memberId,
            String name,
            String version,
            @Nullable String leaderId,
            boolean learner,
            long raftTerm,
            List<String> errors,
            List<Listed> members) {

        /** As a person would say it. */
        public String role() {
            if (learner) {
                return "learner";
            }
            if (leaderId == null) {
                return "sees no leader";
            }
            return leaderId.equals(memberId) ? "leader" : "follower";
        }
    }

    /** A member as the member list has it. */
    public record Listed(String memberId, String name, boolean learner, List<String> clientUrls) {}

    /** There was none; the message says why and what to look at next, in the poller's words. */
    public static final class NoAnswer extends Exception {

        private static final long serialVersionUID = 1;

        private final String failure;

        private NoAnswer(FailedCall call) {
            super(call.detail());
            this.failure = call.failure();
        }

        /** The class of failures that the poller puts it in. */
        public String failure() {
            return failure;
        }
    }

    private EtcdProbe() {}

    /**
     * Asks and waits for the answers.
     *
     * @param patience for both answers together; within it each call has the deadline of the settings
     */
    public static Answer ask(EtcdSettings settings, String url, Duration patience)
            throws NoAnswer, InterruptedException {
        long until = System.nanoTime() + patience.toNanos();
        Transport transport = settings.transport();
        TlsFiles files = transport.tls() == null ? null : new TlsFiles(transport.tls());
        try (Endpoint endpoint = new Endpoint(url, transport, files)) {
            Duration first =
                    shorter(patience, settings.deadline().compareTo(CONNECTION) > 0 ? settings.deadline() : CONNECTION);
            Login login = Login.of(transport);
            MemberListResponse list = answer(
                    endpoint,
                    first,
                    false,
                    login,
                    token -> endpoint.cluster(first, token).memberList(MemberListRequest.getDefaultInstance()));
            Duration second =
                    shorter(settings.deadline(), Duration.ofNanos(Math.max(1_000_000, until - System.nanoTime())));
            StatusResponse status = answer(
                    endpoint,
                    second,
                    true,
                    login,
                    token -> endpoint.maintenance(second, token).status(StatusRequest.getDefaultInstance()));
            return answer(url, list, status);
        }
    }

    private static <T> T answer(
            Endpoint endpoint,
            Duration deadline,
            boolean answered,
            @Nullable Login login,
            Function<@Nullable String, ListenableFuture<T>> call)
            throws NoAnswer, InterruptedException {
        String token = login == null ? null : login.token();
        try {
            return call.apply(token).get();
        } catch (ExecutionException e) {
            Throwable why = Objects.requireNonNullElse(e.getCause(), e);
            if (login == null || !Login.wanted(why) || token != null) {
                throw new NoAnswer(FailedCall.of(why, endpoint, deadline, answered));
            }
            CompletableFuture<Boolean> another = new CompletableFuture<>();
            login.renew(endpoint, deadline, null, Runnable::run, another::complete);
            if (another.join()) {
                return answer(endpoint, deadline, answered, login, call);
            }
            FailedCall refused = login.refused();
            throw new NoAnswer(refused == null ? FailedCall.of(why, endpoint, deadline, answered) : refused);
        }
    }

    private static Answer answer(String url, MemberListResponse list, StatusResponse status) {
        List<Listed> members = list.getMembersList().stream()
                .map(member -> new Listed(
                        Long.toHexString(member.getID()),
                        member.getName(),
                        member.getIsLearner(),
                        List.copyOf(member.getClientURLsList())))
                .toList();
        String memberId = Long.toHexString(status.getHeader().getMemberId());
        return new Answer(
                url,
                Long.toHexString(status.getHeader().getClusterId()),
                memberId,
                members.stream()
                        .filter(member -> member.memberId().equals(memberId))
                        .map(Listed::name)
                        .findFirst()
                        .orElse(""),
                status.getVersion(),
                status.getLeader() == 0 ? null : Long.toHexString(status.getLeader()),
                status.getIsLearner(),
                status.getRaftTerm(),
                List.copyOf(status.getErrorsList()),
                members);
    }

    private static Duration shorter(Duration one, Duration other) {
        return one.compareTo(other) < 0 ? one : other;
    }
}
