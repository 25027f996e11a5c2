package io.quorate.jobs.detection;

import io.quorate.events.Alert;
import io.quorate.events.Alert.Evidence;
import io.quorate.events.Alert.Status;
import io.quorate.events.ClusterRoster;
import io.quorate.rules.Maintenance;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.state.MapState;
import org.apache.flink.api.common.state.MapStateDescriptor;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.streaming.api.functions.co.KeyedCoProcessFunction;
import org.apache.flink.util.Collector;
import org.jspecify.annotations.Nullable;

/**
 * Makes an episode that begins in a maintenance part of it, so that it notifies nobody while that lasts. What still fires
 * when it ends is told then: no episode disappears. In event time; an alert that is part of something already stays so.
 */
final class InMaintenance extends KeyedCoProcessFunction<String, Alert, ClusterRoster, Alert> {

    private static final long serialVersionUID = 1;

    /** Detectors that sort by time tell of a moment this much after it. */
    private static final Duration HOP = Duration.ofSeconds(2);

    private final List<Maintenance> calendar;
    private final Duration settles;
    private transient MapState<String, String> labels;
    private transient ValueState<Instant> rosterAt;
    private transient MapState<String, Hushed> episodes;

    /**
     * By this calendar.
     *
     * @param window what is told of windows is told when they have ended: an alert may end that much after the maintenance
     */
    InMaintenance(List<Maintenance> calendar, Duration window) {
        this.calendar = List.copyOf(calendar);
        this.settles = window.plus(HOP);
    }

    @Override
    public void open(OpenContext context) {
        labels = getRuntimeContext().getMapState(new MapStateDescriptor<>("labels", Types.STRING, Types.STRING));
        rosterAt = getRuntimeContext().getState(new ValueStateDescriptor<>("roster-at", Types.INSTANT));
        episodes = getRuntimeContext()
                .getMapState(new MapStateDescriptor<>("episodes", Types.STRING, TypeInformation.of(Hushed.class)));
    }

    @Override
    public void processElement2(ClusterRoster roster, Context context, Collector<Alert> out) throws Exception {
        Instant known = rosterAt.value();
        if (known == null || !roster.observedAt().isBefore(known)) {
            rosterAt.update(roster.observedAt());
            labels.clear();
            labels.putAll(roster.labels());
        }
    }

    @Override
    public void processElement1(Alert alert, Context context, Collector<Alert> out) throws Exception {
        Hushed episode = episodes.get(alert.id());
        if (episode == null) {
            episode = alert.partOf() == null ? on(alert.cluster(), alert.startedAt()) : null;
            if (episode == null || !alert.at().isBefore(episode.until)) {
                out.collect(alert);
                return;
            }
        }
        while (!episode.told && !alert.at().isBefore(episode.until)) {
            end(episode, out);
        }
        episode.last = alert;
        out.collect(episode.told ? alert : alert.asPartOf("maintenance " + episode.maintenance));
        if (alert.status() == Status.RESOLVED) {
            episodes.remove(alert.id());
        } else {
            keep(alert.id(), episode, context);
        }
    }

    @Override
    public void onTimer(long time, OnTimerContext context, Collector<Alert> out) throws Exception {
        List<String> ids = new ArrayList<>();
        episodes.keys().forEach(ids::add);
        ids.sort(null);
        for (String id : ids) {
            Hushed episode = episodes.get(id);
            if (!episode.told && endsAt(episode) <= time) {
                end(episode, out);
                if (episode.told && (episode.last == null || episode.last.status() == Status.PENDING)) {
                    // Not every rule tells that what was pending is over; should it fire, it does so after the
                    // maintenance.
                    episodes.remove(id);
                } else {
                    keep(id, episode, context);
                }
            }
        }
    }

    /** Its maintenance is over: the next one begins where one follows, or what still fires is told. */
    private void end(Hushed episode, Collector<Alert> out) throws Exception {
        Alert last = episode.last;
        Hushed next = last == null ? null : on(last.cluster(), episode.until);
        if (next != null) {
            episode.maintenance = next.maintenance;
            episode.until = next.until;
            return;
        }
        episode.told = true;
        if (last != null && last.status() != Status.PENDING) {
            out.collect(stillFires(last, episode));
        }
    }

    private static Alert stillFires(Alert last, Hushed episode) {
        List<Evidence> evidence = new ArrayList<>(last.evidence());
        evidence.add(new Evidence("maintenance", episode.maintenance + " is over", episode.until));
        return new Alert(
                last.id(),
                last.rule(),
                last.severity(),
                last.cluster(),
                last.clusterId(),
                last.member(),
                last.memberId(),
                Status.UPDATED,
                episode.until,
                last.startedAt(),
                last.summary(),
                last.cause(),
                null,
                last.runbook(),
                evidence);
    }

    /** What is on in this cluster then, and longest; null when nothing is. */
    private @Nullable Hushed on(String cluster, Instant moment) throws Exception {
        Map<String, String> known = new HashMap<>();
        for (Map.Entry<String, String> label : labels.entries()) {
            known.put(label.getKey(), label.getValue());
        }
        Hushed longest = null;
        for (Maintenance maintenance : calendar) {
            Instant end = maintenance.endFor(cluster, known, moment);
            if (end != null && (longest == null || end.isAfter(longest.until))) {
                longest = Hushed.of(maintenance.name(), end);
            }
        }
        return longest;
    }

    private void keep(String id, Hushed episode, Context context) throws Exception {
        episodes.put(id, episode);
        if (!episode.told) {
            context.timerService().registerEventTimeTimer(endsAt(episode));
        }
    }

    private long endsAt(Hushed episode) {
        return episode.until.plus(settles).toEpochMilli();
    }
}
