package io.quorate.cli.cluster.etcd;

import io.quorate.cli.kept.Keeper;
import io.quorate.cli.kept.Revival;
import io.quorate.desk.EtcdCluster;
import io.quorate.desk.EtcdCluster.Member;
import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Starts the members of a cluster, and each that ends again, until it is told to stop. */
final class MembersCare implements Keeper.Care<Running> {

    private static final Logger LOG = LoggerFactory.getLogger(MembersCare.class);

    private final KeptEtcd kept;
    private final Clock clock;
    private final Map<String, Revival> revivals = new HashMap<>();
    private @Nullable EtcdCluster cluster;
    private boolean stopped;

    MembersCare(KeptEtcd kept, Clock clock) {
        this.kept = kept;
        this.clock = clock;
    }

    @Override
    public Running start() {
        Layout layout = kept.known();
        EtcdCluster.Options options = EtcdCluster.Options.standard().at(layout.basePort());
        if (layout.tls()) {
            Certificates certificates = kept.certificates();
            options = options.withTls(
                    new EtcdCluster.Tls(certificates.server(), certificates.serverKey(), certificates.ca()));
        }
        EtcdCluster started = EtcdCluster.start(kept.home(), kept.directory(), kept.name(), layout.members(), options);
        Instant now = clock.instant();
        List<Running.Member> members = new ArrayList<>();
        for (Member member : started.members()) {
            revivals.put(member.name(), Revival.startedAt(now));
            members.add(new Running.Member(member.name(), member.pid(), 0));
        }
        synchronized (this) {
            cluster = started;
        }
        LOG.info("{} runs: {}", kept.name(), layout.words());
        return new Running(layout, now.truncatedTo(ChronoUnit.SECONDS).toString(), members);
    }

    @Override
    public synchronized Running look(Running told) {
        if (stopped || cluster == null) {
            return told;
        }
        List<Running.Member> members = new ArrayList<>();
        for (Running.Member member : told.members()) {
            members.add(looked(cluster, member));
        }
        return new Running(told.layout(), told.since(), members);
    }

    private Running.Member looked(EtcdCluster cluster, Running.Member told) {
        Member member = cluster.member(told.name());
        if (cluster.alive(member)) {
            return told;
        }
        Instant now = clock.instant();
        Revival before = Objects.requireNonNull(revivals.get(told.name()));
        Revival revival = before.ended(now);
        if (revival != before) {
            LOG.warn("{} (pid {}) has ended; it is started again at {}", told.name(), told.pid(), revival.due());
        }
        if (!revival.ripe(now)) {
            revivals.put(told.name(), revival);
            return told;
        }
        cluster.startAgain(member);
        revivals.put(told.name(), revival.startedAgain(now));
        Running.Member again =
                new Running.Member(told.name(), cluster.member(told.name()).pid(), told.restarts() + 1);
        LOG.info("{} is started again, as pid {}", again.name(), again.pid());
        return again;
    }

    @Override
    public synchronized void stop() {
        stopped = true;
        LOG.info("{} is stopped", kept.name());
        if (cluster != null) {
            cluster.close();
        }
    }
}
