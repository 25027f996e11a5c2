package io.quorate.ingest.etcd;

import com.google.common.util.concurrent.FutureCallback;
import com.google.common.util.concurrent.Futures;
import com.google.common.util.concurrent.ListenableFuture;
import io.etcd.jetcd.api.MemberListRequest;
import io.etcd.jetcd.api.MemberListResponse;
import io.etcd.jetcd.api.StatusRequest;
import io.etcd.jetcd.api.StatusResponse;
import io.quorate.events.ClusterRoster;
import io.quorate.events.MemberStatus;
import io.quorate.ingest.Observation;
import io.quorate.ingest.poll.Parcel;
import io.quorate.ingest.poll.PollContext;
import io.quorate.ingest.poll.Poller;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Polls the members of one cluster, each at its own moment within the interval, so that no two answers share one. The member
 * list comes first: it gives the members their names. Runs on the reader's clock alone; answers come back to it.
 */
final class EtcdPoller implements Poller {

    private static final Logger LOG = LoggerFactory.getLogger(EtcdPoller.class);

    private final EtcdSettings settings;
    private final PollContext context;
    private final List<Endpoint> endpoints;
    private final Set<String> everAnswered = new HashSet<>();

    private @Nullable ClusterRoster roster;
    private boolean polling;
    private int nextForList;
    private boolean listFailing;
    private long sinceListNanos;
    private long lastMomentMillis;

    EtcdPoller(EtcdSettings settings, PollContext context) {
        this.settings = settings;
        this.context = context;
        this.endpoints = settings.endpoints().stream()
                .map(url -> new Endpoint(url, settings.tls()))
                .toList();
    }

    @Override
    public void start() {
        context.soon(() -> askMembers(1));
    }

    @Override
    public void close() {
        endpoints.forEach(Endpoint::close);
    }

    private void beginPolling() {
        if (polling) {
            return;
        }
        polling = true;
        for (int i = 0; i < endpoints.size(); i++) {
            Endpoint endpoint = endpoints.get(i);
            Duration phase = settings.interval().multipliedBy(i).dividedBy(endpoints.size());
            context.every(phase, settings.interval(), () -> askStatus(endpoint));
        }
        // Between two statuses. Often enough to try again soon when the list could not be had.
        context.every(settings.interval().dividedBy(2L * endpoints.size()), settings.interval(), () -> {
            boolean due = System.nanoTime() - sinceListNanos
                    >= settings.memberListInterval().toNanos()
                            - settings.interval().dividedBy(2).toNanos();
            if (roster == null || listFailing || due) {
                askMembers(endpoints.size());
            }
        });
    }

    /** Asks one endpoint, and before polling began every one in turn until one answers. */
    private void askMembers(int attempt) {
        if (context.congested()) {
            return;
        }
        Endpoint endpoint = endpoints.get(nextForList);
        nextForList = (nextForList + 1) % endpoints.size();
        endpoint.wake();
        context.countPoll();
        on(
                endpoint,
                endpoint.cluster(settings.deadline()).memberList(MemberListRequest.getDefaultInstance()),
                answer -> {
                    takeMembers(answer);
                    beginPolling();
                },
                failed -> {
                    context.countFailure();
                    if (!listFailing) {
                        LOG.warn(
                                "{}: no member list from {}: {}",
                                settings.cluster(),
                                endpoint.hostAndPort(),
                                failed.detail());
                    }
                    listFailing = true;
                    if (attempt < endpoints.size()) {
                        askMembers(attempt + 1);
                    } else {
                        beginPolling();
                    }
                });
    }

    private void takeMembers(MemberListResponse answer) {
        listFailing = false;
        sinceListNanos = System.nanoTime();
        Instant now = moment();
        List<ClusterRoster.Member> members = answer.getMembersList().stream()
                .map(member -> new ClusterRoster.Member(
                        Long.toHexString(member.getID()),
                        member.getName(),
                        member.getIsLearner(),
                        List.copyOf(member.getClientURLsList())))
                .sorted(Comparator.comparing(ClusterRoster.Member::memberId))
                .toList();
        ClusterRoster taken = new ClusterRoster(
                settings.cluster(),
                Long.toHexString(answer.getHeader().getClusterId()),
                now,
                now,
                members,
                settings.labels());
        roster = taken;
        context.countSamples(1);
        context.deliver(List.of(Parcel.plain(Observation.of(taken))));
    }

    private void askStatus(Endpoint endpoint) {
        if (context.congested()) {
            return;
        }
        endpoint.wake();
        context.countPoll();
        on(
                endpoint,
                endpoint.maintenance(settings.deadline()).status(StatusRequest.getDefaultInstance()),
                answer -> {
                    context.countSamples(1);
                    deliver(status(endpoint, answer));
                },
                failed -> {
                    context.countFailure();
                    deliver(status(endpoint, failed));
                });
    }

    private MemberStatus status(Endpoint endpoint, StatusResponse answer) {
        String memberId = Long.toHexString(answer.getHeader().getMemberId());
        String name = roster == null ? null : roster.nameOf(memberId);
        Instant now = moment();
        return new MemberStatus(
                settings.cluster(),
                Long.toHexString(answer.getHeader().getClusterId()),
                name == null ? endpoint.hostAndPort() : name,
                memberId,
                endpoint.url(),
                now,
                now,
                answer.getVersion(),
                answer.getDbSize(),
                answer.getDbSizeInUse(),
                answer.getLeader() == 0 ? null : Long.toHexString(answer.getLeader()),
                answer.getRaftTerm(),
                answer.getRaftIndex(),
                answer.getRaftAppliedIndex(),
                answer.getIsLearner(),
                List.copyOf(answer.getErrorsList()),
                voters(),
                null,
                null);
    }

    private MemberStatus status(Endpoint endpoint, FailedCall failed) {
        ClusterRoster.Member member = byUrl(endpoint);
        return MemberStatus.failed(
                settings.cluster(),
                member == null || member.name().isEmpty() ? endpoint.hostAndPort() : member.name(),
                member == null ? null : member.memberId(),
                endpoint.url(),
                moment(),
                voters(),
                failed.failure(),
                failed.detail());
    }

    /** Who this endpoint is by the last member list: a member that does not answer cannot tell. */
    private ClusterRoster.@Nullable Member byUrl(Endpoint endpoint) {
        if (roster == null) {
            return null;
        }
        return roster.members().stream()
                .filter(member -> member.clientUrls().stream()
                        .anyMatch(url -> url.equals(endpoint.url()) || url.endsWith("/" + endpoint.hostAndPort())))
                .findFirst()
                .orElse(null);
    }

    private int voters() {
        return roster == null ? 0 : roster.voters();
    }

    private void deliver(MemberStatus status) {
        context.deliver(List.of(Parcel.plain(Observation.of(status))));
    }

    private <T> void on(
            Endpoint endpoint, ListenableFuture<T> call, Consumer<T> answered, Consumer<FailedCall> failed) {
        Futures.addCallback(
                call,
                new FutureCallback<T>() {
                    @Override
                    public void onSuccess(@Nullable T answer) {
                        everAnswered.add(endpoint.url());
                        answered.accept(Objects.requireNonNull(answer));
                    }

                    @Override
                    public void onFailure(Throwable thrown) {
                        failed.accept(FailedCall.of(
                                thrown, endpoint, settings.deadline(), everAnswered.contains(endpoint.url())));
                    }
                },
                context::soon);
    }

    /** Now, and never the same moment twice: whoever orders by time must not meet a tie. */
    private Instant moment() {
        lastMomentMillis = Math.max(System.currentTimeMillis(), lastMomentMillis + 1);
        return Instant.ofEpochMilli(lastMomentMillis);
    }
}
