package io.quorate.jobs.alerting;

import io.quorate.events.Alert;
import io.quorate.jobs.alerting.routes.Route;
import io.quorate.sinks.receivers.PlacedAlert;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Which alerts are told together: opens lanes, and finds those that are open. */
final class Groups {

    private final Timetable timetable;
    private final Lanes lanes;
    private final Recorded recorded;

    Groups(Timetable timetable, Lanes lanes, Recorded recorded) {
        this.timetable = timetable;
        this.lanes = lanes;
        this.recorded = recorded;
    }

    /** Where this receiver is told of this alert: with those that share the route's labels, if such a group is open. */
    Lane laneFor(String receiver, Route route, PlacedAlert placed, Instant now) {
        Alert alert = placed.alert();
        boolean each = timetable.receiver(receiver).tellsEach();
        Map<String, String> shared = new TreeMap<>(placed.labels());
        shared.keySet().retainAll(each ? List.of(Placing.ALERTNAME, Placing.CLUSTER) : route.groupBy());
        String before = recorded.groupOf(receiver, alert);
        Lane open = each ? null : lanes.open(receiver, route.name(), shared);
        if (before == null && open != null && takesNewcomers(open, route, now)) {
            return open;
        }
        String own = each ? alert.id() : Lane.hash(List.of(route.name(), shared.toString(), alert.id()));
        String group = before == null ? own : before;
        Lane known = lanes.byId(Lane.idOf(receiver, group));
        return known == null ? opened(receiver, route.name(), group, shared, now) : known;
    }

    private static boolean takesNewcomers(Lane lane, Route route, Instant now) {
        return now.isBefore(lane.openedAt.plus(route.groupFor())) && !lane.isOver();
    }

    /** The lane of the same group at another receiver. */
    Lane sibling(Lane lane, String receiver, Instant now) {
        Lane known = lanes.byId(Lane.idOf(receiver, lane.group));
        return known == null ? opened(receiver, lane.route, lane.group, new TreeMap<>(lane.labels), now) : known;
    }

    private Lane opened(String receiver, String route, String group, Map<String, String> labels, Instant now) {
        Lane lane = new Lane();
        lane.receiver = receiver;
        lane.route = route;
        lane.group = group;
        lane.labels = labels;
        lane.openedAt = now;
        enter(lane);
        return lane;
    }

    void enter(Lane lane) {
        lanes.enter(
                lane,
                !lane.summary && !lane.escalated && !timetable.receiver(lane).tellsEach());
    }

    /** One group in the place of these, of which nobody was told yet. */
    Lane merged(List<Lane> untold, Instant now) {
        Lane worst = untold.stream()
                .max(Comparator.comparing(lane -> lane.waiting.get(0).alert().severity()))
                .orElseThrow();
        List<PlacedAlert> waiting = new ArrayList<>();
        for (Lane lane : untold) {
            waiting.addAll(lane.waiting);
            lanes.leave(lane);
        }
        Lane summary = new Lane();
        summary.receiver = worst.receiver;
        summary.route = worst.route;
        summary.group = "summary-" + Lane.hash(Keys.of(waiting));
        summary.summary = true;
        summary.openedAt = now;
        summary.waiting = waiting;
        enter(summary);
        return summary;
    }
}
