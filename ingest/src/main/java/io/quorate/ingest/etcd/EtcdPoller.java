package io.quorate.ingest.etcd;

import com.google.common.util.concurrent.FutureCallback;
import com.google.common.util.concurrent.Futures;
import com.google.common.util.concurrent.ListenableFuture;
import io.etcd.jetcd.api.MemberListRequest;
import io.etcd.jetcd.api.MemberListResponse;
import io.etcd.jetcd.api.ResponseHeader;
import io.etcd.jetcd.api.StatusRequest;
import io.quorate.events.ClusterRoster;
import io.quorate.events.DeadLetter;
import io.quorate.events.MemberStatus;
import io.quorate.ingest.Observation;
import io.quorate.ingest.poll.Parcel;
import io.quorate.ingest.poll.Poll;
import io.quorate.ingest.poll.PollContext;
import io.quorate.ingest.poll.Poller;
import io.quorate.ingest.transport.TlsFiles;
import io.quorate.ingest.transport.Transport;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ScheduledFuture;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Polls the members of one cluster, each at its own moment within the interval, so that no two answers share one. The member
 * list comes first, asked of every endpoint: it gives the members their names, and tells whether all are of one cluster. An
 * endpoint that is not is a failure of its own, and what it says is not believed. Runs on the reader's clock alone; answers
 * come back to it.
 */
final class EtcdPoller implements Poller {

    private static final Logger LOG = LoggerFactory.getLogger(EtcdPoller.class);
    /**
     * The first answer takes a connection, of a whole fleet at once while the process itself is only just starting: what comes
     * later than a status may is no news yet.
     */
    private static final Duration FIRST_DEADLINE = Duration.ofSeconds(10);
    /** So many intervals the first answers are waited for, before those who answered are polled without the others. */
    private static final int INTERVALS_WAITED = 3;

    private final EtcdSettings settings;
    private final PollContext context;
    private final Transport transport;
    private final @Nullable TlsFiles files;
    /** Changed on the clock alone; closed by whoever closes. */
    private final CopyOnWriteArrayList<Endpoint> endpoints;

    private final Following following;
    private final Map<Endpoint, ScheduledFuture<?>> schedules = new HashMap<>();
    private final Set<String> toldOfFollowing = new HashSet<>();
    private final @Nullable Login login;
    private final Set<String> everAnswered = new HashSet<>();
    /** Endpoints whose first question is under way; nothing else is asked of them. */
    private final Set<Endpoint> opening = new HashSet<>();
    /** To the first question, until polling begins. */
    private final Map<Endpoint, MemberListResponse> firstAnswers = new HashMap<>();

    private final ClusterIdentity identity = new ClusterIdentity();
    private final MemberEvents events;
    /** By endpoint, the foreign cluster that was told of. */
    private final Map<String, String> foreign = new HashMap<>();

    private @Nullable String clusterId;
    private @Nullable ScheduledFuture<?> waiting;
    private long openingSinceNanos;
    private boolean polling;
    private int nextForList;
    private boolean listFailing;
    private long sinceListNanos;
    private int begun;
    private volatile boolean closed;

    EtcdPoller(EtcdSettings settings, PollContext context) {
        this.settings = settings;
        this.context = context;
        this.transport = settings.transport();
        this.login = Login.of(transport);
        this.files = transport.tls() == null ? null : new TlsFiles(transport.tls());
        this.endpoints = new CopyOnWriteArrayList<>(settings.endpoints().stream()
                .map(url -> new Endpoint(url, transport, files))
                .toList());
        this.following = new Following(settings.endpoints());
        this.events = new MemberEvents(settings.cluster(), settings.labels());
    }

    @Override
    public void start() {
        for (String caution : settings.transport().cautions(settings.endpoints())) {
            LOG.warn("{}: {}", settings.cluster(), caution);
        }
        context.soon(this::askAllForMembers);
    }

    @Override
    public void close() {
        closed = true;
        endpoints.forEach(Endpoint::close);
    }

    private void beginPolling() {
        if (polling) {
            return;
        }
        polling = true;
        Duration spread = context.spread(settings.interval());
        for (int i = 0; i < endpoints.size(); i++) {
            schedule(endpoints.get(i), settings.interval().multipliedBy(i).dividedBy(endpoints.size()));
        }
        // Between two statuses. Often enough to try again soon when the list could not be had.
        context.every(spread.plus(settings.interval().dividedBy(2L * endpoints.size())), settings.interval(), () -> {
            boolean due = System.nanoTime() - sinceListNanos
                    >= settings.memberListInterval().toNanos()
                            - settings.interval().dividedBy(2).toNanos();
            if (!events.hasRoster() || listFailing || due) {
                askMembers(1);
            }
        });
    }

    private void schedule(Endpoint endpoint, Duration phase) {
        begun++;
        schedules.put(
                endpoint,
                context.pollEvery(
                        context.spread(settings.interval()).plus(phase),
                        settings.interval(),
                        poll -> askStatus(endpoint, poll)));
    }

    /** Before polling begins: which cluster this is shows when all have answered, or failed to. */
    private void askAllForMembers() {
        if (context.congested()) {
            beginPolling();
            return;
        }
        opening.addAll(endpoints);
        openingSinceNanos = System.nanoTime();
        for (Endpoint endpoint : endpoints) {
            askForMembers(endpoint, firstDeadline(), answer -> opened(endpoint, answer), () -> opened(endpoint, null));
        }
        // One that hangs does not keep the others waiting.
        waiting = context.every(
                settings.interval().multipliedBy(INTERVALS_WAITED), settings.memberListInterval(), this::begin);
    }

    /** At most the time from one member list to the next, which is what these calls are. */
    private Duration firstDeadline() {
        return settings.memberListInterval().compareTo(FIRST_DEADLINE) < 0
                ? settings.memberListInterval()
                : FIRST_DEADLINE;
    }

    private void opened(Endpoint endpoint, @Nullable MemberListResponse answer) {
        opening.remove(endpoint);
        if (answer != null && !polling) {
            firstAnswers.put(endpoint, answer);
        } else if (answer != null && !isForeign(endpoint, answer.getHeader())) {
            following.answered(endpoint.url(), MemberEvents.memberId(answer.getHeader()));
            takeMembers(answer);
        }
        if (opening.isEmpty()) {
            begin();
        }
    }

    private void begin() {
        if (polling) {
            return;
        }
        // The ledger must know of the statuses that were not asked for meanwhile.
        long intervals =
                (System.nanoTime() - openingSinceNanos) / settings.interval().toNanos();
        for (long i = 0; i < intervals * endpoints.size(); i++) {
            context.poll().leftOut();
        }
        // In the order of the settings, whoever was quicker: at a tie the first counts.
        for (Endpoint endpoint : endpoints) {
            MemberListResponse answer = firstAnswers.get(endpoint);
            if (answer != null) {
                identity.heard(endpoint.url(), MemberEvents.clusterId(answer.getHeader()), System.nanoTime());
            }
        }
        clusterId = identity.clusterId(System.nanoTime());
        firstAnswers.forEach((endpoint, answer) -> {
            if (MemberEvents.clusterId(answer.getHeader()).equals(clusterId)) {
                following.answered(endpoint.url(), MemberEvents.memberId(answer.getHeader()));
            }
        });
        endpoints.stream()
                .map(firstAnswers::get)
                .filter(Objects::nonNull)
                .filter(answer -> MemberEvents.clusterId(answer.getHeader()).equals(clusterId))
                .findFirst()
                .ifPresent(this::takeMembers);
        firstAnswers.clear();
        if (waiting != null) {
            waiting.cancel(false);
        }
        beginPolling();
    }

    /** Asks one endpoint, and when it is none of this cluster the next, until each was asked. */
    private void askMembers(int attempt) {
        if (context.congested()) {
            context.poll().leftOut();
            return;
        }
        Endpoint endpoint = nextForList();
        if (opening.contains(endpoint)) {
            // It is being asked for its list.
            return;
        }
        askForMembers(
                endpoint,
                settings.deadline(),
                answer -> {
                    if (!isForeign(endpoint, answer.getHeader())) {
                        following.answered(endpoint.url(), MemberEvents.memberId(answer.getHeader()));
                        takeMembers(answer);
                    } else if (attempt < endpoints.size()) {
                        askMembers(attempt + 1);
                    }
                },
                () -> {});
    }

    /** One after the other, but none that only a member list names and that never answered. */
    private Endpoint nextForList() {
        List<Endpoint> able = endpoints.stream()
                .filter(endpoint ->
                        following.advertisedBy(endpoint.url()) == null || everAnswered.contains(endpoint.url()))
                .toList();
        return (able.isEmpty() ? endpoints : able).get(nextForList++ % Math.max(1, able.size()));
    }

    private void askForMembers(
            Endpoint endpoint, Duration deadline, Consumer<MemberListResponse> answered, Runnable failing) {
        endpoint.wake();
        Poll poll = context.poll();
        poll.begun();
        ask(
                endpoint,
                deadline,
                token -> endpoint.cluster(deadline, token).memberList(MemberListRequest.getDefaultInstance()),
                answer -> {
                    poll.answered(1);
                    answered.accept(answer);
                },
                failed -> {
                    poll.failed(failed.failure());
                    if (!listFailing) {
                        LOG.warn(
                                "{}: no member list from {}: {}",
                                settings.cluster(),
                                endpoint.hostAndPort(),
                                failed.detail());
                    }
                    listFailing = true;
                    failing.run();
                });
    }

    /** Takes note of who answered, and whether that is of another cluster than most of the endpoints. */
    private boolean isForeign(Endpoint endpoint, ResponseHeader header) {
        String answeredAs = MemberEvents.clusterId(header);
        if (following.advertisedBy(endpoint.url()) == null || answeredAs.equals(clusterId)) {
            identity.heard(endpoint.url(), answeredAs, System.nanoTime());
        } else {
            // Nobody wrote this address down: where it leads must not decide which cluster is meant.
            identity.forget(endpoint.url());
        }
        String now = identity.clusterId(System.nanoTime());
        if (clusterId != null && !clusterId.equals(now)) {
            LOG.warn(
                    "{}: is now cluster {}, was {}: most of its endpoints say so; its leaders and names begin anew",
                    settings.cluster(),
                    now,
                    clusterId);
            events.forget();
            following.forget();
        }
        clusterId = now;
        if (answeredAs.equals(now)) {
            foreign.remove(endpoint.url());
            return false;
        }
        return true;
    }

    private void tellOfForeign(Endpoint endpoint, ResponseHeader header) {
        FailedCall failed = new FailedCall(
                "foreign",
                endpoint.hostAndPort() + " is a member of cluster " + MemberEvents.clusterId(header)
                        + ", expected one of "
                        + clusterId + " as most endpoints of " + settings.cluster()
                        + " are; take it out of ingest.etcd.endpoints, or list it under a cluster of its own");
        deliver(events.failed(endpoint, failed.failure(), failed.detail() + hint(endpoint)));
        if (!MemberEvents.clusterId(header).equals(foreign.put(endpoint.url(), MemberEvents.clusterId(header)))) {
            LOG.warn("{}: {}", settings.cluster(), failed.detail());
            context.deliver(List.of(Parcel.plain(Observation.of(new DeadLetter(
                    endpoint.url(), "foreign", failed.detail(), settings.cluster(), "", events.moment())))));
        }
    }

    private void takeMembers(MemberListResponse answer) {
        listFailing = false;
        sinceListNanos = System.nanoTime();
        ClusterRoster taken = events.roster(answer);
        context.deliver(List.of(Parcel.plain(Observation.of(taken))));
        if (settings.followMembers()) {
            follow(taken.members());
        }
    }

    private void follow(List<ClusterRoster.Member> members) {
        Following.Change change = following.follow(members);
        for (Endpoint endpoint : endpoints) {
            if (change.gone().contains(endpoint.url())) {
                LOG.info("{}: {} is asked no more: its member left", settings.cluster(), endpoint.hostAndPort());
                endpoints.remove(endpoint);
                ScheduledFuture<?> schedule = schedules.remove(endpoint);
                if (schedule != null) {
                    schedule.cancel(false);
                }
                endpoint.close();
                everAnswered.remove(endpoint.url());
                identity.forget(endpoint.url());
            }
        }
        for (String url : change.added()) {
            LOG.info("{}: {} is asked too: the member list names it", settings.cluster(), url);
            Endpoint endpoint = new Endpoint(url, transport, files);
            endpoints.add(endpoint);
            if (closed) {
                endpoint.close();
            } else if (polling) {
                // Between those that are asked already, whoever these are by now.
                schedule(
                        endpoint,
                        settings.interval().multipliedBy((begun * 5L) % 8).dividedBy(8));
            }
        }
        for (String problem : change.problems()) {
            if (toldOfFollowing.add(problem)) {
                LOG.warn("{}: {}", settings.cluster(), problem);
                context.deliver(List.of(Parcel.plain(Observation.of(new DeadLetter(
                        settings.cluster(), "not-followed", problem, settings.cluster(), "", events.moment())))));
            }
        }
        toldOfFollowing.retainAll(change.problems());
    }

    private void askStatus(Endpoint endpoint, Poll poll) {
        if (closed || context.congested() || opening.contains(endpoint)) {
            poll.leftOut();
            return;
        }
        endpoint.wake();
        poll.begun();
        ask(
                endpoint,
                settings.deadline(),
                token -> endpoint.maintenance(settings.deadline(), token).status(StatusRequest.getDefaultInstance()),
                answer -> {
                    if (!endpoints.contains(endpoint)) {
                        poll.leftOut();
                    } else if (isForeign(endpoint, answer.getHeader())) {
                        poll.failed("foreign");
                        tellOfForeign(endpoint, answer.getHeader());
                    } else {
                        poll.answered(1);
                        following.answered(endpoint.url(), MemberEvents.memberId(answer.getHeader()));
                        deliver(events.status(endpoint, answer));
                    }
                },
                failed -> {
                    if (!endpoints.contains(endpoint)) {
                        // Let go of while it was asked: no failure of a member.
                        poll.leftOut();
                        return;
                    }
                    poll.failed(failed.failure());
                    deliver(events.failed(endpoint, failed.failure(), failed.detail() + hint(endpoint)));
                });
    }

    private String hint(Endpoint endpoint) {
        ClusterRoster.Member member = following.advertisedBy(endpoint.url());
        return member == null || everAnswered.contains(endpoint.url())
                ? ""
                : "; this is what " + (member.name().isEmpty() ? "member " + member.memberId() : member.name())
                        + " advertises: if it cannot be reached from here, list another address of it in"
                        + " ingest.etcd.endpoints";
    }

    private void deliver(MemberStatus status) {
        context.deliver(List.of(Parcel.plain(Observation.of(status))));
    }

    /** Asks, and once more with another token when it is for want of one that there was no answer. */
    private <T> void ask(
            Endpoint endpoint,
            Duration deadline,
            Function<@Nullable String, ListenableFuture<T>> call,
            Consumer<T> answered,
            Consumer<FailedCall> failed) {
        String token = login == null ? null : login.token();
        on(call.apply(token), endpoint, answered, refusal -> {
            if (login == null || !Login.wanted(refusal)) {
                failed.accept(failed(endpoint, deadline, refusal));
                return;
            }
            login.renew(endpoint, settings.deadline(), token, context::soon, another -> {
                if (another) {
                    on(
                            call.apply(login.token()),
                            endpoint,
                            answered,
                            again -> failed.accept(failed(endpoint, deadline, again)));
                } else {
                    FailedCall why = login.refused();
                    failed.accept(why == null ? failed(endpoint, deadline, refusal) : why);
                }
            });
        });
    }

    private FailedCall failed(Endpoint endpoint, Duration deadline, Throwable thrown) {
        return FailedCall.of(thrown, endpoint, deadline, everAnswered.contains(endpoint.url()));
    }

    private <T> void on(ListenableFuture<T> call, Endpoint endpoint, Consumer<T> answered, Consumer<Throwable> failed) {
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
                        failed.accept(thrown);
                    }
                },
                context::soon);
    }
}
