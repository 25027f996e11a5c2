package io.quorate.ingest.catalogue;

import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What one metric truly is, whatever its exposition says.
 *
 * @param name base name: without {@code _bucket}, {@code _sum}, {@code _count}
 * @param unit such as {@code seconds}, {@code bytes}, {@code bool}, or what is counted
 * @param help one sentence for people
 * @param since first version of etcd that has it; null when all that matter have it
 * @param required one of the critical metrics: a fleet without it is told so
 * @param survivesRestart a counter that does not begin anew with the member's process
 * @param merge how members' series make the cluster's
 * @param peerLabels labels that name a peer
 * @param sparse series at zero are left out of a scrape
 * @param extensive shown only when etcd runs with {@code --metrics=extensive}
 * @param bornByUse not there before its first event
 */
public record Metric(
        String name,
        Kind kind,
        String unit,
        String help,
        @Nullable String since,
        Origin origin,
        boolean required,
        boolean survivesRestart,
        Merge merge,
        List<String> peerLabels,
        boolean sparse,
        boolean extensive,
        boolean bornByUse) {

    /** How a metric behaves over time. */
    public enum Kind {
        HISTOGRAM,
        COUNTER,
        GAUGE,
        /** Always 1: its labels tell. Stands among the gauges of a scrape. */
        INFO
    }

    /** Whose page shows it. */
    public enum Origin {
        MEMBER,
        NODE,
        /** None: Quorate tells it itself. */
        QUORATE
    }

    /** How the series of members make the cluster's. */
    public enum Merge {
        SUM,
        /** Each member counts the same events. */
        MAX,
        /** Not at all: it is of a machine, and several members may run on one. */
        NONE
    }

    public Metric {
        Objects.requireNonNull(name, "name");
        Objects.requireNonNull(kind, "kind");
        Objects.requireNonNull(unit, "unit");
        Objects.requireNonNull(help, "help");
        Objects.requireNonNull(origin, "origin");
        Objects.requireNonNull(merge, "merge");
        peerLabels = List.copyOf(peerLabels);
    }
}
