package io.quorate.simulator.face;

import io.quorate.simulator.model.Cluster;
import io.quorate.simulator.model.Member;
import io.quorate.simulator.model.Process;
import io.quorate.simulator.plan.Collector;
import io.quorate.simulator.plan.Script;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** One cluster that is served: it moves on when somebody asks, and what Prometheus would have scraped is kept a while. */
final class ScrapedCluster {

    private static final long KEPT_MILLIS = 6 * 60_000;

    /** One scrape; without values when it failed. */
    record Scrape(long millis, double @Nullable [] values) {

        boolean up() {
            return values != null;
        }
    }

    /** A member as one of the Prometheis sees it. */
    private static final class Target {

        private final Member member;
        private final Deque<Scrape> scrapes = new ArrayDeque<>();
        private long next;

        Target(Member member, long next) {
            this.member = member;
            this.next = next;
        }
    }

    /** Does something with a member while nothing moves. */
    interface Use<T> {
        T of(Cluster cluster, Member member);
    }

    private final Cluster cluster;
    private final Script script;
    private final Page page;
    private final Page.Clock clock;
    private final int[] moving;
    private final long interval;
    private final List<Target> targets = new ArrayList<>();

    ScrapedCluster(Fleet.Scripted scripted, Collector collector, Page page, Page.Clock clock, long beginning) {
        this.cluster = scripted.cluster();
        this.script = scripted.script();
        this.page = page;
        this.clock = clock;
        this.moving = page.moving();
        this.interval = collector.scrapeMicros();
        for (int replica = 0; replica < collector.replicas(); replica++) {
            for (Member member : cluster.members()) {
                targets.add(new Target(member, beginning + scripted.random().below(interval)));
            }
        }
    }

    Cluster cluster() {
        return cluster;
    }

    synchronized void moveTo(long now) {
        while (true) {
            Target due = targets.get(0);
            for (Target target : targets) {
                due = target.next < due.next ? target : due;
            }
            if (due.next > now) {
                break;
            }
            scrape(due);
        }
        if (now > cluster.now()) {
            cluster.advanceTo(now);
        }
    }

    private void scrape(Target target) {
        if (target.next > cluster.now()) {
            cluster.advanceTo(target.next);
        }
        long millis = Math.round(clock.epochSeconds(target.next) * 1000);
        boolean answers = target.member.process() == Process.RUNNING && script.reachable(target.member);
        if (answers) {
            cluster.scraped(target.member);
        }
        target.scrapes.add(new Scrape(millis, answers ? page.values(moving, cluster, target.member, clock) : null));
        while (target.scrapes.getFirst().millis() < millis - KEPT_MILLIS) {
            target.scrapes.removeFirst();
        }
        target.next += interval;
    }

    /** What was scraped of this member after one moment and up to another, in order of time. */
    synchronized List<Scrape> scrapes(int replica, int member, long after, long upTo) {
        List<Scrape> found = new ArrayList<>();
        for (Scrape scrape : targets.get(replica * cluster.members().size() + member).scrapes) {
            if (scrape.millis() > after && scrape.millis() <= upTo) {
                found.add(scrape);
            }
        }
        return found;
    }

    synchronized <T> T use(long now, Member member, Use<T> use) {
        moveTo(Math.max(now, cluster.now()));
        return use.of(cluster, member);
    }

    boolean reachable(Member member) {
        return script.reachable(member);
    }
}
